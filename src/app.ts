import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Broker, type BrokerAddress } from './adapters/broker.ts';
import { openDatabase, type Database } from './adapters/database.ts';
import { lockDataFolder } from './adapters/embedded/data-folder.ts';
import { startDemoModel } from './adapters/embedded/demo-model.ts';
import { startNatsServer } from './adapters/embedded/nats-server.ts';
import { openModel } from './adapters/model.ts';
import { readQuestionnaireFiles } from './adapters/questionnaire-files.ts';
import { watchQueueDepth } from './assessments/queue-depth.ts';
import { createQuestionnaires, type Questionnaires } from './assessments/questionnaires.ts';
import { rateLimit } from './assessments/rate-limit.ts';
import { createSessions } from './assessments/sessions.ts';
import { createSubmit } from './assessments/submit.ts';
import type { Config } from './config.ts';
import { runReconciler } from './consumers/reconcile.ts';
import { runConsumer } from './consumers/run-consumer.ts';
import { Hub } from './delivery/hub.ts';
import { startSweep } from './delivery/sweep.ts';
import { UnavailableError } from './errors.ts';
import { wire } from './events.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { clientAddress } from './server/address.ts';
import { createGraphQL } from './server/graphql.ts';
import { createHttp } from './server/http.ts';
import { originCheck } from './server/origin.ts';
import { startProbes, type Readiness } from './server/probes.ts';
import { createSessionEdge } from './server/session.ts';
import { openWebPage } from './server/web-page.ts';
import { SocketServer } from './server/websocket.ts';

export type App = {
  /** Where the web page and the API are; undefined in a worker. */
  url: string | undefined;
  probesUrl: string;
  close: () => Promise<void>;
};

/** Closes one part that was opened. */
type Release = () => Promise<void> | void;
/** To be told of each part, right after it was opened. */
type OnClose = (part: string, release: Release) => void;
/** What takes new work: all of these stop at once, and let finish what runs, before any part is closed. */
type OnStop = (stop: Release) => void;

const ROOT = resolve(import.meta.dirname, '..');

/** What every role opens. */
type Base = {
  config: Config;
  log: Log;
  metrics: Metrics;
  database: Database;
  broker: Broker;
  questionnaires: Questionnaires;
  onClose: OnClose;
  onStop: OnStop;
};

/**
 * Opens everything in order and wires it. What is absent at the start is waited for: the database before anything is
 * served, the broker in the background.
 */
export async function startApp(config: Config, log: Log): Promise<App> {
  const stops: Release[] = [];
  const parts: { part: string; release: Release }[] = [];
  const close = once(async () => {
    log.info('stopping: no new work, and what runs may finish');
    await Promise.allSettled(stops.map(async (stop) => await stop()));
    // In reverse order of opening: what uses a part goes before the part.
    for (const { part, release } of parts.toReversed()) {
      log.debug({ part }, 'closing');
      try {
        await release();
      } catch (error) {
        log.error({ err: error, part }, 'could not close a part');
      }
    }
    log.info('stopped');
  });
  try {
    const onClose: OnClose = (part, release) => void parts.push({ part, release });
    const base = await openBase(config, log, onClose, (stop) => void stops.push(stop));
    let stopping = false;
    base.onStop(() => {
      stopping = true;
    });
    const databaseState = watchDatabase(base);
    const readiness: Readiness = () => ({
      process: stopping ? 'stopping' : 'ok',
      database: databaseState() ? 'ok' : 'unavailable',
      broker: base.broker.ready ? 'ok' : 'unavailable',
    });
    const probes = await openProbes(base, readiness);
    if (config.role !== 'api') await openWorker(base);
    const url = config.role === 'worker' ? undefined : await openApi(base, readiness);
    return { url, probesUrl: `http://${config.metricsHost}:${probes.port}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Brings the schema up to date and publishes the questionnaires, then closes again. */
export async function migrate(config: Config, log: Log): Promise<void> {
  const database = await openDatabase({ at: databaseAt(config), leaseMs: config.leaseMs, observe: () => {} });
  try {
    await whenAvailable('database', () => database.migrate(), log);
    await database.publish(await readQuestionnaireFiles(join(ROOT, 'questionnaires')));
  } finally {
    await database.close();
  }
}

async function openBase(config: Config, log: Log, onClose: OnClose, onStop: OnStop): Promise<Base> {
  const contents = await readQuestionnaireFiles(join(ROOT, 'questionnaires'));
  const metrics = createMetrics();
  const address = await brokerAddress(config, log, onClose);
  const database = await openDatabase({
    at: databaseAt(config),
    leaseMs: config.leaseMs,
    observe: (operation, seconds) => metrics.database.observe({ operation }, seconds),
  });
  onClose('database', () => database.close());
  await whenAvailable('database', () => (config.embedded ? database.migrate() : checkSchema(database)), log);
  const published = await database.publish(contents);
  const questionnaires = createQuestionnaires(published, () => database.publish([]));

  const broker = new Broker({
    address,
    wire: wire(config.natsPrefix),
    ackWaitMs: config.leaseMs,
    maxAckPending: 2 * config.maxQueueDepth,
    onTrouble: (what, error) => {
      metrics.errors.inc({ part: 'broker', code: 'SERVICE_UNAVAILABLE' });
      log.warn({ err: error }, what);
    },
  });
  onClose('broker', () => broker.close());
  if (!(await broker.whenReady(BROKER_WAIT_MS)))
    log.warn('the broker is not available yet: what is submitted is stored, and worked on when it is there');
  return { config, log, metrics, database, broker, questionnaires, onClose, onStop };
}

const databaseAt = (config: Config) =>
  config.databaseUrl === undefined
    ? { folder: join(config.dataDir, 'postgres') }
    : { url: config.databaseUrl, poolMax: config.databasePoolMax };

/** The start can't go on; the message is for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

async function checkSchema(database: Database): Promise<void> {
  const pending = await database.pendingMigrations();
  if (pending.length > 0)
    throw new StartError(
      `The database's schema is older than this program (missing: ${pending.join(', ')}). Run "npm run migrate" first.`,
    );
}

/** Embedded: a lock on the data folder and a nats-server of our own, before anything else touches them. */
async function brokerAddress(config: Config, log: Log, onClose: OnClose): Promise<BrokerAddress> {
  const name = `assay-${config.role}`;
  if (config.natsUrl !== undefined)
    return {
      name,
      url: config.natsUrl,
      user: config.natsUser,
      password: config.natsPassword,
      token: config.natsToken,
      credentials: config.natsCredsFile === undefined ? undefined : await readFile(config.natsCredsFile),
    };
  const folder = resolve(config.dataDir);
  const lock = lockDataFolder(folder);
  onClose('data folder', () => lock.unlock());
  const nats = await startNatsServer({
    folder,
    onExit: (code) => log.fatal({ code }, 'the embedded nats-server ended: restart the program'),
  });
  onClose('nats-server', () => nats.stop());
  return { name, url: nats.url, user: nats.user, password: nats.password };
}

/** A broker that is up is ready within this time; one that is not must not keep people from submitting. */
const BROKER_WAIT_MS = 3_000;
const WAIT_MS = 500;
const WAIT_MAX_MS = 5_000;

/** Repeats while the system is away, and says so; any other error ends the start. */
async function whenAvailable(system: string, action: () => Promise<void>, log: Log): Promise<void> {
  for (let wait = WAIT_MS; ; wait = Math.min(2 * wait, WAIT_MAX_MS)) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      log.warn({ err: error, system, retryMs: wait }, `the ${system} is not available yet: waiting for it`);
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }
}

const CHECK_MS = 2_000;

/** Whether the database answered when it was last asked: the truth within a few seconds, at no cost for a probe. */
function watchDatabase({ database, log, onClose }: Base): () => boolean {
  let available = true;
  const timer = setInterval(() => {
    database.check().then(
      () => {
        if (!available) log.info('the database is available again');
        available = true;
      },
      (error: unknown) => {
        if (available) log.error({ err: error }, 'the database is not available');
        available = false;
      },
    );
  }, CHECK_MS);
  onClose('database check', () => clearInterval(timer));
  return () => available;
}

async function openProbes({ config, metrics, database, broker, log, onClose }: Base, readiness: Readiness) {
  const refresh = async (): Promise<void> => {
    try {
      const { waiting, oldestSeconds } = await database.reconciling.queue(config.maxQueueDepth);
      metrics.queueWaiting.set(waiting);
      metrics.queueOldest.set(oldestSeconds);
      const info = await broker.queueInfo();
      metrics.queueMessages.set({ state: 'stored' }, info.messages);
      metrics.queueMessages.set({ state: 'pending' }, info.pending);
      metrics.queueMessages.set({ state: 'unacknowledged' }, info.ackPending);
    } catch (error) {
      // The other metrics are worth reading just then.
      log.debug({ err: error }, 'the queue could not be measured');
    }
  };
  const probes = await startProbes({
    host: config.metricsHost,
    port: config.metricsPort,
    metrics,
    readiness,
    refresh,
  });
  onClose('probes', () => probes.close());
  return probes;
}

async function openWorker(base: Base): Promise<void> {
  const { config, log, metrics, database, broker, questionnaires, onClose, onStop } = base;
  const provider = await modelProvider(config, questionnaires, onClose);
  const model = openModel({ ...provider, timeoutMs: config.aiTimeoutMs });
  onClose('model', () => model.close());
  const reconciler = runReconciler({ store: database.reconciling, broker, metrics, log });
  onClose('reconciler', () => reconciler.stop());
  const consumer = runConsumer({
    working: database.working,
    broker,
    model,
    questionnaires,
    metrics,
    log: log.child({ workerId: randomUUID() }),
    concurrency: config.workerConcurrency,
    leaseMs: config.leaseMs,
    maxAttempts: config.maxAttempts,
  });
  onStop(() => consumer.stop(config.shutdownGraceMs));
}

async function modelProvider(config: Config, questionnaires: Questionnaires, onClose: OnClose) {
  if (config.openaiApiKey !== undefined)
    return { apiKey: config.openaiApiKey, baseUrl: config.openaiBaseUrl, model: config.openaiModel };
  const known = new Map(questionnaires.list().map((content) => [`${content.slug}@${content.version}`, content]));
  const demo = await startDemoModel({ questionnaire: (id) => known.get(id) });
  onClose('demo model', () => demo.close());
  return { apiKey: 'demo', baseUrl: demo.url, model: 'assay-demo' };
}

async function openApi(base: Base, readiness: Readiness): Promise<string> {
  const { config, log, metrics, database, broker, questionnaires, onClose, onStop } = base;
  const { reading } = database;
  const sessions = createSessions(database.sessions, config.sessionTtlMs);
  const hub = new Hub({ reading, metrics, log });
  const queueDepth = watchQueueDepth(database.reconciling, config.maxQueueDepth, log);
  onClose('queue depth', () => queueDepth.stop());
  const submit = createSubmit({
    submitting: database.submitting,
    reading,
    broker,
    questionnaires,
    sessionRate: rateLimit(config.submitsPerMinute),
    queueDepth,
    metrics,
    log,
  });
  const services = { submit, reading, questionnaires, hub };
  let port = config.port;
  const originAllowed = originCheck(config.allowedOrigins, () => port);
  const sessionOver = (ids: readonly string[]): void => {
    for (const id of ids) sessions.forget(id);
    sockets.closeSessions(ids);
  };
  const sessionEdge = createSessionEdge({
    sessions,
    secureCookies: config.secureCookies,
    addressRate: rateLimit(config.sessionsPerMinute),
    onEnded: (id) => {
      sessionOver([id]);
      broker.announceSessionEnded(id);
    },
  });
  const yoga = createGraphQL({ introspection: config.graphiql, log, metrics });
  const { socketsPerSessionMax } = config;
  const sockets = new SocketServer({
    yoga,
    services,
    sessions,
    sessionEdge,
    originAllowed,
    socketsPerSessionMax,
    log,
    metrics,
  });
  const sweeper = await startSweep({
    store: database.sweeping,
    sessions: database.sessions,
    hub,
    openSessions: () => sockets.sessions(),
    onSessionsOver: sessionOver,
    log,
  });
  onClose('sweep', () => sweeper.stop());
  broker.listen({
    onHint: ({ kind, id }) => (kind === 'completed' ? hub.hint(id) : sessionOver([id])),
    onReconnect: () => sweeper.soon(),
  });
  const http = createHttp({
    yoga,
    sockets,
    services,
    sessionEdge,
    addressOf: clientAddress(config.trustedProxies),
    originAllowed,
    allowedOrigins: config.allowedOrigins,
    webPage: openWebPage(join(ROOT, 'dist/web')),
    graphiql: config.graphiql,
    secure: config.secureCookies,
    readiness,
    log,
    metrics,
  });
  port = await http.listen(config.port, config.host);
  onStop(() => http.stop(config.shutdownGraceMs));
  onClose('http', () => http.close());
  // Before the server: with 1001 and not with a broken connection.
  onClose('sockets', () => sockets.close());
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}
