import { randomUUID } from 'node:crypto';
import { openLimiter } from '../../src/consumers/limiter.ts';
import type { permit } from '../../src/consumers/call-limit.ts';
import type { LimitStore } from '../../src/adapters/database.ts';
import { ProviderPause } from '../../src/entities/provider-failure.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { after, claimOf, fits, startWorker, type WorkerHarness } from './worker-harness.ts';

/** A provider with a limit of calls a minute. Tells of each call whether it was refused. */
export type LimitedProvider = {
  calls: { at: number; isRefused: boolean }[];
  /** @throws ProviderPause */
  call: () => Promise<ReturnType<typeof fits>>;
};

export type Limit = { perMinute: number; kind: 'token bucket' | 'fixed window'; saysWhen: boolean };

export function limitedProvider(limit: () => Limit, random: () => number): LimitedProvider {
  let [level, at, window] = [limit().perMinute, performance.now(), -1];
  const calls: LimitedProvider['calls'] = [];
  return {
    calls,
    async call() {
      await after(20);
      const { perMinute, kind, saysWhen } = limit();
      const now = performance.now();
      if (kind === 'token bucket') level = Math.min(perMinute, level + ((now - at) * perMinute) / 60_000);
      else if (Math.floor(now / 60_000) > window) level = perMinute;
      [at, window] = [now, Math.floor(now / 60_000)];
      const isRefused = level < 1;
      calls.push({ at: now, isRefused });
      if (isRefused) {
        const delayMs = kind === 'token bucket' ? ((1 - level) * 60_000) / perMinute : 60_000 - (now % 60_000);
        throw new ProviderPause(saysWhen ? { delayMs: Math.max(1_000, delayMs) } : {});
      }
      level--;
      await after(1_000 + 1_000 * random());
      return fits();
    },
  };
}

/** The table of limits, with the time that statements take. */
export function limitTable(): LimitStore {
  let row: { version: string; limit: Parameters<typeof permit>[0] } | undefined;
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

/** Workers that have more work than the provider takes. */
export function startFleet(count: number, store: LimitStore, provider: LimitedProvider) {
  const metrics = createMetrics();
  const lines: Record<string, unknown>[] = [];
  const log = createLog('info', 'worker', { write: (line) => void lines.push(JSON.parse(line)) });
  /** Ids of messages that are due. */
  const due: string[] = [];
  const start = (): WorkerHarness => {
    const limiter = openLimiter({ store, hash: 'hash', metrics, log });
    const worker = startWorker({ concurrency: 5, limiter, metrics, random: Math.random });
    worker.store.claim = async (id, token) => {
      await after(2);
      return claimOf(id, token);
    };
    worker.reply = () => provider.call();
    let isPulling = false;
    const pull = (): void => {
      if (isPulling) return;
      isPulling = true;
      setTimeout(() => {
        isPulling = false;
        while (worker.slots() > 0) deliver(worker);
      }, 1);
    };
    const deliver = ({ deliver: toWorker }: WorkerHarness): void => {
      const assessmentId = due.shift() ?? randomUUID();
      const { message } = toWorker({ assessmentId });
      message.nak = (delayMs) => void setTimeout(() => due.push(assessmentId), delayMs);
    };
    worker.onPull = pull;
    setInterval(pull, 1_000);
    pull();
    return worker;
  };
  return { workers: Array.from({ length: count }, start), metrics, lines };
}
