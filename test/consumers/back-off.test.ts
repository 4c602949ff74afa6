import { property, assert as check, double, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { atLeastMs, backOffMs } from '../../src/consumers/back-off.ts';

test.each([
  [1, 1_000, 2_000],
  [2, 1_000, 4_000],
  [3, 1_000, 8_000],
  [7, 1_000, 100_000],
  [60, 1_000, 100_000],
])('after %i attempts a back-off is anywhere from %i to %i ms', (attempts, least, most) => {
  expect(backOffMs(attempts, () => 0)).toBe(least);
  expect(backOffMs(attempts, () => 1)).toBe(most);
});

test('a back-off is from 1 to 100 seconds for any number of attempts and any chance', () => {
  const chance = double({ min: 0, max: 1, noNaN: true });
  check(
    property(integer({ min: 0, max: 10_000 }), chance, (attempts, random) => {
      const ms = backOffMs(attempts, () => random);
      expect(ms).toBeGreaterThanOrEqual(1_000);
      expect(ms).toBeLessThanOrEqual(100_000);
    }),
  );
});

test('a requested delay is never shortened', () => {
  expect(atLeastMs(5_000, () => 0)).toBe(5_000);
  expect(atLeastMs(5_000, () => 1)).toBe(5_500);
  expect(atLeastMs(0, () => 1)).toBe(0);
});
