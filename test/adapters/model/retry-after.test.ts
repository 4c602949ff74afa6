import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../src/adapters/model/retry-after.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'retry-after': '3' }, 3_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': ' 3 ' }, 3_000],
  [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '1e3' }, undefined],
  [{ 'retry-after': '99999999' }, 3_600_000],
  [{ 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
  [{ 'x-ratelimit-reset-requests': '20ms', 'x-ratelimit-reset-tokens': '1.5s' }, 1_500],
  [{ 'x-ratelimit-reset-tokens': '1h' }, 3_600_000],
  [{ 'x-ratelimit-reset-tokens': 'later' }, undefined],
  [{ 'retry-after': '1', 'x-ratelimit-reset-tokens': '1m' }, 1_000],
])('%j: %s ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers), NOW)).toBe(expected);
});

test('without headers there is no delay', () => {
  expect(retryAfterMs(undefined, NOW)).toBeUndefined();
});
