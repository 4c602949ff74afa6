import { describe, expect, test } from 'vitest';
import { NO_LIMIT, permit, type Report } from '../../src/consumers/call-limit.ts';
import type { CallLimit } from '../../src/entities/model-limit.ts';

const NOW = Date.UTC(2026, 0, 1);
const NOTHING: Report = { wanted: 0, begun: 0, refused: 0, restMs: 0, owed: 0 };
const after = (limit: CallLimit, report: Partial<Report>, atMs: number) =>
  permit(limit, { ...NOTHING, ...report }, NOW + atMs);
const refusedOnce = { refused: 1, begun: 1 };

/** A limit of 100 calls that was learned, whose first rest is over. */
const known = (given: Partial<CallLimit> = {}): CallLimit => ({
  ...NO_LIMIT,
  callsPerMinute: 100,
  isLearning: false,
  nextAt: NOW + 1,
  refusedAt: NOW - 60_000,
  raisedAt: NOW - 60_000,
  accepted: Array.from({ length: 13 }, () => 8),
  period: NOW / 5_000,
  ...given,
});

test('without a refusal nobody needs a permit, and calls are counted', () => {
  const { limit, permits, isNew } = after(NO_LIMIT, { begun: 3, wanted: 5 }, 0);
  expect([limit.callsPerMinute, limit.accepted[0], permits, isNew]).toEqual([null, 3, [], true]);
  expect(after(limit, { wanted: 5 }, 1_000).isNew).toBe(false);
});

test('the first refusals set the rate just below the calls of the last minute that were not refused', () => {
  let { limit } = after(NO_LIMIT, { begun: 100 }, 0);
  for (let atMs = 10_000; atMs <= 50_000; atMs += 10_000) ({ limit } = after(limit, { begun: 10 }, atMs));
  ({ limit } = after(limit, { begun: 20, refused: 10 }, 55_000));
  expect(limit.callsPerMinute).toBeCloseTo(0.95 * 160);
  // More of them are told of a little later.
  ({ limit } = after(limit, { refused: 10 }, 55_100));
  expect(limit.callsPerMinute).toBeCloseTo(0.95 * 150);
  // The first hundred were more than a minute ago.
  ({ limit } = after(limit, refusedOnce, 66_000));
  expect(limit.callsPerMinute).toBeCloseTo(0.95 * 50);
});

describe('a refusal', () => {
  test('lowers the rate by 5 to 10 %, and another one in the next 5 seconds does not', () => {
    let { limit } = after(known(), refusedOnce, 0);
    expect(limit.callsPerMinute).toBe(95);
    ({ limit } = after(limit, refusedOnce, 100));
    expect(limit.callsPerMinute).toBe(95);
    expect(after(known({ accepted: [50] }), refusedOnce, 0).limit.callsPerMinute).toBe(90);
    expect(after(known({ accepted: [92] }), refusedOnce, 0).limit.callsPerMinute).toBe(92);
  });

  test('never makes the rate less than one call a minute', () => {
    expect(after(known({ callsPerMinute: 1, accepted: [] }), refusedOnce, 0).limit.callsPerMinute).toBe(1);
  });

  test('makes all workers rest as long as it says, a minute at most; then one call goes first', () => {
    const { limit } = after(known(), { ...refusedOnce, restMs: 30_000 }, 0);
    expect(after(limit, { wanted: 5 }, 20_000)).toMatchObject({ permits: [], nextAt: NOW + 28_000 });
    const first = after(limit, { wanted: 5 }, 29_000);
    expect(first.permits).toEqual([NOW + 30_000]);
    expect(after(first.limit, { wanted: 5 }, 30_500).permits).toEqual([]);
    expect(after(first.limit, { wanted: 5 }, 31_000).permits).toHaveLength(5);
    const { limit: longest } = after(known(), { ...refusedOnce, restMs: 3_600_000 }, 0);
    expect(longest.restUntil).toBe(NOW + 60_000);
  });

  test('without a time makes them rest for a second, twice as long each time that the first one is refused', () => {
    let { limit } = after(known(), refusedOnce, 0);
    const rests: number[] = [];
    let at = 0;
    for (let nth = 0; nth < 6; nth++) {
      rests.push(limit.restUntil - NOW - at);
      at = limit.restUntil - NOW;
      ({ limit } = after(limit, { wanted: 1 }, at));
      ({ limit } = after(limit, refusedOnce, at));
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    // The rate stays, since a limit that is used up for a while is no lower one.
    expect(limit.callsPerMinute).toBe(95);
  });
});

describe('the rate', () => {
  test('is raised by 2 % each 10 seconds without a refusal, and by 10 % after two minutes', () => {
    expect(after(known({ refusedAt: NOW - 9_999, raisedAt: 0 }), {}, 0).limit.callsPerMinute).toBe(100);
    const { limit } = after(known({ refusedAt: NOW - 10_000, raisedAt: 0 }), {}, 0);
    expect(limit.callsPerMinute).toBe(102);
    expect(after({ ...limit, nextAt: NOW + 20_000 }, {}, 9_999).limit.callsPerMinute).toBe(102);
    expect(after({ ...limit, nextAt: NOW + 20_000 }, {}, 10_000).limit.callsPerMinute).toBeCloseTo(104.04);
    expect(after(known({ refusedAt: NOW - 120_001 }), {}, 0).limit.callsPerMinute).toBeCloseTo(110);
  });

  test('is raised by half each 5 seconds while it is learned, until the calls do not follow', () => {
    const learning = known({ isLearning: true, refusedAt: NOW - 5_000, raisedAt: 0, loweredTo: 100 });
    const { limit } = after(learning, {}, 0);
    expect(limit.callsPerMinute).toBe(150);
    expect(after(limit, refusedOnce, 1).limit).toMatchObject({ isLearning: false, callsPerMinute: 0.95 * 104 });
    const followed = { ...limit, accepted: [140] };
    expect(after(followed, refusedOnce, 1).limit).toMatchObject({ isLearning: true, callsPerMinute: 0.95 * 140 });
  });

  test('is not raised while nobody has to wait for a permit', () => {
    expect(after(known({ nextAt: NOW }), {}, 0).limit.callsPerMinute).toBe(100);
  });

  test('is forgotten after ten minutes without a refusal', () => {
    expect(after(known({ refusedAt: NOW - 600_000, nextAt: 0 }), {}, 0).limit.callsPerMinute).toBe(100);
    const { limit, isNew } = after(known({ refusedAt: NOW - 600_001 }), { wanted: 1 }, 0);
    expect([limit.callsPerMinute, limit.isLearning, isNew]).toEqual([null, true, true]);
  });
});

describe('permits', () => {
  /** Not raised yet. */
  const steady = (nextAt: number) => known({ nextAt, refusedAt: NOW });

  test('are spread evenly, some ahead, and no two workers get the same', () => {
    const one = after(steady(NOW), { wanted: 3 }, 0);
    expect(one.permits).toEqual([NOW, NOW + 600, NOW + 1_200]);
    const other = after(one.limit, { wanted: 3 }, 0);
    expect(other).toMatchObject({ permits: [NOW + 1_800], nextAt: NOW + 400 });
    expect(after(other.limit, { wanted: 3 }, 399).permits).toEqual([]);
  });

  test('of a second at most are made up for, however long nobody has wanted one', () => {
    const { permits } = after(steady(NOW - 100_000), { wanted: 100 }, 0);
    expect(permits.filter((at) => at <= NOW)).toHaveLength(2);
  });

  test('that were used without being given are missing later, for 5 seconds at most', () => {
    expect(after(steady(NOW), { wanted: 1, owed: 2 }, 0).permits).toEqual([NOW + 1_200]);
    expect(after(steady(NOW), { owed: 1_000 }, 0).limit.nextAt).toBe(NOW + 5_000);
    expect(after(steady(NOW + 1_200), { wanted: 1, owed: -2 }, 0).permits).toEqual([NOW]);
  });
});
