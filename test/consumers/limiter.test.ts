import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openLimiter } from '../../src/consumers/limiter.ts';
import { PLAYED } from './looks.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { limitedProvider, limitTable, seeded, startFleet, type Limit, type LimitedProvider } from './limited-fleet.ts';
import { pass } from './worker-harness.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  vi.spyOn(Math, 'random').mockImplementation(seeded(7));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const MINUTE_MS = 60_000;

/** The share of the limit that was used, and the share of calls that was refused, after the first minutes. */
function shares({ calls }: LimitedProvider, perMinute: number, minutes: { from: number; to: number }) {
  const later = calls.filter(({ at }) => at >= minutes.from * MINUTE_MS && at < minutes.to * MINUTE_MS);
  const refused = later.filter(({ isRefused }) => isRefused).length;
  return {
    used: (later.length - refused) / (perMinute * (minutes.to - minutes.from)),
    refused: refused / later.length,
  };
}

const LIMITS: Limit[] = (['token bucket', 'fixed window'] as const).flatMap((kind) =>
  [true, false].map((saysWhen) => ({ perMinute: 60, kind, saysWhen })),
);

describe.each([1, 5, 40])('%i workers', (count) => {
  test.each(LIMITS)(
    'use a limit of 60 calls a minute from the third minute on, are seldom refused, and count no attempt: $kind, Retry-After: $saysWhen',
    async (limit) => {
      const provider = limitedProvider(limit);
      const { workers } = startFleet(count, provider);
      await pass(6 * MINUTE_MS);
      const { used, refused } = shares(provider, 60, { from: 2, to: 6 });
      expect(used).toBeGreaterThan(0.95);
      expect(refused).toBeLessThan(0.1);
      const releases = workers.flatMap(({ released }) => released);
      expect(releases.length).toBeGreaterThan(0);
      expect(releases.filter(({ returnAttempt }) => !returnAttempt)).toEqual([]);
      const ends = workers.flatMap(({ finished }) => finished.map(({ outcome }) => outcome.status));
      expect(new Set(ends)).toEqual(new Set(['completed']));
    },
  );
});

test('a provider that takes 10 calls at once and 600 a minute is not taken for one of 10 a minute', async () => {
  const provider = limitedProvider({ perMinute: 600, kind: 'token bucket', saysWhen: true, burst: 10 });
  startFleet(5, provider);
  await pass(6 * MINUTE_MS);
  const { used, refused } = shares(provider, 600, { from: 2, to: 6 });
  expect(used).toBeGreaterThan(0.75);
  expect(refused).toBeLessThan(0.1);
});

test('each worker tells once that there is a limit, and the gauge has it', async () => {
  const { lines, metrics } = startFleet(5, limitedProvider(LIMITS[0] as Limit));
  await pass(4 * MINUTE_MS);
  const told = lines.filter(({ callsPerMinute }) => callsPerMinute !== undefined);
  expect(told).toHaveLength(5);
  expect(told[0]).toMatchObject({ level: 'warn', msg: expect.stringContaining('limit of calls a minute') });
  const { values } = await metrics.modelLimit.get();
  expect(values[0]?.value).toBeGreaterThan(55);
  expect(values[0]?.value).toBeLessThan(70);
});

describe('a worker', () => {
  /** Two workers of one table, of which the first was refused its eleventh call. */
  async function open(accepted = 10) {
    const store = limitTable();
    const lines: Record<string, unknown>[] = [];
    const log = createLog('info', 'worker', { write: (line) => void lines.push(JSON.parse(line)) });
    const start = () => openLimiter({ model: PLAYED, store, hash: 'hash', metrics: createMetrics(), log });
    const [limiter, other] = [start(), start()];
    for (let call = 0; call <= accepted; call++) limiter.began();
    limiter.refused(0);
    await pass(3_000);
    return { store, lines, limiter, other };
  }
  /** Permits that are there within the time, all of which are used. */
  async function use(limiter: ReturnType<typeof openLimiter>, ms: number): Promise<number> {
    let count = 0;
    for (let passed = 0; passed < ms; passed += 100) {
      for (let usable = limiter.permitted(5); usable > 0; usable--, count++) limiter.began();
      await pass(100);
    }
    return count;
  }

  test('needs no permit without a known limit, and learns of the limit of another one with its next call', async () => {
    const { other } = await open();
    expect([other.isKnown(), other.permitted(5)]).toEqual([false, 5]);
    other.began();
    await pass(10);
    expect([other.isKnown(), other.permitted(5)]).toEqual([true, 0]);
  });

  test('learns nothing of a refusal after fewer than ten calls in a minute: it may be chance', async () => {
    const { limiter } = await open(9);
    expect([limiter.isKnown(), limiter.permitted(5)]).toEqual([false, 5]);
  });

  test('shares the calls of the last minute with others: together they begin no more', async () => {
    const { limiter, other } = await open();
    other.began();
    await pass(10);
    const counts = await Promise.all([use(limiter, 4_000), use(other, 4_000)]);
    // 9.5 a minute.
    expect(counts[0] + counts[1]).toBeLessThanOrEqual(2);
  });

  test('pays a call without a permit back: the next ones come later', async () => {
    const first = async (debts: number): Promise<number> => {
      const { limiter } = await open();
      await use(limiter, 1_000);
      for (let call = 0; call < debts; call++) limiter.began();
      const started = performance.now();
      while (limiter.permitted(1) === 0) await pass(100);
      return performance.now() - started;
    };
    expect(await first(1)).toBeGreaterThan((await first(0)) + 4_000);
  });

  test('without the database begins no call, and goes on when it is back', async () => {
    const { store, limiter } = await open();
    await use(limiter, 1_000);
    let isAway = true;
    const read = store.readLimit.bind(store);
    store.readLimit = (hash) => (isAway ? Promise.reject(new Error('away')) : read(hash));
    await use(limiter, 10_000);
    expect(await use(limiter, 30_000)).toBe(0);
    isAway = false;
    expect(await use(limiter, 10_000)).toBeGreaterThan(0);
  });

  test('needs no permit any more ten minutes after the last refusal, and tells so', async () => {
    const { lines, limiter } = await open();
    await pass(10 * MINUTE_MS);
    limiter.permitted(1);
    await pass(2_000);
    expect(limiter.isKnown()).toBe(false);
    expect(lines.at(-1)).toMatchObject({ level: 'info', msg: expect.stringContaining('no limit is kept any more') });
  });
});
