import { readDatabaseUrl, type DatabaseServer } from '../config/database-url.ts';
import type { QuestionnaireVersion } from '../entities/questionnaire-version.ts';
import { StartError } from '../own-error.ts';
import { createCancelling } from './database/cancelling.ts';
import { createDeleting } from './database/deleting.ts';
import { createCheck } from './database/checking.ts';
import { classifyDatabaseError } from './database/errors.ts';
import { identityOf } from './database/identity.ts';
import { ormOptions } from './database/orm-options.ts';
import { opened, prepareFolder } from './database/pglite-folder.ts';
import { createImageStore } from './database/images.ts';
import { createModelLimits } from './database/model-limits.ts';
import { createModelSetups } from './database/model-setups.ts';
import { createPlacing } from './database/placing.ts';
import { migrationOptions, poolOptions } from './database/pool-options.ts';
import { publishQuestionnaires, unpublishedOf, type Publication } from './database/publishing.ts';
import { createQuestionnaireStore } from './database/questionnaires.ts';
import { createRateStore } from './database/rates.ts';
import { createReading } from './database/reading.ts';
import { createReconciling } from './database/reconciling.ts';
import {
  checkTables,
  migrateSchema,
  type Migrated,
  oneAtATime,
  pendingMigrations,
  readMigrations,
  remembersTexts,
  tablesOf,
} from './database/schema.ts';
import { createRetrying } from './database/retrying.ts';
import { serverOptions, type ServerOptions } from './database/server-options.ts';
import { secretOf } from './database/secrets.ts';
import { createSessions } from './database/sessions.ts';
import { sqlOverPglite, sqlOverPool, withDeadline, type Observe } from './database/sql.ts';
import { createSubmitting } from './database/submitting.ts';
import { createSweeping } from './database/sweeping.ts';
import { createTranslationStore } from './database/translations.ts';
import { createTurns } from './database/turns.ts';
import { createUntold } from './database/untold.ts';
import { createWorking } from './database/working.ts';

export type { StoredPlace } from './database/placing.ts';
export { DELETED_PAGE, type Deleted } from './database/deleting.ts';
export type { StoredImage } from './database/images.ts';
export type { Candidate } from './database/reconciling.ts';
export { REPLAYED, type DeadLetterCursor, type DeadLetterQuery } from './database/retrying.ts';
export type { Publication } from './database/publishing.ts';
export type { NewAssessment } from './database/submitting.ts';
export type { Observe, Statement } from './database/sql.ts';
export type { OpenMax } from './database/turns.ts';
export type { SessionSweep, Sweep, SweptEnd } from './database/sweeping.ts';
export { databaseTrouble, remedyOf } from './database/trouble.ts';
export type { ToTell, Untold } from './database/untold.ts';

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
export type QuestionnaireStore = ReturnType<typeof createQuestionnaireStore>;
export type RateStore = ReturnType<typeof createRateStore>;
export type TurnStore = ReturnType<typeof createTurns>;
export type UntoldStore = ReturnType<typeof createUntold>;
export type LimitStore = ReturnType<typeof createModelLimits>;
export type SetupStore = ReturnType<typeof createModelSetups>;
export type PlaceStore = ReturnType<typeof createPlacing>;
export type CancelStore = ReturnType<typeof createCancelling>;
export type DeleteStore = ReturnType<typeof createDeleting>;
export type ImageStore = ReturnType<typeof createImageStore>;
export type TranslationStore = ReturnType<typeof createTranslationStore>;
export type SweepStore = ReturnType<typeof createSweeping>;
export type SessionStore = ReturnType<typeof createSessions>;

/** Time-out of a publication, at the start: five statements, one of them with all new contents. */
const PUBLISH_WITHIN_MS = 20_000;

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
    deleting: createDeleting(sql),
    sweeping: createSweeping(sql),
    sessions: createSessions(sql),
    rates: createRateStore(sql),
    turns: createTurns(sql),
    untold: createUntold(sql),
    setups: createModelSetups(sql),
    limits: createModelLimits(sql),
    translations: createTranslationStore(sql),
    images: createImageStore(sql),
    questionnaires: createQuestionnaireStore(sql),

    /** See secretOf. @throws UnavailableError */
    secret: (name: string): Promise<string> => secretOf(sql, name),

    /** See identityOf. @throws UnavailableError */
    identity: (): Promise<string> => identityOf(sql),

    /** See createCheck. @throws UnavailableError, StatementRefusedError */
    check: createCheck(sql),

    /** Brings the schema up to date and returns the names of the migrations that ran. @throws StartError, UnavailableError */
    async migrate(): Promise<string[]> {
      const known = await readMigrations(orm);
      const pending = await pendingMigrations(sql, known);
      if (pending.length > 0 || !(await remembersTexts(sql))) await classified(migrate(known));
      // Older migrations may have had another text, which a program before 0034 did not remember.
      if (pending.length < known.length) await checkTables(sql, tablesOf(orm));
      return pending;
    },

    /** See database/schema.ts. @throws StartError, UnavailableError */
    async pendingMigrations(): Promise<string[]> {
      const pending = await pendingMigrations(sql, await readMigrations(orm));
      if (pending.length === 0) await checkTables(sql, tablesOf(orm));
      return pending;
    },

    /** See publishQuestionnaires. @throws StartError, UnavailableError */
    publish: (files: QuestionnaireVersion[]): Promise<Publication> =>
      classified(withDeadline(publishQuestionnaires(orm.em.fork(), files), PUBLISH_WITHIN_MS)),

    /** See unpublishedOf. @throws StartError, UnavailableError */
    unpublished: (files: QuestionnaireVersion[]): Promise<string[]> =>
      classified(withDeadline(unpublishedOf(orm.em.fork(), files), PUBLISH_WITHIN_MS)),

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
  const server = serverOf(at.url);
  // For both pools, so that a migration goes to the server that took the other connections.
  const options = serverOptions(server);
  const orm = await MikroORM.init({
    ...ormOptions,
    driver: PostgreSqlDriver,
    dbName: server.database,
    driverOptions: poolOptions(at.poolMax, options),
  });
  const connection = orm.em.getConnection();
  const pool = await connection.getNativeClient();
  const close = async (): Promise<void> => {
    await orm.close();
    // MikroORM ends the pool only if MikroORM has used it.
    if (!pool.ended) await pool.end();
  };
  // One more: a server that took connections until now may have ended.
  const tries = server.hosts.length > 1 ? server.hosts.length + 1 : 1;
  return {
    orm,
    sql: sqlOverPool(pool, observe, tries),
    migrate: (known: Migrated[]) => migratePostgres(server.database, options, known),
    close,
  };
}

function serverOf(url: string): DatabaseServer {
  const read = readDatabaseUrl(url);
  if ('server' in read) return read.server;
  throw new StartError('DATABASE_URL can not be used:', { problems: read.problems });
}

/** Over connections of its own: a migration may take longer than the statement time-out of the others. */
async function migratePostgres(dbName: string, options: ServerOptions, known: Migrated[]): Promise<void> {
  const { MikroORM, PostgreSqlDriver } = await import('@mikro-orm/postgresql');
  const orm = await MikroORM.init({
    ...ormOptions,
    driver: PostgreSqlDriver,
    dbName,
    driverOptions: migrationOptions(options),
  });
  try {
    await migrateSchema(orm, known, oneAtATime);
  } finally {
    await orm.close();
  }
}

async function openPglite(folder: string, observe: Observe) {
  await prepareFolder(folder);
  const { MikroORM, PgliteDriver } = await import('@mikro-orm/pglite');
  const { createPglite } = await import('./database/pglite.ts');
  const { client, files } = await opened(folder, createPglite(folder));
  // A function, since MikroORM copies what is in its options.
  const driverOptions = { pglite: () => client };
  const orm = await MikroORM.init({ ...ormOptions, driver: PgliteDriver, dbName: folder, driverOptions });
  const sql = sqlOverPglite(client, observe);
  const checkpoints = setInterval(() => {
    if (files.walBytes > WAL_BYTES_MAX) void sql('checkpoint', 'CHECKPOINT').catch(() => {});
  }, CHECKPOINT_LOOK_MS);
  const migrate = async (known: Migrated[]): Promise<void> => {
    await migrateSchema(orm, known);
    // PGlite syncs after a statement, but not after the end of a transaction.
    await client.syncToFs();
  };
  const close = async (): Promise<void> => {
    clearInterval(checkpoints);
    await orm.close();
    // MikroORM closes only what it has opened.
    await client.close();
  };
  return { orm, sql, migrate, close };
}

/** The embedded database has no process that makes checkpoints: without them its log would grow until the next start. */
const WAL_BYTES_MAX = 32 * 1024 * 1024;
const CHECKPOINT_LOOK_MS = 1_000;
