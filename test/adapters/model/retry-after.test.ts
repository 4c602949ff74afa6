import { describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../../src/adapters/model/retry-after.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const QUARTER_OF_AN_HOUR = 900_000;

type Case = [Record<string, string>, number | undefined];
const waits = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), NOW);

test('without headers there is no delay', () => {
  expect(retryAfterMs(undefined, NOW)).toBeUndefined();
  expect(waits({})).toBeUndefined();
});

test.each<Case>([
  [{ 'retry-after': '3' }, 3_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': ' 3 ' }, 3_000],
  [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
  [{ 'retry-after': '1', 'x-ratelimit-reset-tokens': '1m' }, 1_000],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '1e3' }, undefined],
])('a time to retry decides alone: %j is %s ms', (headers, expected) => {
  expect(waits(headers)).toBe(expected);
});

describe('a reset of a limit', () => {
  test.each<Case>([
    [{ 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-tokens': '120ms' }, 120],
    [{ 'x-ratelimit-reset-tokens': '12' }, 12_000],
    [{ 'x-ratelimit-reset-tokens-minute': '11.5' }, 11_500],
    [{ 'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:45Z' }, 45_000],
    [{ 'anthropic-ratelimit-input-tokens-reset': '2026-03-01T13:00:10.5+01:00' }, 10_500],
    [{ 'anthropic-ratelimit-tokens-reset': '2026-03-01T11:59:00Z' }, 0],
    [{ 'x-ratelimit-reset': '30' }, 30_000],
    [{ 'x-ratelimit-reset': `${NOW / 1000 + 20}` }, 20_000],
    [{ 'x-ratelimit-reset': `${NOW + 2_500}` }, 2_500],
    [{ 'x-ratelimit-reset': `${NOW - 2_500}` }, 0],
    [{ 'ratelimit-reset': '7' }, 7_000],
    [{ ratelimit: '"default";r=0;t=12' }, 12_000],
    [{ ratelimit: '"default"; t=12' }, 12_000],
    [{ ratelimit: 'default;t=5, "day";r=0;t=9' }, 9_000],
  ])('in any form: %j is %s ms', (headers, expected) => {
    expect(waits(headers)).toBe(expected);
  });

  test('counts only for a limit that is used up, if the response says what remains', () => {
    const both = { 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '1m' };
    expect(waits(both)).toBe(60_000);
    expect(waits({ ...both, 'x-ratelimit-remaining-tokens': '500' })).toBe(1_000);
    expect(waits({ ...both, 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-remaining-tokens': '500' })).toBe(
      1_000,
    );
    expect(waits({ ...both, 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-remaining-tokens': '0' })).toBe(60_000);
    expect(
      waits({ ...both, 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-remaining-tokens': '500' }),
    ).toBeUndefined();
  });

  test.each<Case>([
    [{ 'x-ratelimit-reset': '30', 'x-ratelimit-remaining': '1' }, undefined],
    [{ 'ratelimit-reset': '30', 'ratelimit-remaining': '1' }, undefined],
    [
      { 'anthropic-ratelimit-tokens-reset': '2026-03-01T12:00:45Z', 'anthropic-ratelimit-tokens-remaining': '8' },
      undefined,
    ],
    [{ ratelimit: '"burst";r=0;t=2, "day";r=5;t=600' }, 2_000],
  ])('with its remains in any form: %j is %s ms', (headers, expected) => {
    expect(waits(headers)).toBe(expected);
  });

  test.each<Record<string, string>>([
    { 'x-ratelimit-reset-tokens': 'later' },
    { 'x-ratelimit-reset': '-5' },
    { 'x-ratelimit-reset': '1e3' },
    { 'anthropic-ratelimit-tokens-reset': 'Sunday' },
    { 'anthropic-ratelimit-tokens-reset': '2026-13-45T12:00:45Z' },
    { ratelimit: '"default";r=0;t=soon' },
    { ratelimit: 'limit=100' },
    { 'x-other-reset': '5' },
  ])('that can not be read is ignored: %j', (headers) => {
    expect(waits(headers)).toBeUndefined();
  });
});

test.each<Record<string, string>>([
  { 'retry-after': '99999999' },
  { 'retry-after-ms': '1000000' },
  { 'x-ratelimit-reset-tokens': '16m' },
  { 'x-ratelimit-reset': `${NOW + 3_600_000}` },
  { ratelimit: '"day";r=0;t=86400' },
  { 'retry-after': 'Mon, 01 Mar 2027 12:00:00 GMT' },
])('no wait is longer than a quarter of an hour: %j', (headers) => {
  expect(waits(headers)).toBe(QUARTER_OF_AN_HOUR);
});
