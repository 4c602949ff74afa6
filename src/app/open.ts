import { join, resolve } from 'node:path';
import { Broker, type BrokerAddress, type StreamRoom, readCredentials, readSeed } from '../adapters/broker.ts';
import { databaseTrouble, openDatabase, type Database } from '../adapters/database.ts';
import { checkRoom, lockDataFolder } from '../adapters/embedded/data-folder.ts';
import { startNatsServer, streamRoom } from '../adapters/embedded/nats-server.ts';
import { exchangeRates } from '../assessments/exchange-rates.ts';
import { modelBudgets } from '../assessments/model-budgets.ts';
import { openQuestionnaires, type Questionnaires } from '../assessments/questionnaires.ts';
import { openTranslations, type Translations } from '../assessments/translations.ts';
import { Rates } from '../assessments/rates.ts';
import { Turns } from '../assessments/turns.ts';
import type { Config } from '../config.ts';
import { UnavailableError } from '../errors.ts';
import { wire } from '../events.ts';
import { fewLines } from '../few-lines.ts';
import type { Log } from '../log.ts';
import { watchBroker, watchDatabase } from './health.ts';
import { GaveUpError, StartError } from '../own-error.ts';
import type { Parts, Process } from './parts.ts';
import { publishFolder, tellPublication, tellUnpublished, tellWithoutFile, unpublishedFiles } from './publication.ts';
import { readFiles } from './questionnaires.ts';
import { watchStatements } from './statements.ts';

/** A running broker is ready within this time. After it the api accepts submissions without the broker. */
const BROKER_WAIT_MS = 3_000;
/** While the broker is away each try would be logged. */
const BROKER_LINE_EVERY_MS = 60_000;
const WAIT_MS = 500;
const WAIT_MAX_MS = 5_000;

/** Opens database and broker, for every role. It waits for the database; the broker may connect later. */
export async function openParts(process: Process): Promise<Parts> {
  const { config, log, metrics, lifecycle, health } = process;
  const { files, operatorTexts } = await readFiles(config);
  const { address, room } = await brokerAddress(process);
  const statements = watchStatements({ role: config.role, metrics, log });
  const { observe } = statements;
  const database = await openDatabase({ at: databaseAt(config), leaseMs: config.leaseMs, observe });
  lifecycle.onClose('database', () => database.close());
  const questionnaires = await whenAvailable(log, async (): Promise<Questionnaires> => {
    await (config.embedded ? database.migrate() : checkSchema(database));
    if (config.role === 'all') tellPublication(log, await publishFolder(database, files));
    else tellUnpublished(log, await unpublishedFiles(database, files));
    return await openQuestionnaires(database.questionnaires);
  });
  const translations = await whenAvailable(log, (): Promise<Translations> =>
    openTranslations(questionnaires, database.translations),
  );
  // Its table is there only now.
  watchDatabase(database, statements, process);

  const counted = await openRates(process, database);
  const lines = fewLines({ everyMs: BROKER_LINE_EVERY_MS });
  const broker = new Broker({
    address,
    wire: wire(config.natsPrefix),
    ackWaitMs: config.leaseMs,
    maxAckPending: 2 * config.maxQueueDepth,
    ...streamOptions(config),
    ...(room === undefined ? {} : { usualRoom: room }),
    database: config.embedded ? undefined : await whenAvailable(log, () => database.identity()),
    onTrouble: (what, error) => {
      metrics.errors.inc({ part: 'broker', code: 'SERVICE_UNAVAILABLE' });
      if (lines(what) !== undefined) log.warn({ err: error }, what);
    },
  });
  lifecycle.onClose('broker', () => broker.close());
  watchBroker(broker, config.role, health);
  if (!(await broker.whenReady(BROKER_WAIT_MS)))
    log.warn('the broker is not available yet: submissions are stored, and worked on once it is available');
  const turns = new Turns({ store: database.turns, broker, metrics, log });
  lifecycle.onClose('turns', () => turns.settled());
  return { ...process, database, broker, questionnaires, translations, operatorTexts, turns, ...counted };
}

/** The limits of this process. It learns the rest of the fleet's budgets before it begins any work. */
async function openRates(
  { config, lifecycle, log }: Process,
  database: Database,
): Promise<Pick<Parts, 'rates' | 'budgets'>> {
  const rates = new Rates();
  const budgets = modelBudgets(rates, { calls: config.dailyModelCalls, tokens: config.dailyTokens });
  const exchange = exchangeRates({ rates, store: database.rates, log });
  lifecycle.onClose('rates', () => exchange.stop());
  await exchange.exchange();
  return { rates, budgets };
}

/** A server that starts is there within this time. A step of a release must not wait for ever. */
const MIGRATE_WITHIN_MS = 60_000;

/** Brings the schema up to date, publishes and withdraws questionnaires, then closes the database. */
export async function migrate(config: Config, log: Log, withinMs = MIGRATE_WITHIN_MS): Promise<void> {
  const { files } = await readFiles(config);
  const database = await openDatabase({ at: databaseAt(config), leaseMs: config.leaseMs, observe: () => {} });
  try {
    const migrations = await whenAvailable(log, () => database.migrate(), withinMs);
    const { withoutFile, ...done } = await whenAvailable(log, () => publishFolder(database, files), withinMs);
    log.info({ migrations, ...done }, 'migrations run and questionnaires published');
    tellWithoutFile(log, withoutFile);
    const count = await whenAvailable(log, () => database.sweeping.forgetForeign(Number.POSITIVE_INFINITY), withinMs);
    if (count > 0) log.warn({ count }, FOREIGN_NUMBERS);
  } finally {
    await database.close();
  }
}

const FOREIGN_NUMBERS =
  'rows had the transaction numbers of another database server, as after the restore of a dump: these were forgotten';

const MEBIBYTE = 1024 * 1024;

function streamOptions({ role, natsDomain, natsReplicas, natsStreamMb: { work, events, dead } }: Config) {
  const bytes = (mb: number | undefined): number | undefined => (mb === undefined ? undefined : mb * MEBIBYTE);
  return {
    domain: natsDomain,
    replicas: natsReplicas,
    room: { work: bytes(work), events: bytes(events), dead: bytes(dead) },
    // The rights of an api do not suffice to change a stream.
    mends: role !== 'api',
  };
}

const databaseAt = (config: Config) =>
  config.databaseUrl === undefined
    ? { folder: join(config.dataDir, 'postgres') }
    : { url: config.databaseUrl, poolMax: config.databasePoolMax };

async function checkSchema(database: Database): Promise<void> {
  const pending = await database.pendingMigrations();
  if (pending.length > 0)
    throw new StartError(
      `The database's schema is older than this program (missing: ${pending.join(', ')}). Run "npm run migrate" first.`,
    );
}

/** Where the broker is. Embedded: locks the data folder and starts a nats-server in it, before anything else uses it. */
async function brokerAddress({
  config,
  log,
  lifecycle,
}: Process): Promise<{ address: BrokerAddress; room?: StreamRoom }> {
  const name = `assay-${config.role}`;
  if (config.natsUrl !== undefined) {
    const address = {
      name,
      url: config.natsUrl,
      user: config.natsUser,
      password: config.natsPassword,
      token: config.natsToken,
      credentials: config.natsCredsFile === undefined ? undefined : await readCredentials(config.natsCredsFile),
      seed: config.natsSeed === undefined ? undefined : readSeed(config.natsSeed),
      tls: config.natsTls,
    };
    return { address };
  }
  const folder = resolve(config.dataDir);
  const lock = lockDataFolder(folder);
  lifecycle.onClose('data folder', () => lock.unlock());
  const freeBytes = checkRoom(folder);
  const nats = await startNatsServer({
    folder,
    onTrouble: ({ error, ...how }) =>
      log.warn({ ...how, err: error }, 'the embedded nats-server ended: starting it again; work waits meanwhile'),
  });
  lifecycle.onClose('nats-server', () => nats.stop());
  const address = { name, url: nats.url, user: nats.user, password: nats.password };
  return { address, room: streamRoom(freeBytes) };
}

/**
 * Repeats the action while the database is unavailable; any other error ends the start.
 * @param withinMs the longest wait; an error that waiting does not mend ends it at once. Without it, it waits for ever
 * @throws StartError, GaveUpError
 */
async function whenAvailable<T>(log: Log, action: () => Promise<T>, withinMs = Infinity): Promise<T> {
  const until = performance.now() + withinMs;
  for (let wait = WAIT_MS; ; wait = Math.min(2 * wait, WAIT_MAX_MS)) {
    try {
      return await action();
    } catch (error) {
      const trouble = databaseTrouble(error);
      if (trouble === undefined) throw error;
      const { words, code, lasting } = trouble;
      const isPassing = error instanceof UnavailableError && !(lasting && withinMs !== Infinity);
      if (!isPassing && words !== undefined) throw new StartError(sentence(`${words} (${code})`), { cause: error });
      if (!isPassing) throw error;
      if (performance.now() + wait > until)
        throw new GaveUpError(
          `The database was not available for ${Math.round(withinMs / 1000)} s: ${words ?? 'check DATABASE_URL'}` +
            (code === undefined ? '.' : ` (${code}).`),
          { cause: error },
        );
      const why = words === undefined ? { err: error } : { code };
      log.warn(
        { ...why, retryMs: wait },
        `the database is not available yet: waiting for it${words ? `; ${words}` : ''}`,
      );
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
