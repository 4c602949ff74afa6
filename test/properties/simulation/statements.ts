import {
  hasEnded,
  statesThatTake,
  type AssessmentEvent,
  type AssessmentStatus,
} from '../../../src/entities/assessment-state.ts';
import type { RejectedAnswer } from '../../../src/entities/assessment.ts';
import type { FailureCode } from '../../../src/errors.ts';
import type { Row, Rows } from './rows.ts';

/** The inputs of a statement besides its parameters. */
export type Moment = {
  now: number;
  /** When the server was started. */
  upSince: number;
  /** Whether another statement holds the row's lock, so that a claim skips the row. */
  isLocked: () => boolean;
};

type Statement = (rows: Rows, values: never, moment: Moment) => unknown[];

/** See `leaseOver` in src/adapters/database/working/rows.ts. */
const leaseOver = (row: Row, leaseMs: number, { upSince }: Moment): number =>
  Math.max(row.leaseUntil ?? 0, upSince + leaseMs);

const found = (rows: Rows, ids: readonly string[]): Row[] =>
  [...new Set(ids)].flatMap((id) => rows.assessments.get(id) ?? []);

/** See `heldFor`: the rows that are still held by their tokens, in a state where the event is legal. */
const held = (rows: Rows, event: AssessmentEvent, ids: readonly string[], tokens: readonly string[]): Row[] =>
  found(rows, ids).filter(
    (row) => statesThatTake(event).includes(row.status) && row.claimToken === tokens[ids.indexOf(row.id)],
  );

function claim(rows: Rows, [ids, tokens, leaseMs]: [string[], string[], number], moment: Moment): unknown[] {
  const { now, isLocked } = moment;
  return found(rows, ids).flatMap((row) => {
    const dueAt = row.status === 'processing' ? leaseOver(row, leaseMs, moment) : (row.notBefore ?? now);
    const isFree =
      row.status === 'submitted' ? row.turn === null && dueAt <= now : row.status === 'processing' && dueAt < now;
    if (!isFree || isLocked()) return [];
    const token = tokens[ids.indexOf(row.id)] ?? '';
    const startedAt = row.startedAt ?? now;
    const change = { event: 'claimed', to: 'processing', token, now, tooEarlyMs: Math.max(0, dueAt - now) } as const;
    const attempts = row.attempts + 1;
    rows.change(row, change, { claimToken: token, attempts, leaseUntil: now + leaseMs, startedAt, notBefore: null });
    const { id, sessionId, round, rejectedAnswer, network } = row;
    const waitedMs = startedAt === now ? now - row.submittedAt : null;
    const rest = { version: row.version, round, attempts, watch: false, network, rejectedAnswer, waitedMs };
    return [{ id, token, sessionId, questionnaireId: QUESTIONNAIRE, language: null, ...rest }];
  });
}

/** The one questionnaire of all assessments. The store fills in the answers. */
const QUESTIONNAIRE = 'wellbeing-check@1';

function look(rows: Rows, [ids, leaseMs]: [string[], number], moment: Moment): unknown[] {
  return found(rows, ids).map((row) => {
    const { id, status, round, notBefore } = row;
    const letter = rows.letters.find((other) => other.id === id && other.round === round);
    const dueAt = status === 'processing' ? leaseOver(row, leaseMs, moment) : (notBefore ?? moment.now);
    return {
      ...endOf(row),
      lastError: letter === undefined ? null : 'why',
      isDeferred: row.turn !== null,
      delayMs: dueAt - moment.now,
    };
  });
}

function renew(rows: Rows, [ids, tokens, leaseMs]: [string[], string[], number], { now }: Moment): unknown[] {
  return held(rows, 'retryLater', ids, tokens).map((row) => {
    row.leaseUntil = now + leaseMs;
    return { id: row.id };
  });
}

function release(
  rows: Rows,
  [ids, tokens, delays, returned, rejected]: [string[], string[], number[], number[], (string | null)[]],
  { now }: Moment,
): unknown[] {
  return held(rows, 'retryLater', ids, tokens).map((row) => {
    const at = ids.indexOf(row.id);
    const token = tokens[at] ?? null;
    const attempts = Math.max(0, row.attempts - (returned[at] ?? 0));
    const notBefore = now + (delays[at] ?? 0);
    const kept = rejected[at] ?? null;
    const rejectedAnswer = kept === null ? row.rejectedAnswer : (JSON.parse(kept) as RejectedAnswer);
    const rest = { claimToken: null, leaseUntil: null, notBefore, attempts, rejectedAnswer };
    rows.change(row, { event: 'retryLater', to: 'submitted', token, now }, rest);
    return { id: row.id, othersDeferred: rows.deferredOf(row.network ?? '').length > 0 };
  });
}

function complete(rows: Rows, values: [string[], string[], string[], ...unknown[]], { now }: Moment): unknown[] {
  const [ids, tokens, summaries] = values;
  const networks = values[9] as (string | null)[];
  return held(rows, 'saved', ids, tokens).map((row) => {
    const at = ids.indexOf(row.id);
    const change = { event: 'saved', to: 'completed', token: tokens[at] ?? null, now } as const;
    rows.change(row, change, { claimToken: null, leaseUntil: null, rejectedAnswer: null });
    const { id, round } = row;
    rows.results.push({ id, round, summary: summaries[at] ?? '' });
    return { ...endOf(row), lastError: null, othersDeferred: rows.deferredOf(networks[at] ?? '').length > 0 };
  });
}

function fail(
  rows: Rows,
  [ids, tokens, codes, , networks]: [string[], string[], FailureCode[], string[], (string | null)[]],
  { now }: Moment,
): unknown[] {
  return held(rows, 'failedForGood', ids, tokens).map((row) => {
    const at = ids.indexOf(row.id);
    const failureCode = codes[at] ?? null;
    const change = { event: 'failedForGood', to: 'failed', token: tokens[at] ?? null, now } as const;
    rows.change(row, change, { claimToken: null, leaseUntil: null, failureCode, rejectedAnswer: null });
    const { id, round } = row;
    rows.letters.push({ id, round, code: failureCode ?? '' });
    return { ...endOf(row), lastError: 'why', othersDeferred: rows.deferredOf(networks[at] ?? '').length > 0 };
  });
}

const endOf = ({ id, sessionId, status, version, round, attempts, failureCode }: Row) => ({
  id,
  sessionId,
  status,
  version,
  round,
  attempts,
  failureCode,
});

function candidates(
  rows: Rows,
  [graceMs, leaseMs, , afterAt, afterId, limit]: [number, number, null, string | null, string | null, number],
  moment: Moment,
): unknown[] {
  const { now } = moment;
  const isAfter = ({ dispatchedAt, id }: Row): boolean =>
    afterAt === null || dispatchedAt > Number(afterAt) || (dispatchedAt === Number(afterAt) && id > (afterId ?? ''));
  return [...rows.assessments.values()]
    .filter((row) => row.endedAt === null && row.dispatchedAt < now - graceMs && isAfter(row))
    .filter((row) => (row.status === 'submitted' ? (row.notBefore ?? 0) <= now : leaseOver(row, leaseMs, moment) < now))
    .toSorted((one, other) => one.dispatchedAt - other.dispatchedAt || (one.id < other.id ? -1 : 1))
    .slice(0, limit)
    .map(({ id, sessionId, dispatchNo, dispatchedAt }) => ({
      id,
      sessionId,
      dispatchNo,
      dispatchedAt: String(dispatchedAt),
    }));
}

function numbered(rows: Rows, [numbers, ids]: [number[], string[]], rest: Partial<Row>): [] {
  for (const row of found(rows, ids))
    Object.assign(row, rest, { dispatchNo: Math.max(row.dispatchNo, numbers[ids.indexOf(row.id)] ?? 0) });
  return [];
}

function lead(rows: Rows, [task, holder, ttlMs]: [string, string, number], { now }: Moment): unknown[] {
  const leader = rows.leaders.get(task);
  if (leader !== undefined && leader.holder !== holder && leader.until >= now) return [];
  rows.leaders.set(task, { holder, until: now + ttlMs });
  return [{ task }];
}

function resign(rows: Rows, [task, holder]: [string, string]): [] {
  if (rows.leaders.get(task)?.holder === holder) rows.leaders.delete(task);
  return [];
}

function dispatchable(rows: Rows, [most]: [number]): unknown[] {
  const all = [...rows.assessments.values()];
  const count = all.filter(({ endedAt, dispatchedAt }) => endedAt === null && Number.isFinite(dispatchedAt)).length;
  return [{ open: Math.min(most, count) }];
}

function addUntold(
  rows: Rows,
  values: [string[], number[], string[], string[], AssessmentStatus[], number[]],
  { now }: Moment,
): [] {
  const [ids, versions, streams, sessions, statuses, rounds] = values;
  for (const [at, id] of ids.entries()) {
    const key = `${id}:${versions[at]}:${streams[at]}`;
    const [status = 'completed', sessionId = '', stream = ''] = [statuses[at], sessions[at], streams[at]];
    const about = { id, sessionId, status, version: versions[at] ?? 0, round: rounds[at] ?? 0, stream, sinceMs: now };
    if (rows.assessments.has(id) && !rows.untold.has(key)) rows.untold.set(key, about);
  }
  return [];
}

const oldestUntold = (rows: Rows, [stream, limit]: [string, number]): unknown[] =>
  [...rows.untold.values()]
    .filter((end) => end.stream === stream)
    .slice(0, limit)
    .map((end) => {
      const letter = rows.letters.find(({ id, round }) => id === end.id && round === end.round);
      return { ...end, code: letter?.code ?? null, attempts: letter ? 1 : null, lastError: letter ? 'why' : null };
    });

function forgetUntold(rows: Rows, [ids, versions, streams]: [string[], number[], string[]]): [] {
  for (const [at, id] of ids.entries()) rows.untold.delete(`${id}:${versions[at]}:${streams[at]}`);
  return [];
}

const releaseTurns = (rows: Rows, [networks, most]: [string[], number[]], { now }: Moment): unknown[] =>
  networks.flatMap((network, at) =>
    rows.release(network, most[at] ?? 0, now).map(({ id, sessionId, dispatchNo }) => ({ id, sessionId, dispatchNo })),
  );

function deferredNetworks(rows: Rows, [after, limit]: [string, number]): unknown[] {
  const networks = new Set(
    [...rows.assessments.values()].flatMap(({ network, turn }) => (turn === null ? [] : [network ?? ''])),
  );
  return [...networks]
    .filter((network) => network > after)
    .toSorted()
    .slice(0, limit)
    .map((network) => ({ network }));
}

const nowOf = (rows: Rows): object => ({
  horizon: String(rows.horizon),
  next: String(rows.xid),
  history: rows.history,
  hasForeign: foreign(rows).length > 0,
});

/** Rows with numbers that no transaction of this server has had. */
const foreign = (rows: Rows): Row[] =>
  [...rows.assessments.values()]
    .filter(({ endedXid }) => (endedXid ?? 0) >= rows.xid)
    .toSorted((one, other) => (one.endedXid ?? 0) - (other.endedXid ?? 0));

function forgetForeign(rows: Rows, values: unknown[]): unknown[] {
  const forgotten = foreign(rows).slice(
    0,
    values.findLast((value) => typeof value === 'number'),
  );
  for (const row of forgotten) row.endedXid = null;
  return [{ count: forgotten.length }];
}

type SweepValues = [xid: string, afterId: string | null, limit: number, history: string];

function sweepEnds(rows: Rows, [xid, afterId, limit, history]: SweepValues): unknown[] {
  const now = nowOf(rows);
  const isOwn = (endedXid: number | null): endedXid is number =>
    history === rows.history && endedXid !== null && endedXid < rows.xid;
  const ends = [...rows.assessments.values()]
    .filter(({ id, endedXid }) => isOwn(endedXid) && endedXid >= Number(xid) && isBeyond(endedXid, id, xid, afterId))
    .toSorted((one, other) => (one.endedXid ?? 0) - (other.endedXid ?? 0))
    .slice(0, limit)
    .map(({ id, sessionId, version, endedXid }) => ({
      ...now,
      id,
      sessionId,
      version,
      endedMsAgo: 5_000,
      xid: String(endedXid),
    }));
  return ends.length > 0 ? ends : [{ ...now, id: null }];
}

const isBeyond = (endedXid: number, id: string, xid: string, afterId: string | null): boolean =>
  afterId === null || endedXid > Number(xid) || id > afterId;

function retry(rows: Rows, [network, id, sessionId]: [string, string, string], { now }: Moment): unknown[] {
  const row = rows.assessments.get(id);
  if (row === undefined || row.sessionId !== sessionId || !statesThatTake('retried').includes(row.status)) return [];
  const round = {
    round: row.round + 1,
    attempts: 0,
    rejectedAnswer: null,
    notBefore: null,
    failureCode: null,
    startedAt: null,
  };
  const turn = rows.nextTurn(network, row.sessionId);
  const dispatch = { dispatchNo: row.dispatchNo + 1, dispatchedAt: Number.POSITIVE_INFINITY, network, turn };
  rows.change(
    row,
    { event: 'retried', to: 'submitted', token: null, now },
    { ...round, ...dispatch, endedAt: null, endedXid: null },
  );
  rows.deferrals.push({ id, from: now, to: Number.POSITIVE_INFINITY });
  return read(rows, [[id]]);
}

function cancel(rows: Rows, values: string[], { now }: Moment): unknown[] {
  const [id = '', , sessionId] = values;
  const row = rows.assessments.get(id);
  const network = row?.network ?? null;
  if (row?.sessionId !== sessionId || !rows.cancel(id, now)) return [];
  return read(rows, [[id]]).map((view) => ({ ...view, network }));
}

function read(rows: Rows, [ids]: [string[]]): object[] {
  return found(rows, ids).map(({ id, sessionId, status, version, round, failureCode, submittedAt, ...row }) => {
    const summary = rows.results.find((other) => other.id === id && other.round === round)?.summary;
    const result = summary === undefined || !hasEnded(status) ? null : { summary };
    const times = { submittedMs: submittedAt, startedMs: row.startedAt, endedMs: row.endedAt };
    return { id, sessionId, status, version, round, failureCode, result, ...times };
  });
}

/**
 * A second implementation of the program's named statements, without SQL: a change of a statement has to be made here as
 * well. Each is atomic.
 */
export const statements: Record<string, Statement> = {
  claim,
  'look-at-rows': look,
  'renew-leases': renew,
  'release-claims': release,
  'finish-completed': complete,
  'finish-failed': fail,
  candidates,
  dispatched: (rows, values, { now }) => numbered(rows, values, { dispatchedAt: now }),
  'number-used': (rows, values) => numbered(rows, values, {}),
  lead,
  resign,
  dispatchable,
  'add-untold': addUntold,
  'oldest-untold': oldestUntold,
  'forget-untold': forgetUntold,
  'release-turns': releaseTurns,
  'deferred-networks': deferredNetworks,
  horizon: (rows) => [nowOf(rows)],
  'forget-foreign-numbers': forgetForeign,
  'still-open': (rows, [ids]: [string[]]) => found(rows, ids).filter(({ endedAt }) => endedAt === null),
  'sweep-ends': sweepEnds,
  retry,
  cancel,
  'read-assessments': read,
};
