import type { PGlite } from '@electric-sql/pglite';
import type { Pool, PoolClient } from 'pg';
import { UnavailableError } from '../../errors.ts';
import { OwnError } from '../../own-error.ts';
import { classifyDatabaseError, DataRefusedError, sqlState, TryAgainError } from './errors.ts';

/**
 * Runs one statement over MikroORM's connections, prepared under its name. Each statement is a transaction of its own.
 * A statement that the server undid (deadlock, serialization) is repeated.
 * @throws UnavailableError, DataRefusedError, StatementRefusedError
 */
export type Sql = <Row>(name: string, text: string, values?: unknown[], options?: SqlOptions) => Promise<Row[]>;

export type SqlOptions = {
  /** Time-out in milliseconds, for callers that can't wait as long as QUERY_TIMEOUT_MS. */
  withinMs?: number;
};

/** One try of a statement that has ended. */
export type Statement = {
  operation: string;
  seconds: number;
  writes: boolean;
  /** Without a state it got no answer or no connection. Of `data`, the values are wrong; `again`, the server undid it. */
  failure?: { sqlState: string | undefined; of: 'server' | 'statement' | 'data' | 'again' };
};

/** Told of each statement, and of each failed try. */
export type Observe = (statement: Statement) => void;

/** Longer than the server's `statement_timeout` (PGlite has none), so that it ends only statements of a dead connection. */
const QUERY_TIMEOUT_MS = 7_000;

/** A deadlock ends when one of its two sides is undone; a statement that needs more tries has another problem. */
const TRIES_MAX = 4;
const PAUSE_MS = 20;

/** @param tries for a connection: more than one where the pool has several servers to choose from */
export const sqlOverPool = (pool: Pool, observe: Observe, tries = 1): Sql =>
  repeating(async <Row>(name: string, text: string, values: unknown[] = [], { withinMs }: SqlOptions = {}) => {
    const ended = timed(name, text, observe);
    const client = await connectionOf(pool, tries, ended);
    let broken = true;
    try {
      const { rows } = await withDeadline(client.query({ name, text, values }), withinMs);
      broken = false;
      ended();
      return rows as Row[];
    } catch (error) {
      const classified = classifyDatabaseError(error, true);
      ended(classified);
      // A connection in doubt is closed: after a time-out it would give the late rows to the next caller, and its prepared
      // statements may be out of date.
      broken = classified instanceof UnavailableError || classified instanceof TryAgainError;
      throw asOutcome(classified, text);
    } finally {
      client.release(broken);
    }
  });

export const sqlOverPglite = (pglite: PGlite, observe: Observe): Sql =>
  repeating(async <Row>(name: string, text: string, values: unknown[] = [], { withinMs }: SqlOptions = {}) => {
    const ended = timed(name, text, observe);
    try {
      const { rows } = await withDeadline(pglite.query<Row>(text, values), withinMs);
      ended();
      return rows;
    } catch (error) {
      const classified = asOutcome(classifyDatabaseError(error, true), text);
      ended(classified);
      throw classified;
    }
  });

/** By the operation, whose text is always the same. */
const writing = new Map<string, boolean>();

function isWrite(operation: string, text: string): boolean {
  const known = writing.get(operation);
  if (known !== undefined) return known;
  const writes = /\b(?:insert\s+into|update\s+"?\w+"?|delete\s+from)\b/i.test(text);
  writing.set(operation, writes);
  return writes;
}

/** Starts the clock of a statement. The returned function reports its end, with the classified error if it failed. */
function timed(operation: string, text: string, observe: Observe): (failed?: Error) => void {
  const started = performance.now();
  return (failed) => {
    const statement = { operation, seconds: (performance.now() - started) / 1000, writes: isWrite(operation, text) };
    observe(failed === undefined ? statement : { ...statement, failure: failureOf(failed) });
  };
}

function failureOf(error: Error): NonNullable<Statement['failure']> {
  if (error instanceof UnavailableError) return { sqlState: sqlState(error.cause), of: 'server' };
  if (error instanceof TryAgainError) return { sqlState: error.code, of: 'again' };
  if (error instanceof DataRefusedError) return { sqlState: error.code, of: 'data' };
  return { sqlState: sqlState(error), of: 'statement' };
}

/** A read that was broken off has stored nothing, so it is never in doubt. Of the statements here each that begins so reads. */
const READ = /^\s*select\b/i;

const asOutcome = (error: Error, text: string): Error =>
  error instanceof UnavailableError && error.outcome === 'unknown' && READ.test(text)
    ? new UnavailableError('database', 'not-done', { cause: error.cause })
    : error;

async function connectionOf(pool: Pool, tries: number, ended: (failed: Error) => void): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    if (tries > 1) return await connectionOf(pool, tries - 1, ended);
    const classified = classifyDatabaseError(error, false);
    ended(classified);
    throw classified;
  }
}

function repeating(sql: Sql): Sql {
  return async (...statement) => {
    for (let tries = 1; ; tries++) {
      try {
        return await sql(...statement);
      } catch (error) {
        if (!(error instanceof TryAgainError)) throw error;
        if (tries === TRIES_MAX) throw new UnavailableError('database', 'not-done', { cause: error });
      }
      await new Promise((resume) => setTimeout(resume, PAUSE_MS * tries * Math.random()));
    }
  };
}

/**
 * In place of pg's `query_timeout`, which a statement that it ended tells by the text of its error alone.
 * @throws OwnError if the promise takes longer than `withinMs`
 */
export async function withDeadline<T>(promise: Promise<T>, withinMs = QUERY_TIMEOUT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OwnError('the database did not respond in time')), withinMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
