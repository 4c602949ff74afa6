import {
  hasEnded,
  transitions,
  type AssessmentEvent,
  type AssessmentStatus,
} from '../../../src/entities/assessment-state.ts';
import type { RejectedAnswer } from '../../../src/entities/assessment.ts';
import type { FailureCode } from '../../../src/errors.ts';

/** A row of `test_assessment`; times are the database's, in milliseconds. */
export type Row = {
  id: string;
  sessionId: string;
  status: AssessmentStatus;
  version: number;
  round: number;
  attempts: number;
  rejectedAnswer: RejectedAnswer | null;
  claimToken: string | null;
  leaseUntil: number | null;
  notBefore: number | null;
  dispatchNo: number;
  /** Infinity while it is deferred. */
  dispatchedAt: number;
  network: string | null;
  turn: number | null;
  failureCode: FailureCode | null;
  submittedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  endedXid: number | null;
};

/** One change of a status, or one takeover of a claim. */
export type Change = {
  at: number;
  id: string;
  round: number;
  event: AssessmentEvent;
  from: AssessmentStatus;
  to: AssessmentStatus;
  versions: [before: number, after: number];
  /** The token of the statement, and the one of the row. They may differ only for a claim. */
  token: string | null;
  heldBy: string | null;
  /** Claims only: made before the row was due, or during another worker's lease. */
  tooEarlyMs: number;
};

export type UntoldRow = Pick<Row, 'id' | 'sessionId' | 'status' | 'version' | 'round'> & {
  stream: string;
  sinceMs: number;
};
export type StoredRow = { id: string; round: number };

/** The tables of the simulated database, and a record of all changes. */
export class Rows {
  readonly assessments = new Map<string, Row>();
  readonly results: (StoredRow & { summary: string })[] = [];
  readonly letters: (StoredRow & { code: string })[] = [];
  /** Ends that a stream for other services has not confirmed, by assessment, version and stream. */
  readonly untold = new Map<string, UntoldRow>();
  readonly leaders = new Map<string, { holder: string; until: number }>();
  readonly changes: Change[] = [];
  /** When which assessment was deferred. */
  readonly deferrals: { id: string; from: number; to: number }[] = [];
  /** How many messages of one network the stream may have. */
  share = 1;
  /** Numbers of the transactions that are not committed yet. */
  readonly inFlight = new Set<number>();
  xid = 1_000;
  history = '00000000000000aa';

  /**
   * Remembers the state for a later promotion, as a standby has it whose replication broke off now.
   * @returns the promotion: everything since then is lost, and another history begins
   */
  standby(): () => void {
    const rows = [...this.assessments.values()].map((row) => ({ ...row }));
    const { xid } = this;
    return () => {
      this.assessments.clear();
      for (const row of rows) this.assessments.set(row.id, row);
      this.inFlight.clear();
      this.xid = xid;
      this.history = (BigInt(`0x${this.history}`) + 1n).toString(16).padStart(16, '0');
    };
  }

  /** The oldest transaction that may still commit, like `pg_snapshot_xmin`. */
  get horizon(): number {
    return Math.min(this.xid, ...this.inFlight);
  }

  /** Its network has its share of messages, or earlier ones wait for their turn: then it is deferred. */
  insert(id: string, sessionId: string, network: string, now: number): Row {
    const isDeferred = this.queuedOf(network, now) >= this.share || this.deferredOf(network).length > 0;
    const row: Row = {
      id,
      sessionId,
      status: 'submitted',
      version: 1,
      round: 1,
      attempts: 0,
      claimToken: null,
      leaseUntil: null,
      rejectedAnswer: null,
      notBefore: null,
      dispatchNo: 1,
      dispatchedAt: isDeferred ? Number.POSITIVE_INFINITY : now,
      network,
      turn: isDeferred ? this.nextTurn(network, sessionId) : null,
      failureCode: null,
      submittedAt: now,
      startedAt: null,
      endedAt: null,
      endedXid: null,
    };
    this.assessments.set(id, row);
    if (isDeferred) this.deferrals.push({ id, from: now, to: Number.POSITIVE_INFINITY });
    return row;
  }

  /** Its assessments with a message that are due or in work. */
  queuedOf(network: string, now: number): number {
    const isQueued = (row: Row): boolean => row.endedAt === null && row.turn === null && (row.notBefore ?? now) <= now;
    return [...this.assessments.values()].filter((row) => row.network === network && isQueued(row)).length;
  }

  deferredOf(network: string): Row[] {
    return [...this.assessments.values()]
      .filter((row) => row.network === network && row.turn !== null)
      .toSorted((one, other) => (one.turn ?? 0) - (other.turn ?? 0) || (one.id < other.id ? -1 : 1));
  }

  nextTurn(network: string, sessionId: string): number {
    const [first] = this.deferredOf(network);
    const own = this.deferredOf(network).filter((row) => row.sessionId === sessionId);
    return Math.max(1, first?.turn ?? 1, (own.at(-1)?.turn ?? 0) + 1);
  }

  /** Begins the turns of a network's next assessments. */
  release(network: string, most: number, now: number): Row[] {
    const room = Math.max(0, Math.min(most, this.share - this.queuedOf(network, now)));
    const released = this.deferredOf(network).slice(0, room);
    for (const row of released) {
      Object.assign(row, { turn: null, dispatchedAt: now });
      this.#endDeferral(row.id, now);
    }
    return released;
  }

  #endDeferral(id: string, now: number): void {
    const deferral = this.deferrals.findLast((one) => one.id === id);
    if (deferral !== undefined) deferral.to = Math.min(deferral.to, now);
  }

  /** Carries out the change of a statement. The record is checked afterwards for changes that were not allowed. */
  change(
    row: Row,
    { event, to, token, now, tooEarlyMs = 0 }: Pick<Change, 'event' | 'to' | 'token'> & Moment,
    rest: Partial<Row>,
  ): void {
    const { id, round, status: from, version: before, claimToken: heldBy } = row;
    const after = from === to ? before : before + 1;
    const end = hasEnded(to) ? { endedAt: now, endedXid: this.xid++, network: null, turn: null } : {};
    if (hasEnded(to)) this.#endDeferral(id, now);
    Object.assign(row, { status: to, version: after }, end, rest);
    this.changes.push({ at: now, id, round, event, from, to, versions: [before, after], token, heldBy, tooEarlyMs });
  }

  /** The owner's cancellation. Like all statements it takes the states from the table of transitions. */
  cancel(id: string, now: number): boolean {
    const row = this.assessments.get(id);
    const to = row && transitions[row.status].cancelled;
    if (row === undefined || to === undefined || to === null) return false;
    const rest = { claimToken: null, leaseUntil: null, notBefore: null, rejectedAnswer: null };
    this.change(row, { event: 'cancelled', to, token: null, now }, rest);
    return true;
  }
}

type Moment = { now: number; tooEarlyMs?: number };
