import type { RateStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';
import type { Rates } from './rates.ts';

const EVERY_MS = 1_000;
/** Buckets in one statement. With more, the rest is sent a second later. */
const BUCKETS_MAX = 1_000;

export type Exchange = {
  /** Exchanges now, or waits for the exchange that runs. Never rejects. */
  exchange(): Promise<void>;
  /** Sends what was taken last. */
  stop(): Promise<void>;
};

/**
 * Tells the fleet what this process has taken from its buckets, and learns what is left in them: one statement a second,
 * none while nothing is taken and no budget is watched. While the database is away each process counts alone; what it took
 * is sent later.
 */
export function exchangeRates(deps: { rates: Rates; store: RateStore; log: Log; everyMs?: number }): Exchange {
  const { rates, store, log, everyMs = EVERY_MS } = deps;
  let isAway = false;
  let running: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    const spendings = rates.drain(BUCKETS_MAX);
    if (spendings.length === 0) return;
    try {
      rates.learn(await store.exchange(spendings));
      isAway = false;
    } catch (error) {
      rates.giveBack(spendings);
      if (!isAway)
        log.warn({ err: error }, 'rates and budgets are counted by this process alone until the database is back');
      isAway = true;
    }
  };
  const exchange = (): Promise<void> => (running ??= send().finally(() => (running = undefined)));
  const timer = setInterval(() => void exchange(), everyMs);
  timer.unref();
  return {
    exchange,
    async stop() {
      clearInterval(timer);
      await running;
      await exchange();
    },
  };
}
