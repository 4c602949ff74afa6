import { randomBytes } from 'node:crypto';
import type { Sql } from './sql.ts';
import { carryOut, tables } from './tables.ts';

/**
 * The secret of this name, the same for every process of the fleet: the first one makes it.
 * @throws UnavailableError
 */
export async function secretOf(sql: Sql, name: string): Promise<string> {
  const value = randomBytes(32).toString('base64url');
  const made = tables
    .insertInto('secret')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing());
  await carryOut(sql, 'make-secret', made);
  const [row] = await carryOut(
    sql,
    'read-secret',
    tables.selectFrom('secret').select('value').where('name', '=', name),
  );
  return row?.value ?? value;
}
