import type { AssessmentStatus } from '../../../entities/assessment-state.ts';
import type { Claim, ClaimRefusal, End } from '../../../entities/claim.ts';
import { uuidArray } from '../arrays.ts';
import type { Sql } from '../sql.ts';
import { idsOf, leaseOver, paired, tokensOf, type Held } from './rows.ts';

/** Locks rows in the order of their ids and skips locked ones, since one locked row would delay the whole batch. */
const CLAIM = `
UPDATE test_assessment a SET status = 'processing', claim_token = ${paired(2, 'uuid')},
  version = a.version + CASE WHEN a.status = 'processing' THEN 0 ELSE 1 END, attempts = a.attempts + 1,
  lease_until = now() + $3::float8 * interval '1 ms', started_at = coalesce(a.started_at, now()), not_before = NULL
WHERE a.id = ANY(ARRAY(
  SELECT f.id FROM test_assessment f
  WHERE f.id = ANY($1::uuid[]) AND (
    (f.status = 'submitted' AND f.turn IS NULL AND (f.not_before IS NULL OR f.not_before <= now()))
    OR (f.status = 'processing' AND ${leaseOver('f', 3)} < now()))
  ORDER BY f.id FOR UPDATE SKIP LOCKED))
RETURNING a.id, a.claim_token AS token, a.session_id AS "sessionId", a.questionnaire_id AS "questionnaireId",
  a.language, a.answers, a.version, a.round, a.attempts, a.watch, a.network, a.rejected_answer AS "rejectedAnswer", CASE WHEN a.started_at = now()::timestamptz(3)
    THEN greatest(0, extract(epoch from now() -
      CASE WHEN a.round = 1 THEN a.submitted_at ELSE a.dispatched_at END) * 1000)::float8 END AS "waitedMs"`;

const LOOK = `
SELECT a.id, a.session_id AS "sessionId", a.status, a.version, a.round, a.attempts, a.failure_code AS "failureCode",
  a.turn IS NOT NULL AS "isDeferred",
  (SELECT d.last_error FROM dead_letter d WHERE d.assessment_id = a.id AND d.round = a.round) AS "lastError",
  (extract(epoch from CASE WHEN a.status = 'processing' THEN ${leaseOver('a', 2)}
    ELSE coalesce(a.not_before, now()) END - now()) * 1000)::float8 AS "delayMs"
FROM test_assessment a WHERE a.id = ANY($1::uuid[])`;

export type LookRow = Omit<End, 'status'> & { status: AssessmentStatus; isDeferred: boolean; delayMs: number };

/** One claim or refusal for each item, in the same order. */
export async function claimBatch(sql: Sql, held: Held[], leaseMs: number): Promise<(Claim | ClaimRefusal)[]> {
  const rows = await sql<Claim>('claim', CLAIM, [idsOf(held), tokensOf(held), leaseMs]);
  const claimed = new Map(rows.map((row) => [row.id, row]));
  const rest = held.map(({ id }) => id).filter((id) => !claimed.has(id));
  const looked = rest.length === 0 ? [] : await lookAt(sql, rest, leaseMs);
  const found = new Map(looked.map((row) => [row.id, row]));
  return held.map(({ id, token }) => {
    const row = claimed.get(id);
    if (row === undefined) return refusal(found.get(id));
    // The same id twice in one batch: the row has the token of the first item.
    return row.token === token ? row : { kind: 'later', delayMs: leaseMs };
  });
}

/** The end of an assessment; undefined while it is open, `gone` if it was deleted. */
export async function endOf(sql: Sql, id: string, leaseMs: number): Promise<End | 'gone' | undefined> {
  const [row] = await lookAt(sql, [id], leaseMs);
  if (row === undefined) return 'gone';
  return isEnd(row) ? row : undefined;
}

const lookAt = (sql: Sql, ids: string[], leaseMs: number): Promise<LookRow[]> =>
  sql<LookRow>('look-at-rows', LOOK, [uuidArray(ids), leaseMs]);

const isEnd = (row: LookRow): row is LookRow & End => row.status !== 'submitted' && row.status !== 'processing';

function refusal(row: LookRow | undefined): ClaimRefusal {
  if (row === undefined) return { kind: 'unknown' };
  if (isEnd(row)) return { kind: 'ended', end: row };
  if (row.isDeferred) return { kind: 'deferred' };
  return { kind: 'later', delayMs: Math.max(0, row.delayMs) + soonMs() };
}

/** A short random delay, for a row that was locked for a moment and may be claimable now. */
const soonMs = (): number => 100 + Math.random() * 400;
