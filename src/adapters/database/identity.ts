import type { Sql } from './sql.ts';

/** A promoted standby keeps both of them; a copy by a dump has another server, or another database. */
export const SERVER_ID = '(SELECT system_identifier FROM pg_control_system())';
export const DATABASE_ID = '(SELECT oid FROM pg_database WHERE datname = current_database())';

const IDENTITY = `SELECT concat_ws('/', ${SERVER_ID}, ${DATABASE_ID}) AS identity`;

/** Which database this is. @throws UnavailableError */
export async function identityOf(sql: Sql): Promise<string> {
  const [row] = await sql<{ identity: string }>('identity', IDENTITY);
  return row?.identity ?? '';
}
