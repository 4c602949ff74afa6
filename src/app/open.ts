import { join, resolve } from 'node:path';
import { Broker, type BrokerAddress, readCredentials } from '../adapters/broker.ts';
import { openDatabase, type Database } from '../adapters/database.ts';
import { lockDataFolder } from '../adapters/embedded/data-folder.ts';
import { startNatsServer } from '../adapters/embedded/nats-server.ts';
import { readQuestionnaireFiles } from '../adapters/questionnaire-files.ts';
import { exchangeRates } from '../assessments/exchange-rates.ts';
import { modelBudgets } from '../assessments/model-budgets.ts';
import { createQuestionnaires, type Questionnaires } from '../assessments/questionnaires.ts';
import { Rates } from '../assessments/rates.ts';
import type { Config } from '../config.ts';
import { UnavailableError } from '../errors.ts';
import { wire } from '../events.ts';
import type { Log } from '../log.ts';
import { watchDatabase } from './health.ts';
import { StartError } from '../own-error.ts';
import { ROOT, type Parts, type Process } from './parts.ts';

/** A running broker is ready within this time. After it the api accepts submissions without the broker. */
const BROKER_WAIT_MS = 3_000;
const WAIT_MS = 500;
const WAIT_MAX_MS = 5_000;

const questionnaireFiles = () => readQuestionnaireFiles(join(ROOT, 'questionnaires'));

/** Opens database and broker, for every role. It waits for the database; the broker may connect later. */
export async function openParts(process: Process): Promise<Parts> {
  const { config, log, metrics, lifecycle, health } = process;
  const contents = await questionnaireFiles();
  const address = await brokerAddress(process);
  const database = await openDatabase({
    at: databaseAt(config),
    leaseMs: config.leaseMs,
    observe: (operation, seconds) => metrics.database.observe({ operation }, seconds),
  });
  lifecycle.onClose('database', () => database.close());
  watchDatabase(database, process);
  const questionnaires = await whenAvailable(log, async (): Promise<Questionnaires> => {
    await (config.embedded ? database.migrate() : checkSchema(database));
    return createQuestionnaires(await database.register(contents), () => database.register([]));
  });

  const counted = await openRates(process, database);
  const broker = new Broker({
    address,
    wire: wire(config.natsPrefix),
    ackWaitMs: config.leaseMs,
    maxAckPending: 2 * config.maxQueueDepth,
    ...streamOptions(config),
    database: config.embedded ? undefined : await whenAvailable(log, () => database.identity()),
    onTrouble: (what, error) => {
      metrics.errors.inc({ part: 'broker', code: 'SERVICE_UNAVAILABLE' });
      log.warn({ err: error }, what);
    },
  });
  lifecycle.onClose('broker', () => broker.close());
  health.broker = () => broker.ready;
  if (!(await broker.whenReady(BROKER_WAIT_MS)))
    log.warn('the broker is not available yet: submissions are stored, and worked on once it is available');
  return { ...process, database, broker, questionnaires, ...counted };
}

/** The limits of this process. It knows what the fleet has left of its budgets before it begins any work. */
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

/** Brings the schema up to date and registers the questionnaires, then closes the database. */
export async function migrate(config: Config, log: Log): Promise<void> {
  const contents = await questionnaireFiles();
  const database = await openDatabase({ at: databaseAt(config), leaseMs: config.leaseMs, observe: () => {} });
  try {
    await whenAvailable(log, async () => {
      await database.migrate();
      await database.register(contents);
    });
  } finally {
    await database.close();
  }
}

const MEBIBYTE = 1024 * 1024;
/** The embedded server has no more work than one machine, perhaps a small one. */
const EMBEDDED_ROOM = { work: 64 * MEBIBYTE, events: 32 * MEBIBYTE, dead: 16 * MEBIBYTE };

function streamOptions({ embedded, role, natsDomain, natsReplicas, natsStreamMb: { work, events, dead } }: Config) {
  const bytes = (mb: number | undefined): number | undefined => (mb === undefined ? undefined : mb * MEBIBYTE);
  return {
    domain: natsDomain,
    replicas: natsReplicas,
    room: { work: bytes(work), events: bytes(events), dead: bytes(dead) },
    ...(embedded ? { usualRoom: EMBEDDED_ROOM } : {}),
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
async function brokerAddress({ config, log, lifecycle }: Process): Promise<BrokerAddress> {
  const name = `assay-${config.role}`;
  if (config.natsUrl !== undefined)
    return {
      name,
      url: config.natsUrl,
      user: config.natsUser,
      password: config.natsPassword,
      token: config.natsToken,
      credentials: config.natsCredsFile === undefined ? undefined : await readCredentials(config.natsCredsFile),
    };
  const folder = resolve(config.dataDir);
  const lock = lockDataFolder(folder);
  lifecycle.onClose('data folder', () => lock.unlock());
  const nats = await startNatsServer({
    folder,
    onExit: (code) => log.fatal({ code }, 'the embedded nats-server ended: restart the program'),
  });
  lifecycle.onClose('nats-server', () => nats.stop());
  return { name, url: nats.url, user: nats.user, password: nats.password };
}

/** Repeats the action while the database is unavailable; any other error ends the start. */
async function whenAvailable<T>(log: Log, action: () => Promise<T>): Promise<T> {
  for (let wait = WAIT_MS; ; wait = Math.min(2 * wait, WAIT_MAX_MS)) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      log.warn({ err: error, retryMs: wait }, 'the database is not available yet: waiting for it');
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }
}
