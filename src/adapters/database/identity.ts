import type { Sql } from './sql.ts';

/** A promoted standby keeps it; a copy by a dump has another one. */
const IDENTITY = `
SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database())) AS identity`;

/** Which database this is. @throws UnavailableError */
export async function identityOf(sql: Sql): Promise<string> {
  const [row] = await sql<{ identity: string }>('identity', IDENTITY);
  return row?.identity ?? '';
}
