import { randomUUID } from 'node:crypto';
import type { Sql } from './sql.ts';
import { carryOut, now, tables } from './tables.ts';

/** Time-out of a check, so that its result is only a few seconds old. */
const CHECK_WITHIN_MS = 2_000;

/** One row for all processes: a write of nothing, which a standby, a read-only server and a full disk refuse. */
const touched = (holder: string) =>
  tables
    .insertInto('leader')
    .values({ task: 'write-check', holder, until: now })
    .onConflict((conflict) =>
      conflict
        .column('task')
        .doUpdateSet((row) => ({ holder: row.ref('excluded.holder'), until: row.ref('excluded.until') })),
    );

/** Resolves if the database takes a write. @throws UnavailableError, StatementRefusedError */
export function createCheck(sql: Sql): () => Promise<void> {
  const holder = randomUUID();
  return async () => void (await carryOut(sql, 'check', touched(holder), { withinMs: CHECK_WITHIN_MS }));
}
