import {
  IdempotencyConflictError,
  OPEN_RETRY_SECONDS,
  TooManyAssessmentsError,
  UnavailableError,
} from '../../errors.ts';
import { DataRefusedError } from './errors.ts';
import { groupCommit } from './group-commit.ts';
import { lookUp } from './look-up.ts';
import type { Sql } from './sql.ts';
import {
  findByKeys,
  insertRows,
  keyOf,
  type KeyRow,
  type NewAssessment,
  type Outcome,
  type Stored,
} from './submitting/storing.ts';

export type { NewAssessment } from './submitting/storing.ts';

/** Cap of rows in one statement, which then takes tens of milliseconds; more would delay the callers behind it. */
const ROWS_MAX = 500;
/** The longest wait of a submission for its statement, and the longest time for the tries of a statement. */
const PATIENCE_MS = 2_000;
const PATIENCE = { ms: PATIENCE_MS, error: () => new UnavailableError('database', 'not-done') };
const PAUSE_MS = 100;

/**
 * Stores a new assessment by group commit.
 * @throws IdempotencyConflictError, TooManyAssessmentsError, UnavailableError, DataRefusedError
 */
export function createSubmitting(sql: Sql) {
  const insert = groupCommit<NewAssessment, Outcome>({
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
      if ('cap' in stored) throw new TooManyAssessmentsError(`open-${stored.cap}`, OPEN_RETRY_SECONDS);
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
async function insertPatiently(sql: Sql, rows: NewAssessment[]): Promise<Outcome[]> {
  const deadline = performance.now() + PATIENCE_MS;
  let outcome: UnavailableError['outcome'] = 'not-done';
  for (;;) {
    try {
      return await insertRows(sql, rows);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      // One try in doubt makes the outcome unknown: later tries that surely failed say nothing about it.
      if (error.outcome === 'unknown') outcome = 'unknown';
      if (performance.now() + PAUSE_MS > deadline) throw new UnavailableError('database', outcome, { cause: error });
    }
    await new Promise((resume) => setTimeout(resume, PAUSE_MS * (0.5 + Math.random())));
  }
}
