import type { Broker } from '../adapters/broker.ts';
import type { Database } from '../adapters/database.ts';
import { startProbes } from '../server/http/probes.ts';
import type { Health, Parts, Process } from './parts.ts';

const CHECK_MS = 2_000;

export function createHealth(): Health {
  const health: Health = {
    stopping: false,
    database: () => false,
    broker: () => false,
    readiness: () => ({
      process: health.stopping ? 'stopping' : 'ok',
      database: health.database() ? 'ok' : 'unavailable',
      broker: health.broker() ? 'ok' : 'unavailable',
    }),
  };
  return health;
}

/** Checks the database every two seconds, so that a probe reads a recent result at no cost. */
export function watchDatabase(database: Database, { health, lifecycle, log }: Process): void {
  let available = false;
  let known = false;
  let checking = false;
  const check = async (): Promise<void> => {
    // A check can take longer than the interval: an older result must not overwrite a newer one.
    if (checking) return;
    checking = true;
    const before = available;
    try {
      await database.check();
      available = true;
      if (!before && known) log.info('the database is available again');
    } catch (error) {
      available = false;
      if (before) log.error({ err: error }, 'the database is not available');
    }
    known = true;
    checking = false;
  };
  health.database = () => available;
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
      const open = parts();
      if (open === undefined) return;
      open.budgets.measure(metrics);
      // If the queue can't be measured, the other metrics are still served.
      await measureQueue(open.database, open.broker).catch((error: unknown) =>
        log.debug({ err: error }, 'the queue could not be measured'),
      );
    },
  });
  lifecycle.onClose('probes', () => probes.close());
  return `http://${config.metricsHost}:${probes.port}`;

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
