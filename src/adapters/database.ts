import { MikroORM as PgliteOrm, PgliteDriver } from '@mikro-orm/pglite';
import { MikroORM as PostgresOrm, PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { ormOptions } from './database/orm-options.ts';
import { publishQuestionnaires } from './database/publishing.ts';
import { createReading } from './database/reading.ts';
import { createReconciling } from './database/reconciling.ts';
import { createSessions } from './database/sessions.ts';
import { sqlOverPglite, sqlOverPool, type Observe, type Sql } from './database/sql.ts';
import { createSubmitting } from './database/submitting.ts';
import { createSweeping } from './database/sweeping.ts';
import { createWorking } from './database/working.ts';

export type DatabaseOptions = {
  /** A PostgreSQL server, or a folder for the embedded one (PGlite). */
  at: { url: string; poolMax: number } | { folder: string };
  leaseMs: number;
  observe: Observe;
};

export type Database = Awaited<ReturnType<typeof openDatabase>>;
export type SubmitStore = ReturnType<typeof createSubmitting>;
export type ReadStore = ReturnType<typeof createReading>;
export type WorkStore = ReturnType<typeof createWorking>;
export type ReconcileStore = ReturnType<typeof createReconciling>;
export type SweepStore = ReturnType<typeof createSweeping>;
export type SessionStore = ReturnType<typeof createSessions>;

/** Opens the database without touching it yet: a server that is away fails the first call, not this one. */
export async function openDatabase({ at, leaseMs, observe }: DatabaseOptions) {
  const { orm, sql } = 'url' in at ? await openPostgres(at, observe) : await openPglite(at.folder, observe);
  return {
    submitting: createSubmitting(sql),
    reading: createReading(sql),
    working: createWorking(sql, leaseMs),
    reconciling: createReconciling(sql, leaseMs),
    sweeping: createSweeping(sql),
    sessions: createSessions(sql),

    /** Resolves if the database answers. @throws UnavailableError */
    async check(): Promise<void> {
      await sql('check', 'SELECT 1');
    },

    /** Brings the schema up to date. */
    async migrate(): Promise<void> {
      await orm.migrator.up();
    },

    /** Names of migrations that this program has and the database lacks. */
    async pendingMigrations(): Promise<string[]> {
      return (await orm.migrator.getPending()).map(({ name }) => name);
    },

    /** See publishQuestionnaires. */
    publish: (contents: QuestionnaireContent[]): Promise<QuestionnaireContent[]> =>
      publishQuestionnaires(orm.em.fork(), contents),

    close: (): Promise<void> => orm.close(),
  };
}

async function openPostgres(at: { url: string; poolMax: number }, observe: Observe) {
  const orm = await PostgresOrm.init({
    ...ormOptions,
    driver: PostgreSqlDriver,
    clientUrl: at.url,
    driverOptions: {
      max: at.poolMax,
      // pg's own defaults are to wait for ever.
      connectionTimeoutMillis: 2_000,
      idleTimeoutMillis: 30_000,
      // A fail-over or a new password reaches every connection within this time.
      maxLifetimeSeconds: 1_800,
      statement_timeout: 5_000,
      query_timeout: 7_000,
      lock_timeout: 2_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      application_name: 'assay',
    },
  });
  const connection = orm.em.getConnection();
  const sql: Sql = sqlOverPool(await connection.getNativeClient(), observe);
  return { orm, sql };
}

async function openPglite(folder: string, observe: Observe) {
  const orm = await PgliteOrm.init({ ...ormOptions, driver: PgliteDriver, dbName: folder });
  const connection = orm.em.getConnection();
  const sql: Sql = sqlOverPglite(await connection.getNativeClient(), observe);
  return { orm, sql };
}
