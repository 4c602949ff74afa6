import { Permanent, type FailureCode } from '../../../errors.ts';
import { DataRefusedError } from '../errors.ts';
import type { StoredResult } from '../reading.ts';
import type { Sql } from '../sql.ts';
import { heldFor, idsOf, paired, tokensOf, type End, type Held } from './rows.ts';

export type Outcome =
  | { status: 'completed'; result: StoredResult; promptTokens: number | null; completionTokens: number | null }
  | { status: 'failed'; code: FailureCode; lastError: string };

export type Finish = Held & { outcome: Outcome };

/** The states that may be saved are those that may fail, so one condition serves both. */
const FINISH = `
WITH outcome AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS o(id uuid, code text, error text, summary text,
    recommendations jsonb, scores jsonb, model text, prompt_version text, prompt_tokens int, completion_tokens int)),
ended AS (
  UPDATE test_assessment a SET status = ${paired(4, 'text')}, failure_code = ${paired(5, 'text')},
    version = a.version + 1, rejected_answer = NULL, claim_token = NULL, lease_until = NULL,
    ended_at = now(), ended_xid = pg_current_xact_id()
  WHERE ${heldFor('saved')}
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
SELECT e.id, e.session_id AS "sessionId", e.status, e.version, e.round, e.attempts, e.failure_code AS "failureCode",
  o.error AS "lastError"
FROM ended e JOIN outcome o USING (id)`;

/**
 * Result, status, end and dead letter in one statement: all of it happens, and only while the token holds. One end for
 * each, in the same order; undefined where the claim was not held any more.
 * @throws Permanent(AI_INVALID_OUTPUT) if the database can't hold the answer.
 */
export async function finishBatch(sql: Sql, items: Finish[]): Promise<(End | undefined)[]> {
  try {
    const rows = await sql<End>('finish', FINISH, [
      idsOf(items),
      tokensOf(items),
      JSON.stringify(items.map(toRecord)),
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

function toRecord({ id, outcome }: Finish): object {
  if (outcome.status === 'failed') return { id, code: outcome.code, error: outcome.lastError };
  const { result, promptTokens: prompt_tokens, completionTokens: completion_tokens } = outcome;
  const { summary, recommendations, scores, model, promptVersion: prompt_version } = result;
  return { id, summary, recommendations, scores, model, prompt_version, prompt_tokens, completion_tokens };
}

/** Roughly the characters that one item adds to the statement. */
export const sizeOfFinish = ({ outcome }: Finish): number =>
  outcome.status === 'failed'
    ? 500
    : 2_000 +
      outcome.result.summary.length +
      outcome.result.recommendations.reduce(
        (sum, { title, rationale, action }) => sum + title.length + rationale.length + action.length,
        0,
      );
