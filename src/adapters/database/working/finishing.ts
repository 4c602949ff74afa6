import type { Completed, End, Failed, Outcome } from '../../../entities/claim.ts';
import { Permanent } from '../../../errors.ts';
import { documentsOf, jsonLines } from '../arrays.ts';
import { DataRefusedError } from '../errors.ts';
import { groupCommit, type GroupCommit } from '../group-commit.ts';
import type { Sql } from '../sql.ts';
import { hasDeferred } from '../turns.ts';
import { heldFor, idsOf, paired, ROWS_MAX, tokensOf, type Held } from './rows.ts';

/** Columns that every end by a worker sets. */
const ENDED = `version = a.version + 1, rejected_answer = NULL, claim_token = NULL, lease_until = NULL, network = NULL,
    ended_at = now(), ended_xid = pg_current_xact_id()`;
/** With the number of the parameter of the networks, which the rows have no more. */
const returned = (
  networks: number,
): string => `a.id, a.session_id, a.status, a.version, a.round, a.attempts, a.failure_code,
    ${hasDeferred(paired(networks, 'text'))} AS others_deferred`;
const END = `id, session_id AS "sessionId", status, version, round, attempts, failure_code AS "failureCode",
  others_deferred AS "othersDeferred"`;

/** A claim that ends, with the network that the row has until then. */
export type Ending = Held & { network: string | null };
/** An end, and whether others of the same network are deferred, which then have their turn. */
export type Finished = End & { othersDeferred: boolean };

/** The array element of the row, by the position `n`; `nthDocument` reads the documents once. */
const nth = (parameter: number, type: 'text' | 'int'): string => `($${parameter}::${type}[])[n]`;
const nthDocument = (parameter: number): string => `(SELECT ${documentsOf(parameter)})[n]`;

const COMPLETE = `
WITH ended AS (
  UPDATE test_assessment a SET status = 'completed', ${ENDED}
  WHERE ${heldFor('saved')}
  RETURNING ${returned(10)}, array_position($1::uuid[], a.id) AS n),
result AS (
  INSERT INTO result_test (assessment_id, round, summary, recommendations, scores, model, prompt_version,
    prompt_tokens, completion_tokens, text_hash)
  SELECT id, round, ${nth(3, 'text')}, ${nthDocument(4)}, ${nthDocument(5)}, ${nth(6, 'text')}, ${nth(7, 'text')},
    ${nth(8, 'int')}, ${nth(9, 'int')}, ${nth(11, 'text')} FROM ended)
SELECT ${END}, NULL AS "lastError" FROM ended`;

const FAIL = `
WITH ended AS (
  UPDATE test_assessment a SET status = 'failed', failure_code = ${paired(3, 'text')}, ${ENDED}
  WHERE ${heldFor('failedForGood')}
  RETURNING ${returned(5)}, ${paired(4, 'text')} AS last_error),
letter AS (
  INSERT INTO dead_letter (assessment_id, round, code, attempts, last_error)
  SELECT id, round, failure_code, attempts, last_error FROM ended)
SELECT ${END}, last_error AS "lastError" FROM ended`;

/**
 * Ends an assessment; undefined if the claim was lost. One statement writes the result or dead letter, the status and the
 * end, only while the token holds.
 * @throws Permanent (AI_INVALID_OUTPUT) if the database can't hold the reply
 */
export function createFinishing(sql: Sql): GroupCommit<Ending & { outcome: Outcome }, Finished | undefined> {
  const isDataError = (error: unknown): boolean => error instanceof DataRefusedError;
  const complete = groupCommit<Ending & Completed, Finished | undefined>({
    run: (items) => completeBatch(sql, items),
    itemsMax: ROWS_MAX,
    size: sizeOf,
    isDataError,
  });
  const fail = groupCommit<Ending & Failed, Finished | undefined>({
    run: (items) => failBatch(sql, items),
    itemsMax: ROWS_MAX,
    isDataError,
  });
  return async ({ outcome, ...ending }) => {
    try {
      return await (outcome.status === 'completed'
        ? complete({ ...ending, ...outcome })
        : fail({ ...ending, ...outcome }));
    } catch (error) {
      if (!(error instanceof DataRefusedError)) throw error;
      throw new Permanent('AI_INVALID_OUTPUT', `the database can not hold the reply (${error.code})`, {
        cause: error,
      });
    }
  };
}

async function completeBatch(sql: Sql, items: (Ending & Completed)[]): Promise<(Finished | undefined)[]> {
  const rows = await sql<Finished>('finish-completed', COMPLETE, [
    idsOf(items),
    tokensOf(items),
    items.map(({ result }) => result.summary),
    jsonLines(items.map(({ result }) => JSON.stringify(result.recommendations))),
    jsonLines(items.map(({ result }) => JSON.stringify(result.scores))),
    items.map(({ result }) => result.model),
    items.map(({ result }) => result.promptVersion),
    items.map(({ promptTokens }) => promptTokens),
    items.map(({ completionTokens }) => completionTokens),
    items.map(({ network }) => network),
    items.map(({ result }) => result.textHash),
  ]);
  return inOrder(items, rows);
}

async function failBatch(sql: Sql, items: (Ending & Failed)[]): Promise<(Finished | undefined)[]> {
  const rows = await sql<Finished>('finish-failed', FAIL, [
    idsOf(items),
    tokensOf(items),
    items.map(({ code }) => code),
    items.map(({ lastError }) => lastError),
    items.map(({ network }) => network),
  ]);
  return inOrder(items, rows);
}

function inOrder(items: readonly Held[], rows: readonly Finished[]): (Finished | undefined)[] {
  const ended = new Map(rows.map((row) => [row.id, row]));
  return items.map(({ id }) => ended.get(id));
}

/** Approximate number of characters that one item adds to the statement. */
const sizeOf = ({ result }: Completed): number =>
  2_000 +
  result.summary.length +
  result.recommendations.reduce(
    (sum, { title, rationale, action }) => sum + title.length + rationale.length + action.length,
    0,
  );
