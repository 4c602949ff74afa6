import { createHealth, openProbes } from './app/health.ts';
import { createLifecycle } from './app/lifecycle.ts';
import { openParts } from './app/open.ts';
import type { Parts } from './app/parts.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';

export { migrate } from './app/open.ts';

export type App = {
  /** Where the web page and the API are; undefined in a worker. */
  url: string | undefined;
  probesUrl: string;
  close: () => Promise<void>;
};

/**
 * Opens everything in order and wires it. It waits for an absent database before it serves anything; the broker connects
 * in the background.
 */
export async function startApp(config: Config, log: Log): Promise<App> {
  const health = createHealth();
  const lifecycle = createLifecycle(log, () => {
    health.process = 'stopping';
  });
  try {
    const priced = [...config.modelPrices].map(([model, { currency }]) => ({ model, currency }));
    const process = { config, log, metrics: createMetrics(priced), lifecycle, health };
    let parts: Parts | undefined;
    const probesUrl = await openProbes(process, () => parts);
    parts = await openParts(process);
    // Imported here: each role loads only its own half, a worker no GraphQL and an api no SDK of the model.
    if (config.role !== 'api') await (await import('./app/worker.ts')).openWorker(parts);
    const url = config.role === 'worker' ? undefined : await (await import('./app/api.ts')).openApi(parts);
    health.process = 'ok';
    log.info({ url, probesUrl }, 'ready');
    return { url, probesUrl, close: lifecycle.close };
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}
