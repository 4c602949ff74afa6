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
  dispatchedAt: number;
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

export type StoredRow = { id: string; round: number };

/** The tables of the simulated database, and a record of all changes. */
export class Rows {
  readonly assessments = new Map<string, Row>();
  readonly results: (StoredRow & { summary: string })[] = [];
  readonly letters: (StoredRow & { code: string })[] = [];
  readonly leaders = new Map<string, { holder: string; until: number }>();
  readonly changes: Change[] = [];
  /** Numbers of the transactions that are not committed yet. */
  readonly inFlight = new Set<number>();
  xid = 1_000;

  /** The oldest transaction that may still commit, like `pg_snapshot_xmin`. */
  get horizon(): number {
    return Math.min(this.xid, ...this.inFlight);
  }

  insert(id: string, sessionId: string, now: number): Row {
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
      dispatchedAt: now,
      failureCode: null,
      submittedAt: now,
      startedAt: null,
      endedAt: null,
      endedXid: null,
    };
    this.assessments.set(id, row);
    return row;
  }

  /** Carries out the change of a statement. The record is checked afterwards for changes that were not allowed. */
  change(
    row: Row,
    { event, to, token, now, tooEarlyMs = 0 }: Pick<Change, 'event' | 'to' | 'token'> & Moment,
    rest: Partial<Row>,
  ): void {
    const { id, round, status: from, version: before, claimToken: heldBy } = row;
    const after = from === to ? before : before + 1;
    const end = hasEnded(to) ? { endedAt: now, endedXid: this.xid++ } : {};
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
