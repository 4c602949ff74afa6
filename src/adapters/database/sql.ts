import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import { classifyDatabaseError } from './errors.ts';

/**
 * One statement at a time over MikroORM's own connection, prepared under its name. Statements are the unit of change
 * here: nothing runs in a longer transaction. Failures are `UnavailableError`, `DataRefusedError` or `TryAgainError`.
 */
export type Sql = <Row>(name: string, text: string, values?: unknown[]) => Promise<Row[]>;

/** Reports how long a named operation took, in seconds. */
export type Observe = (operation: string, seconds: number) => void;

/** Beyond the server's `statement_timeout`, so that it strikes only where the link is dead. */
export const QUERY_TIMEOUT_MS = 7_000;

export function sqlOverPool(pool: Pool, observe: Observe): Sql {
  return async <Row>(name: string, text: string, values: unknown[] = []) => {
    const started = performance.now();
    let client;
    try {
      client = await pool.connect();
    } catch (error) {
      throw classifyDatabaseError(error, false);
    }
    let broken = true;
    try {
      const { rows } = await client.query({ name, text, values });
      broken = false;
      observe(name, (performance.now() - started) / 1000);
      return rows as Row[];
    } catch (error) {
      const classified = classifyDatabaseError(error, true);
      // A connection in doubt is closed: after a read time-out it would give the late answer to the next caller.
      broken = classified.name === 'UnavailableError';
      throw classified;
    } finally {
      client.release(broken);
    }
  };
}

export function sqlOverPglite(pglite: PGlite, observe: Observe): Sql {
  return async <Row>(name: string, text: string, values: unknown[] = []) => {
    const started = performance.now();
    try {
      const { rows } = await withDeadline(pglite.query<Row>(text, values));
      observe(name, (performance.now() - started) / 1000);
      return rows;
    } catch (error) {
      throw classifyDatabaseError(error, true);
    }
  };
}

/** PGlite has no `statement_timeout`, so the deadline is kept here. */
async function withDeadline<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the embedded database did not answer in time')), QUERY_TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
