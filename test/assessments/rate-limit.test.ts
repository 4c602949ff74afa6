import { property, array, assert as check, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { rateLimit } from '../../src/assessments/rate-limit.ts';

const MINUTE_MS = 60_000;

function startHarness(perMinute: number) {
  const harness = { nowMs: 0 };
  return Object.assign(harness, { limit: rateLimit(perMinute, () => harness.nowMs) });
}

test('the tokens of a minute at once, and then one after the other', () => {
  const harness = startHarness(3);
  expect([1, 2, 3].map(() => harness.limit('a'))).toEqual([undefined, undefined, undefined]);
  expect(harness.limit('a')).toBe(20);
  harness.nowMs += 19_999;
  expect(harness.limit('a')).toBe(1);
  harness.nowMs += 1;
  expect(harness.limit('a')).toBeUndefined();
  expect(harness.limit('a')).toBe(20);
});

test('each key has a bucket of its own', () => {
  const { limit } = startHarness(1);
  expect([limit('a'), limit('b'), limit('a')]).toEqual([undefined, undefined, 60]);
});

test('a bucket never has more than the tokens of one minute', () => {
  const harness = startHarness(2);
  harness.nowMs += 100 * MINUTE_MS;
  expect([1, 2, 3].map(() => harness.limit('a') === undefined)).toEqual([true, true, false]);
});

test('0 means no limit', () => {
  const { limit } = startHarness(0);
  for (let count = 0; count < 1_000; count++) expect(limit('a')).toBeUndefined();
});

test('at any pace a key gets no more than the limit and its burst, and a token after the returned wait', () => {
  check(
    property(
      integer({ min: 1, max: 60 }),
      array(integer({ min: 0, max: 30_000 }), { maxLength: 200 }),
      (perMinute, steps) => {
        const harness = startHarness(perMinute);
        let granted = 0;
        for (const step of steps) {
          harness.nowMs += step;
          const waitSeconds = harness.limit('a');
          if (waitSeconds === undefined) granted++;
          expect(waitSeconds ?? 1).toBeGreaterThan(0);
          expect(granted).toBeLessThanOrEqual(perMinute + (harness.nowMs / MINUTE_MS) * perMinute + 1e-6);
        }
        harness.nowMs += (harness.limit('a') ?? MINUTE_MS) * 1_000;
        expect(harness.limit('a')).toBeUndefined();
      },
    ),
  );
});
