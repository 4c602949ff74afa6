import { migrationsList } from '../../../migrations/index.ts';
import { UnavailableError } from '../../errors.ts';
import { StartError } from '../../own-error.ts';
import { StatementRefusedError } from './errors.ts';
import { ormOptions } from './orm-options.ts';
import type { Sql } from './sql.ts';

/** The oldest maintained version. `pg_current_xact_id` needs 13. */
const SERVER_VERSION_MIN = 14;
const UNDEFINED_TABLE = '42P01';
const UNDEFINED_DATABASE = '3D000';

/**
 * Names of the migrations that the database lacks.
 * @throws StartError if the database has unknown migrations or can't be used; UnavailableError
 */
export async function pendingMigrations(sql: Sql): Promise<string[]> {
  const version = await serverVersion(sql);
  if (version < SERVER_VERSION_MIN)
    throw new StartError(
      `The database server is PostgreSQL ${version}. Use ${SERVER_VERSION_MIN} or newer, or leave DATABASE_URL out.`,
    );
  const executed = new Set(await executedMigrations(sql));
  const known = migrationsList.map(({ name }) => name);
  const unknown = [...executed].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new StartError(
      `The database's schema is newer than this program (${unknown.join(', ')}; this program ends with ${known.at(-1)}). ` +
        'Start the version of the program that made it, or a newer one.',
    );
  return known.filter((name) => !executed.has(name));
}

async function serverVersion(sql: Sql): Promise<number> {
  try {
    const [row] = await sql<{ major: number }>(
      'server-version',
      `SELECT current_setting('server_version_num')::int / 10000 AS major`,
    );
    return row?.major ?? Number.NaN;
  } catch (error) {
    const { code } = (error instanceof UnavailableError ? (error.cause ?? {}) : {}) as { code?: unknown };
    if (code === UNDEFINED_DATABASE)
      throw new StartError('There is no database of the name in DATABASE_URL. Create it, then run "npm run migrate".');
    throw error;
  }
}

async function executedMigrations(sql: Sql): Promise<string[]> {
  try {
    const rows = await sql<{ name: string }>(
      'executed-migrations',
      'SELECT name FROM mikro_orm_migrations ORDER BY id',
    );
    return rows.map(({ name }) => name);
  } catch (error) {
    if (error instanceof StatementRefusedError && error.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}

/** Key of the advisory lock: any number, the same in every version of the program. */
const MIGRATION_LOCK = 4_170_051_911;
/** The longest wait for the migration of another process. */
const LOCK_WITHIN = '10min';
/** A migration that waits for a locked table blocks all statements behind it, so it is given up and started again. */
const TABLE_LOCK_WITHIN = '2s';

/**
 * Brings a PostgreSQL server's schema up to date, in one transaction, one process at a time. It has its own connections:
 * a migration may take longer than the statement time-out of the others.
 */
export async function migratePostgres(url: string): Promise<void> {
  const { MikroORM, PostgreSqlDriver } = await import('@mikro-orm/postgresql');
  const orm = await MikroORM.init({
    ...ormOptions,
    driver: PostgreSqlDriver,
    clientUrl: url,
    driverOptions: { max: 2, connectionTimeoutMillis: 2_000, application_name: 'assay-migrate' },
  });
  try {
    await orm.em.transactional(async (em) => {
      await em.execute(`SET LOCAL lock_timeout = '${LOCK_WITHIN}'`);
      await em.execute(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      await em.execute(`SET LOCAL lock_timeout = '${TABLE_LOCK_WITHIN}'`);
      await orm.migrator.up({ transaction: em.getTransactionContext() });
    });
  } finally {
    await orm.close();
  }
}
