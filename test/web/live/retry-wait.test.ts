import { expect, test } from 'vitest';
import { retryWaitMs } from '../../../web/src/live/retry-wait.ts';

test('each retry waits up to twice as long, to half a minute at most', () => {
  expect([0, 1, 2, 6, 1000].map((retry) => retryWaitMs(retry, () => 1))).toEqual([500, 1000, 2000, 30_000, 30_000]);
});

test('the waits of pages that lost the server together differ, and none is short', () => {
  expect(retryWaitMs(6, () => 0)).toBe(15_000);
  const waits = new Set(Array.from({ length: 100 }, () => retryWaitMs(6)));
  expect(waits.size).toBeGreaterThan(90);
});
