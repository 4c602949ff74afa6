import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { StartError } from '../own-error.ts';
import { createCancelling } from './database/cancelling.ts';
import { classifyDatabaseError } from './database/errors.ts';
import { identityOf } from './database/identity.ts';
import { ormOptions } from './database/orm-options.ts';
import { registerQuestionnaires } from './database/registering.ts';
import { opened, prepareFolder } from './database/pglite-folder.ts';
import { createPlacing } from './database/placing.ts';
import { poolOptions } from './database/pool-options.ts';
import { createRateStore } from './database/rates.ts';
import { createReading } from './database/reading.ts';
import { createReconciling } from './database/reconciling.ts';
import { migratePostgres, pendingMigrations } from './database/schema.ts';
import { createRetrying } from './database/retrying.ts';
import { secretOf } from './database/secrets.ts';
import { createSessions } from './database/sessions.ts';
import { sqlOverPglite, sqlOverPool, withDeadline, type Observe } from './database/sql.ts';
import { createSubmitting } from './database/submitting.ts';
import { createSweeping } from './database/sweeping.ts';
import { createTurns } from './database/turns.ts';
import { createUntold } from './database/untold.ts';
import { createWorking } from './database/working.ts';

export type { StoredPlace } from './database/placing.ts';
export type { Candidate } from './database/reconciling.ts';
export { REPLAYED, type DeadLetterCursor, type DeadLetterQuery } from './database/retrying.ts';
export type { NewAssessment } from './database/submitting.ts';
export type { OpenMax } from './database/turns.ts';
export type { ToTell, Untold } from './database/untold.ts';
export type { Sweep, SweptEnd } from './database/sweeping.ts';

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
export type RetryStore = ReturnType<typeof createRetrying>;
export type RateStore = ReturnType<typeof createRateStore>;
export type TurnStore = ReturnType<typeof createTurns>;
export type UntoldStore = ReturnType<typeof createUntold>;
export type PlaceStore = ReturnType<typeof createPlacing>;
export type CancelStore = ReturnType<typeof createCancelling>;
export type SweepStore = ReturnType<typeof createSweeping>;
export type SessionStore = ReturnType<typeof createSessions>;

/** Time-out of a check, so that its result is only a few seconds old. */
const CHECK_WITHIN_MS = 2_000;

/** Time-out of a registration: three statements, at the start and for an unknown questionnaire. */
const REGISTER_WITHIN_MS = 20_000;

/** Opens the database without a query: an unavailable server fails the first call, not this one. */
export async function openDatabase({ at, leaseMs, observe }: DatabaseOptions) {
  const { orm, sql, migrate, close } =
    'url' in at ? await openPostgres(at, observe) : await openPglite(at.folder, observe);
  return {
    submitting: createSubmitting(sql),
    reading: createReading(sql),
    working: createWorking(sql, leaseMs),
    reconciling: createReconciling(sql, leaseMs),
    retrying: createRetrying(sql),
    placing: createPlacing(sql),
    cancelling: createCancelling(sql),
    sweeping: createSweeping(sql),
    sessions: createSessions(sql),
    rates: createRateStore(sql),
    turns: createTurns(sql),
    untold: createUntold(sql),

    /** See secretOf. @throws UnavailableError */
    secret: (name: string): Promise<string> => secretOf(sql, name),

    /** See identityOf. @throws UnavailableError */
    identity: (): Promise<string> => identityOf(sql),

    /** Resolves if the database is available. @throws UnavailableError */
    async check(): Promise<void> {
      await sql('check', 'SELECT 1', [], { withinMs: CHECK_WITHIN_MS });
    },

    /** Brings the schema up to date. @throws StartError, UnavailableError */
    async migrate(): Promise<void> {
      if ((await pendingMigrations(sql)).length > 0) await classified(migrate());
    },

    /** See database/schema.ts. @throws StartError, UnavailableError */
    pendingMigrations: (): Promise<string[]> => pendingMigrations(sql),

    /** Registers questionnaires; see `registerQuestionnaires`. @throws StartError, UnavailableError */
    register: (contents: QuestionnaireContent[]): Promise<QuestionnaireContent[]> =>
      classified(withDeadline(registerQuestionnaires(orm.em.fork(), contents), REGISTER_WITHIN_MS)),

    close,
  };
}

/** Turns errors of MikroORM into ours. */
async function classified<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof StartError ? error : classifyDatabaseError(error, true);
  }
}

async function openPostgres(at: { url: string; poolMax: number }, observe: Observe) {
  const { MikroORM, PostgreSqlDriver } = await import('@mikro-orm/postgresql');
  const orm = await MikroORM.init({
    ...ormOptions,
    driver: PostgreSqlDriver,
    clientUrl: at.url,
    driverOptions: poolOptions(at.poolMax),
  });
  const connection = orm.em.getConnection();
  const pool = await connection.getNativeClient();
  const close = async (): Promise<void> => {
    await orm.close();
    // MikroORM ends the pool only if MikroORM has used it.
    if (!pool.ended) await pool.end();
  };
  return { orm, sql: sqlOverPool(pool, observe), migrate: () => migratePostgres(at.url), close };
}

async function openPglite(folder: string, observe: Observe) {
  await prepareFolder(folder);
  const { MikroORM, PgliteDriver } = await import('@mikro-orm/pglite');
  const orm = await MikroORM.init({ ...ormOptions, driver: PgliteDriver, dbName: folder });
  const client = await opened(folder, orm.em.getConnection().getNativeClient());
  const sql = sqlOverPglite(client, observe);
  return { orm, sql, migrate: async () => void (await orm.migrator.up()), close: () => orm.close() };
}
