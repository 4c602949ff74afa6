import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { limitedProvider, limitTable, startFleet, type Limit } from './limited-fleet.ts';
import { pass } from './worker-harness.ts';

/** Numbers from 0 to 1 that are the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  vi.spyOn(Math, 'random').mockImplementation(seeded(7));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const MINUTES = 8;

describe.each([1, 5, 40])('%i workers with 5 slots', (count) => {
  const limits: Limit[] = (['token bucket', 'fixed window'] as const).flatMap((kind) =>
    [true, false].map((saysWhen) => ({ perMinute: 60, kind, saysWhen })),
  );
  test.each(limits)(
    'use a limit of 60 a minute and are seldom refused: $kind, Retry-After: $saysWhen',
    async (limit) => {
      const provider = limitedProvider(() => limit, Math.random);
      const { workers, lines } = startFleet(count, limitTable(), provider);
      await pass(MINUTES * 60_000);
      const per = Array.from({ length: MINUTES }, (_, minute) => {
        const of = provider.calls.filter(({ at }) => Math.floor(at / 60_000) === minute);
        return `${of.filter((c) => !c.isRefused).length}/${of.filter((c) => c.isRefused).length}`;
      });
      console.log(count, limit.kind, limit.saysWhen, per.join(' '), JSON.stringify(lines.map((l) => l.callsPerMinute)));
      expect(workers.flatMap(({ released }) => released).filter(({ returnAttempt }) => !returnAttempt)).toEqual([]);
      const ends = workers.flatMap(({ finished }) => finished.map(({ outcome: { status } }) => status));
      expect(ends.filter((status) => status !== 'completed')).toEqual([]);
    },
  );
});
