import { property, array, assert as check, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { rateLimit } from '../../src/assessments/rate-limit.ts';

const MINUTE_MS = 60_000;

function startPlay(perMinute: number) {
  const play = { nowMs: 0 };
  return Object.assign(play, { limit: rateLimit(perMinute, () => play.nowMs) });
}

test('a minute’s worth at once, and then one after the other as time goes by', () => {
  const play = startPlay(3);
  expect([1, 2, 3].map(() => play.limit('a'))).toEqual([undefined, undefined, undefined]);
  expect(play.limit('a')).toBe(20);
  play.nowMs += 19_999;
  expect(play.limit('a')).toBe(1);
  play.nowMs += 1;
  expect(play.limit('a')).toBeUndefined();
  expect(play.limit('a')).toBe(20);
});

test('each has a limit of its own', () => {
  const { limit } = startPlay(1);
  expect([limit('a'), limit('b'), limit('a')]).toEqual([undefined, undefined, 60]);
});

test('time that passes unused is worth one minute and no more', () => {
  const play = startPlay(2);
  play.nowMs += 100 * MINUTE_MS;
  expect([1, 2, 3].map(() => play.limit('a') === undefined)).toEqual([true, true, false]);
});

test('0 is no limit', () => {
  const { limit } = startPlay(0);
  for (let count = 0; count < 1_000; count++) expect(limit('a')).toBeUndefined();
});

test('whatever the pace, nobody gets more than the limit and its burst, and who waits as told gets on', () => {
  check(
    property(
      integer({ min: 1, max: 60 }),
      array(integer({ min: 0, max: 30_000 }), { maxLength: 200 }),
      (perMinute, steps) => {
        const play = startPlay(perMinute);
        let granted = 0;
        for (const step of steps) {
          play.nowMs += step;
          const waitSeconds = play.limit('a');
          if (waitSeconds === undefined) granted++;
          expect(waitSeconds ?? 1).toBeGreaterThan(0);
          expect(granted).toBeLessThanOrEqual(perMinute + (play.nowMs / MINUTE_MS) * perMinute + 1e-6);
        }
        play.nowMs += (play.limit('a') ?? MINUTE_MS) * 1_000;
        expect(play.limit('a')).toBeUndefined();
      },
    ),
  );
});
