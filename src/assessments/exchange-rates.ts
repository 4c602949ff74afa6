import type { RateStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';
import type { Rates } from './rates.ts';

const EVERY_MS = 1_000;
/** Buckets in one statement. With more, the rest is sent a second later. */
const BUCKETS_MAX = 1_000;

/**
 * Tells the fleet what this process has taken from its buckets, and learns what is left in them: one statement a second,
 * none while nothing is taken. While the database is away each process counts alone; what it took is sent later.
 */
export function exchangeRates(deps: { rates: Rates; store: RateStore; log: Log; everyMs?: number }): {
  stop(): Promise<void>;
} {
  const { rates, store, log, everyMs = EVERY_MS } = deps;
  let isAway = false;
  let running: Promise<void> | undefined;

  const exchange = async (): Promise<void> => {
    const spendings = rates.drain(BUCKETS_MAX);
    if (spendings.length === 0) return;
    try {
      rates.learn(await store.exchange(spendings));
      isAway = false;
    } catch (error) {
      rates.giveBack(spendings);
      if (!isAway) log.warn({ err: error }, 'rates are counted by this process alone until the database is back');
      isAway = true;
    }
  };
  const timer = setInterval(() => {
    running ??= exchange().finally(() => (running = undefined));
  }, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
