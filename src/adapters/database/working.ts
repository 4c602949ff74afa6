import { statesThatTake, type AssessmentStatus, type EndedStatus } from '../../entities/assessment-state.ts';
import { Permanent, type FailureCode } from '../../errors.ts';
import { DataRefusedError } from './errors.ts';
import { groupCommit } from './group-commit.ts';
import type { StoredResult } from './reading.ts';
import type { Sql } from './sql.ts';

/** What a worker holds once it has an assessment: nobody else may work on it while the lease lasts. */
export type Claim = {
  id: string;
  token: string;
  sessionId: string;
  questionnaireId: string;
  answers: Record<string, unknown>;
  round: number;
  /** Claims of this round, this one included, whose request the model may have charged for. */
  attempts: number;
  watch: boolean;
  /** From being due to being claimed, in milliseconds. */
  waitedMs: number;
};

/** What stands in the row that could not be claimed, and so what to do with its message. */
export type ClaimRefusal =
  | { kind: 'unknown' }
  | { kind: 'ended'; end: End }
  /** Claimable only after this many milliseconds: a live lease, or not due yet. */
  | { kind: 'later'; delayMs: number };

export type End = {
  id: string;
  sessionId: string;
  status: EndedStatus;
  version: number;
  round: number;
  attempts: number;
  failureCode: FailureCode | null;
};

export type Outcome =
  | { status: 'completed'; result: StoredResult; promptTokens: number | null; completionTokens: number | null }
  | { status: 'failed'; code: FailureCode; lastError: string };

type Held = { id: string; token: string };

const ROWS_MAX = 256;
const CHARACTERS_MAX = 4 * 1024 * 1024;
const LANES = 2;

const quoted = (statuses: AssessmentStatus[]): string => statuses.map((status) => `'${status}'`).join(', ');
/** The token that was sent along with the row's own id: two arrays, paired by position. */
const PAIRED_TOKEN = `($2::uuid[])[array_position($1::uuid[], a.id)]`;
const HELD = `a.id = ANY($1::uuid[]) AND a.status IN (${quoted(statesThatTake('saved'))}) AND a.claim_token = ${PAIRED_TOKEN}`;
// A lease is not over before the server has been up for as long as a lease lasts: while it was away, nobody could renew.
const LEASE_OVER = `greatest(a.lease_until, pg_postmaster_start_time() + $LEASE * interval '1 ms')`;

/** `= ANY` of ids and not a join: for a table that grew since its last ANALYZE a join reads all of it. */
const CLAIM = `
WITH free AS (
  SELECT a.id FROM test_assessment a
  WHERE a.id = ANY($1::uuid[]) AND (
    (a.status = 'submitted' AND (a.not_before IS NULL OR a.not_before <= now()))
    OR (a.status = 'processing' AND ${LEASE_OVER.replace('$LEASE', '$3::float8')} < now()))
  ORDER BY a.id FOR UPDATE SKIP LOCKED)
UPDATE test_assessment a SET status = 'processing', claim_token = ${PAIRED_TOKEN},
  version = a.version + CASE WHEN a.status = 'processing' THEN 0 ELSE 1 END, attempts = a.attempts + 1,
  lease_until = now() + $3::float8 * interval '1 ms', started_at = coalesce(a.started_at, now()), not_before = NULL
WHERE a.id = ANY(ARRAY(SELECT id FROM free))
RETURNING a.id, a.claim_token AS token, a.session_id AS "sessionId", a.questionnaire_id AS "questionnaireId",
  a.answers, a.round, a.attempts, a.watch, (extract(epoch from now() - greatest(a.dispatched_at, a.submitted_at)) * 1000)::float8 AS "waitedMs"`;

const LOOK = `
SELECT a.id, a.session_id AS "sessionId", a.status, a.version, a.round, a.attempts, a.failure_code AS "failureCode",
  (extract(epoch from CASE WHEN a.status = 'processing' THEN ${LEASE_OVER.replace('$LEASE', '$2::float8')}
    ELSE coalesce(a.not_before, now()) END - now()) * 1000)::float8 AS "delayMs"
FROM test_assessment a WHERE a.id = ANY($1::uuid[])`;

const RENEW = `
UPDATE test_assessment a SET lease_until = now() + $3::float8 * interval '1 ms' WHERE ${HELD} RETURNING a.id`;

const RELEASE = `
UPDATE test_assessment a SET status = 'submitted', version = a.version + 1, claim_token = NULL, lease_until = NULL,
  not_before = now() + ($3::float8[])[array_position($1::uuid[], a.id)] * interval '1 ms',
  attempts = greatest(0, a.attempts - ($4::int[])[array_position($1::uuid[], a.id)])
WHERE ${HELD} RETURNING a.id`;

/** Result, status, end and dead letter in one statement: all of it happens, and only while the token holds. */
const FINISH = `
WITH outcome AS (
  SELECT * FROM json_to_recordset($3::json) AS o(id uuid, status text, code text, error text, summary text,
    recommendations jsonb, scores jsonb, model text, prompt_version text, prompt_tokens int, completion_tokens int)),
ended AS (
  UPDATE test_assessment a SET status = ($4::text[])[array_position($1::uuid[], a.id)], version = a.version + 1,
    failure_code = ($5::text[])[array_position($1::uuid[], a.id)], claim_token = NULL, lease_until = NULL,
    ended_at = now(), ended_xid = pg_current_xact_id()
  WHERE ${HELD}
  RETURNING a.id, a.session_id, a.status, a.version, a.round, a.attempts, a.failure_code),
result AS (
  INSERT INTO result_test (assessment_id, round, summary, recommendations, scores, model, prompt_version,
    prompt_tokens, completion_tokens)
  SELECT e.id, e.round, o.summary, o.recommendations, o.scores, o.model, o.prompt_version, o.prompt_tokens,
    o.completion_tokens
  FROM outcome o JOIN ended e USING (id) WHERE e.status = 'completed'),
letter AS (
  INSERT INTO dead_letter (assessment_id, round, code, attempts, last_error)
  SELECT e.id, e.round, o.code, e.attempts, o.error FROM outcome o JOIN ended e USING (id) WHERE e.status = 'failed')
SELECT id, session_id AS "sessionId", status, version, round, attempts, failure_code AS "failureCode" FROM ended`;

/** What a worker does to rows. Every change is guarded by the claim's token: no row changed means somebody else's turn. */
export function createWorking(sql: Sql, leaseMs: number) {
  const ids = (held: Held[]): string[] => held.map(({ id }) => id);
  const tokens = (held: Held[]): string[] => held.map(({ token }) => token);

  return {
    /** A claim, or what to do with the message instead. The token is the caller's: fresh and unique. */
    claim: groupCommit<Held, Claim | ClaimRefusal>({
      run: (held) => claimBatch(sql, held, leaseMs),
      lanes: LANES,
      itemsMax: ROWS_MAX,
    }),

    /** Prolongs leases; resolves to the ids that are still held. */
    async renew(held: Held[]): Promise<Set<string>> {
      const rows = await sql<{ id: string }>('renew-leases', RENEW, [ids(held), tokens(held), leaseMs]);
      return new Set(rows.map(({ id }) => id));
    },

    /** Gives a claim back, due again after `delayMs`; false if it was not held any more. */
    release: groupCommit<Held & { delayMs: number; returnAttempt: boolean }, boolean>({
      run: async (items) => {
        const delays = items.map(({ delayMs }) => delayMs);
        const returned = items.map(({ returnAttempt }) => (returnAttempt ? 1 : 0));
        const rows = await sql<{ id: string }>('release-claims', RELEASE, [
          ids(items),
          tokens(items),
          delays,
          returned,
        ]);
        const released = new Set(rows.map(({ id }) => id));
        return items.map(({ id }) => released.has(id));
      },
      lanes: 1,
      itemsMax: ROWS_MAX,
    }),

    /**
     * Ends an assessment; undefined if the claim was not held any more.
     * @throws Permanent(AI_INVALID_OUTPUT) if the database can't hold the answer.
     */
    finish: groupCommit<Held & { outcome: Outcome }, End | undefined>({
      run: (items) => finishBatch(sql, items),
      lanes: LANES,
      itemsMax: ROWS_MAX,
      size: ({ outcome }) => (outcome.status === 'completed' ? outcome.result.summary.length + 2_000 : 500),
      sizeMax: CHARACTERS_MAX,
      isDataError: (error) => error instanceof Permanent,
    }),

    /** How an assessment ended, if it has. */
    async endOf(id: string): Promise<End | undefined> {
      const [row] = await sql<LookRow>('look-at-rows', LOOK, [[id], leaseMs]);
      return row && isEnd(row) ? row : undefined;
    },
  };
}

type LookRow = Omit<End, 'status'> & { status: AssessmentStatus; delayMs: number };
const isEnd = (row: LookRow): row is LookRow & End => row.status !== 'submitted' && row.status !== 'processing';

async function claimBatch(sql: Sql, held: Held[], leaseMs: number): Promise<(Claim | ClaimRefusal)[]> {
  const ids = held.map(({ id }) => id);
  const tokens = held.map(({ token }) => token);
  const rows = await sql<Claim>('claim', CLAIM, [ids, tokens, leaseMs]);
  const claimed = new Map(rows.map((row) => [row.id, row]));
  const rest = ids.filter((id) => !claimed.has(id));
  const looked = rest.length === 0 ? [] : await sql<LookRow>('look-at-rows', LOOK, [rest, leaseMs]);
  const found = new Map(looked.map((row) => [row.id, row]));
  return held.map(({ id, token }) => {
    const row = claimed.get(id);
    if (row === undefined) return refusal(found.get(id));
    // The same id twice in one batch: the row carries the token of the first.
    return row.token === token ? row : { kind: 'later', delayMs: leaseMs };
  });
}

/** Claimable by now after all (the row was locked for a moment): soon, and not all at once. */
const soonMs = (): number => 100 + Math.random() * 400;

function refusal(row: LookRow | undefined): ClaimRefusal {
  if (row === undefined) return { kind: 'unknown' };
  if (isEnd(row)) return { kind: 'ended', end: row };
  return { kind: 'later', delayMs: row.delayMs > 0 ? row.delayMs + soonMs() : soonMs() };
}

async function finishBatch(sql: Sql, items: (Held & { outcome: Outcome })[]): Promise<(End | undefined)[]> {
  const records = items.map(({ id, outcome }) =>
    outcome.status === 'failed'
      ? { id, code: outcome.code, error: outcome.lastError }
      : {
          id,
          ...outcome.result,
          prompt_version: outcome.result.promptVersion,
          prompt_tokens: outcome.promptTokens,
          completion_tokens: outcome.completionTokens,
        },
  );
  try {
    const rows = await sql<End>('finish', FINISH, [
      items.map(({ id }) => id),
      items.map(({ token }) => token),
      JSON.stringify(records),
      items.map(({ outcome }) => outcome.status),
      items.map(({ outcome }) => (outcome.status === 'failed' ? outcome.code : null)),
    ]);
    const ended = new Map(rows.map((row) => [row.id, row]));
    return items.map(({ id }) => ended.get(id));
  } catch (error) {
    if (!(error instanceof DataRefusedError)) throw error;
    throw new Permanent('AI_INVALID_OUTPUT', `the database can not hold the answer (${error.code})`, { cause: error });
  }
}
