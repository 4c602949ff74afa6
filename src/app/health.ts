import type { Broker } from '../adapters/broker.ts';
import type { Database } from '../adapters/database.ts';
import type { Role } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import { startProbes } from '../server/http/probes.ts';
import type { StreamTrouble } from '../server/http/readiness.ts';
import type { Health, Parts, Process } from './parts.ts';
import type { Statements } from './statements.ts';

const CHECK_MS = 2_000;

export function createHealth(): Health {
  const health: Health = {
    process: 'starting',
    database: () => 'unavailable',
    broker: () => 'unavailable',
    streams: () => ({}),
    readiness: () => ({
      parts: { process: health.process, database: health.database(), broker: health.broker() },
      streams: troublesOf(health.streams()),
    }),
  };
  return health;
}

const troublesOf = (streams: ReturnType<Health['streams']>): Record<string, StreamTrouble> =>
  Object.fromEntries(Object.entries(streams).flatMap(([name, state]) => (state === 'ok' ? [] : [[name, state]])));

/** An api stores without the broker; what is stored is worked on when it is back. A worker needs the work stream. */
export function watchBroker(broker: Pick<Broker, 'ready' | 'streams' | 'state'>, role: Role, health: Health): void {
  const withoutBroker = role === 'api' ? 'degraded' : 'unavailable';
  health.streams = () => {
    // Without a connection their states are old.
    const states = broker.state === 'connected' ? Object.entries(broker.streams) : [];
    return Object.fromEntries(states.flatMap(([name, { state }]) => (state === 'unknown' ? [] : [[name, state]])));
  };
  health.broker = () => {
    if (!broker.ready) return withoutBroker;
    return Object.keys(troublesOf(health.streams())).length === 0 ? 'ok' : 'degraded';
  };
}

/**
 * Checks every two seconds whether the database takes writes, so that a probe reads a recent result at no cost. A write of the
 * program itself is as good as a check.
 */
export function watchDatabase(
  database: Pick<Database, 'check'>,
  statements: Omit<Statements, 'observe'>,
  { health, lifecycle, log }: Pick<Process, 'health' | 'lifecycle' | 'log'>,
): void {
  let available = false;
  let known = false;
  let checking = false;
  const check = async (): Promise<void> => {
    // A check can take longer than the interval: an older result must not overwrite a newer one.
    if (checking) return;
    if (available && statements.state() === 'ok' && statements.sinceWriteMs() < CHECK_MS) return;
    checking = true;
    const before = available;
    try {
      await database.check();
      statements.checked();
      available = true;
      if (!before && known) log.info('the database is available again');
    } catch (error) {
      available = false;
      if (before) log.error({ err: error }, 'the database is not available');
    }
    known = true;
    checking = false;
  };
  health.database = () => {
    const state = statements.state();
    return available || state !== 'ok' ? state : 'unavailable';
  };
  const timer = setInterval(() => void check(), CHECK_MS);
  void check();
  lifecycle.onClose('database check', () => clearInterval(timer));
}

/**
 * Serves metrics and probes from the beginning of the start: a process that waits for its database is alive and not ready.
 * `parts` is undefined until they are open. Resolves to the address.
 */
export async function openProbes(
  { config, metrics, health, log, lifecycle }: Process,
  parts: () => Pick<Parts, 'database' | 'broker' | 'budgets'> | undefined,
): Promise<string> {
  const probes = await startProbes({
    host: config.metricsHost,
    port: config.metricsPort,
    metrics,
    readiness: health.readiness,
    refresh: async () => {
      measureHealth(health, metrics);
      const open = parts();
      if (open === undefined) return;
      open.budgets.measure(metrics);
      // If the queue can't be measured, the other metrics are still served.
      await measureQueue(open.database, open.broker).catch((error: unknown) => {
        forgetQueue(metrics);
        log.debug({ err: error }, 'the queue could not be measured');
      });
    },
  });
  lifecycle.onClose('probes', () => probes.close());
  return urlOf(config.metricsHost, probes.port);

  async function measureQueue(database: Database, broker: Broker): Promise<void> {
    const { waiting, deferred, oldestSeconds } = await database.reconciling.queue(config.maxQueueDepth);
    metrics.queueWaiting.set(waiting);
    metrics.queueDeferred.set(deferred);
    metrics.queueOldest.set(oldestSeconds);
    const info = await broker.queueInfo();
    metrics.queueMessages.set({ state: 'stored' }, info.messages);
    metrics.queueMessages.set({ state: 'pending' }, info.pending);
    metrics.queueMessages.set({ state: 'unacknowledged' }, info.ackPending);
  }
}

function measureHealth(health: Health, { up, streamUp }: Metrics): void {
  for (const [part, state] of Object.entries(health.readiness().parts)) up.set({ part }, state === 'ok' ? 1 : 0);
  streamUp.reset();
  for (const [stream, state] of Object.entries(health.streams())) streamUp.set({ stream }, state === 'ok' ? 1 : 0);
}

/** Without a measurement there is no value: an old one would hide that the queue grows. */
function forgetQueue({ queueWaiting, queueDeferred, queueOldest, queueMessages }: Metrics): void {
  for (const gauge of [queueWaiting, queueDeferred, queueOldest]) gauge.remove();
  for (const state of ['stored', 'pending', 'unacknowledged']) queueMessages.remove({ state });
}

/** An IPv6 address is in brackets (RFC 3986, 3.2.2). */
export const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
