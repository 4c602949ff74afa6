import { randomUUID } from 'node:crypto';
import type { LimitStore } from '../../src/adapters/database.ts';
import { openLimiter } from '../../src/consumers/limiter.ts';
import { PLAYED } from './looks.ts';
import type { CallLimit } from '../../src/entities/model-limit.ts';
import { ProviderPause } from '../../src/entities/provider-failure.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { after, claimOf, fits, startWorker, type WorkerHarness } from './worker-harness.ts';

export type Limit = {
  perMinute: number;
  kind: 'token bucket' | 'fixed window';
  /** Refusals come with `Retry-After`. */
  saysWhen: boolean;
  /** Calls that a token bucket takes at once. @defaultValue a minute's */
  burst?: number;
};

/** A provider that refuses calls beyond its limit. */
export type LimitedProvider = {
  calls: { at: number; isRefused: boolean }[];
  /** @throws ProviderPause */
  call: () => Promise<ReturnType<typeof fits>>;
};

const MINUTE_MS = 60_000;

/** Numbers from 0 to 1 that are the same in each run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

export function limitedProvider({ perMinute, kind, saysWhen, burst = perMinute }: Limit): LimitedProvider {
  const calls: LimitedProvider['calls'] = [];
  let [left, at] = [burst, performance.now()];
  const windowOf = (time: number): number => Math.floor(time / MINUTE_MS);
  return {
    calls,
    async call() {
      await after(20);
      const now = performance.now();
      if (kind === 'token bucket') left = Math.min(burst, left + ((now - at) * perMinute) / MINUTE_MS);
      else if (windowOf(now) > windowOf(at)) left = perMinute;
      at = now;
      const isRefused = left < 1;
      calls.push({ at: now, isRefused });
      if (isRefused) {
        const waitMs = kind === 'token bucket' ? 1_000 : MINUTE_MS - (now % MINUTE_MS);
        throw new ProviderPause(saysWhen ? { delayMs: waitMs } : {});
      }
      left--;
      await after(1_000 + 1_000 * Math.random());
      return fits();
    },
  };
}

/** The table of limits, with the time that statements take. */
export function limitTable(): LimitStore {
  let row: { version: string; limit: CallLimit } | undefined;
  return {
    async readLimit() {
      await after(2);
      return { nowMs: Date.now(), version: row?.version ?? null, limit: row?.limit ?? null };
    },
    async saveLimit(_, version, limit) {
      await after(2);
      if (version !== (row?.version ?? null)) return false;
      row = { version: randomUUID(), limit };
      return true;
    },
  };
}

export type Fleet = { workers: WorkerHarness[]; metrics: Metrics; lines: Record<string, unknown>[] };

/** Workers with 5 slots each and one table of limits, which have more work than the provider takes. */
export function startFleet(count: number, provider: LimitedProvider): Fleet {
  const metrics = createMetrics();
  const lines: Record<string, unknown>[] = [];
  const log = createLog('info', 'worker', { write: (line) => void lines.push(JSON.parse(line)) });
  const store = limitTable();
  /** Messages that were given back and are due again. */
  const due: string[] = [];
  const start = (): WorkerHarness => {
    const limiter = openLimiter({ model: PLAYED, store, hash: 'hash', metrics, log });
    const worker = startWorker({ concurrency: 5, limiter, metrics, random: Math.random });
    worker.store.claim = async (id, token) => {
      await after(2);
      return claimOf(id, token);
    };
    worker.reply = () => provider.call();
    worker.onPull = atOnce(() => {
      while (worker.slots() > 0) {
        const assessmentId = due.shift() ?? randomUUID();
        const { message } = worker.deliver({ assessmentId });
        message.nak = (delayMs) => void setTimeout(() => due.push(assessmentId), delayMs);
      }
    });
    // As the queue does.
    setInterval(worker.onPull, 1_000);
    worker.onPull();
    return worker;
  };
  return { workers: Array.from({ length: count }, start), metrics, lines };
}

/** Calls in the same moment are one. */
function atOnce(act: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      act();
    }, 1);
  };
}
