import { IdempotencyConflictError, UnavailableError } from '../../errors.ts';
import { documentsOf, jsonLines, uuidArray } from './arrays.ts';
import { DataRefusedError } from './errors.ts';
import { groupCommit } from './group-commit.ts';
import { lookUp } from './look-up.ts';
import type { Sql } from './sql.ts';

export type NewAssessment = {
  id: string;
  sessionId: string;
  questionnaireId: string;
  answersJson: string;
  answersHash: string;
  idempotencyKey: string;
  watch: boolean;
};

/** The outcome of a submission: stored now, or known from an earlier one with the same key and the same answers. */
export type Stored = { id: string; isNew: true; submittedAt: Date } | { id: string; isNew: false };

/** Cap of rows in one statement, which then takes tens of milliseconds; more would delay the callers behind it. */
const ROWS_MAX = 500;
/** The longest wait of a submission for its statement, and the longest time for the tries of a statement. */
const PATIENCE_MS = 2_000;
const PATIENCE = { ms: PATIENCE_MS, error: () => new UnavailableError('database', 'not-done') };
const PAUSE_MS = 100;
/** Time-out of one statement; after it the caller repeats with the same idempotency key. */
const STATEMENT_WITHIN_MS = 3_000;

const INSERT = `
INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], ${documentsOf(4)}, $5::text[], $6::text[], $7::boolean[])
ON CONFLICT DO NOTHING RETURNING id, (extract(epoch from submitted_at) * 1000)::float8 AS "submittedMs"`;

/**
 * Looks the pairs up one by one in the unique index: two arrays would be tried in all combinations. Without the LIMIT, a
 * table that grew since its last ANALYZE would be read as a whole.
 */
const FIND_BY_KEY = `
SELECT a.* FROM unnest($1::uuid[], $2::text[]) AS k(session_id, idempotency_key), LATERAL (
  SELECT id, session_id, idempotency_key, answers_hash,
    (extract(epoch from submitted_at) * 1000)::float8 AS "submittedMs"
  FROM test_assessment t WHERE t.session_id = k.session_id AND t.idempotency_key = k.idempotency_key LIMIT 1) AS a`;

export type NewRow = { id: string; submittedMs: number };
export type KeyRow = NewRow & { session_id: string; idempotency_key: string; answers_hash: string };

/**
 * Stores a new assessment by group commit.
 * @throws IdempotencyConflictError, UnavailableError, DataRefusedError
 */
export function createSubmitting(sql: Sql) {
  const insert = groupCommit<NewAssessment, Stored | 'conflict'>({
    run: (rows) => insertPatiently(sql, rows),
    // Three lanes, since people wait for submissions: on a busy processor a statement waits longer than it runs.
    lanes: 3,
    besideMin: 8,
    itemsMax: ROWS_MAX,
    size: (row) => row.answersJson.length,
    patience: PATIENCE,
    isDataError: (error) => error instanceof DataRefusedError,
  });
  const findByKey = lookUp<KeyRow>({
    find: (keys) => findByKeys(sql, keys),
    itemsMax: ROWS_MAX,
    patience: PATIENCE,
  });
  return {
    async insert(row: NewAssessment): Promise<Stored> {
      const stored = await insert(row);
      if (stored === 'conflict') throw new IdempotencyConflictError();
      return stored;
    },

    /** The assessment with this idempotency key; undefined if there is none. @throws UnavailableError */
    async findByKey(sessionId: string, key: string): Promise<{ id: string; answersHash: string } | undefined> {
      const row = await findByKey(keyOf(sessionId, key));
      return row && { id: row.id, answersHash: row.answers_hash };
    },
  };
}

/** Repeats are safe: ids are made before, so a try that did commit is found by its key. */
async function insertPatiently(sql: Sql, rows: NewAssessment[]): Promise<(Stored | 'conflict')[]> {
  const deadline = performance.now() + PATIENCE_MS;
  let outcome: UnavailableError['outcome'] = 'not-done';
  for (;;) {
    try {
      return await insertOnce(sql, rows);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      // One try in doubt makes the outcome unknown: later tries that surely failed say nothing about it.
      if (error.outcome === 'unknown') outcome = 'unknown';
      if (performance.now() + PAUSE_MS > deadline) throw new UnavailableError('database', outcome, { cause: error });
    }
    await new Promise((resume) => setTimeout(resume, PAUSE_MS * (0.5 + Math.random())));
  }
}

const keyOf = (sessionId: string, idempotencyKey: string): string => `${sessionId} ${idempotencyKey}`;
/** Length of a UUID. Keys have no spaces. */
const SESSION_CHARACTERS = 36;

async function insertOnce(sql: Sql, rows: NewAssessment[]): Promise<(Stored | 'conflict')[]> {
  // The same order in all batches, otherwise two of them could deadlock on each other's keys. Of rows with the same key the
  // first one wins, as between two statements.
  const sorted = rows
    .map((row) => ({ row, key: keyOf(row.sessionId, row.idempotencyKey) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
  const values = [
    uuidArray(sorted.map(({ id }) => id)),
    uuidArray(sorted.map(({ sessionId }) => sessionId)),
    sorted.map(({ questionnaireId }) => questionnaireId),
    jsonLines(sorted.map(({ answersJson }) => answersJson)),
    sorted.map(({ answersHash }) => answersHash),
    sorted.map(({ idempotencyKey }) => idempotencyKey),
    sorted.map(({ watch }) => watch),
  ];
  const inserted = await sql<NewRow>('insert-assessments', INSERT, values, { withinMs: STATEMENT_WITHIN_MS });
  const news = new Map(inserted.map(({ id, submittedMs }) => [id, submittedMs]));
  const known = news.size === rows.length ? new Map<string, KeyRow>() : await findKnown(sql, rows, news);
  return rows.map((row) => {
    const submittedMs = news.get(row.id);
    if (submittedMs !== undefined) return { id: row.id, isNew: true, submittedAt: new Date(submittedMs) };
    const first = known.get(keyOf(row.sessionId, row.idempotencyKey));
    if (first === undefined)
      // The other row was deleted between the two statements: the next try stores this one.
      throw new UnavailableError('database', 'unknown');
    if (first.answers_hash !== row.answersHash) return 'conflict';
    // An earlier try had stored it, but its result was lost.
    if (first.id === row.id) return { id: row.id, isNew: true, submittedAt: new Date(first.submittedMs) };
    return { id: first.id, isNew: false };
  });
}

/** Duplicates are missing from RETURNING; only a second statement sees the rows that another transaction committed. */
async function findKnown(
  sql: Sql,
  rows: NewAssessment[],
  news: ReadonlyMap<string, unknown>,
): Promise<Map<string, KeyRow>> {
  const rest = rows.filter(({ id }) => !news.has(id));
  try {
    return await findByKeys(
      sql,
      rest.map((row) => keyOf(row.sessionId, row.idempotencyKey)),
    );
  } catch (error) {
    // The other rows of this batch are stored, although the look-up failed.
    if (error instanceof UnavailableError) throw new UnavailableError('database', 'unknown', { cause: error });
    throw error;
  }
}

async function findByKeys(sql: Sql, keys: string[]): Promise<Map<string, KeyRow>> {
  const sessionIds = keys.map((key) => key.slice(0, SESSION_CHARACTERS));
  const idempotencyKeys = keys.map((key) => key.slice(SESSION_CHARACTERS + 1));
  const values = [uuidArray(sessionIds), idempotencyKeys];
  const rows = await sql<KeyRow>('find-by-key', FIND_BY_KEY, values, { withinMs: STATEMENT_WITHIN_MS });
  return new Map(rows.map((row) => [keyOf(row.session_id, row.idempotency_key), row]));
}
