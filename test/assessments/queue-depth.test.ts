import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchQueueDepth } from '../../src/assessments/queue-depth.ts';
import { createLog } from '../../src/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVERY_MS = 1_000;
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A store that returns the count of the test and records its calls. */
function startHarness(most: number) {
  const harness = { open: 0, asked: [] as number[], count: async (): Promise<number> => harness.open };
  const store = {
    open: async (limit: number) => {
      harness.asked.push(limit);
      return await harness.count();
    },
  };
  return Object.assign(harness, { depth: watchQueueDepth(store, most, createLog('silent', 'api'), EVERY_MS) });
}

test('assessments accepted by this process count at once, without a query', () => {
  const { depth } = startHarness(3);
  for (let count = 0; count < 3; count++) {
    expect(depth.isFull()).toBe(false);
    depth.countOne();
  }
  expect(depth.isFull()).toBe(true);
  depth.stop();
});

test('assessments accepted by other processes count after a second, and ended ones make room', async () => {
  const harness = startHarness(10);
  harness.open = 10;
  await pass(EVERY_MS);
  expect([harness.depth.isFull(), harness.asked]).toEqual([true, [11]]);
  harness.open = 4;
  await pass(EVERY_MS);
  expect(harness.depth.isFull()).toBe(false);
  harness.depth.stop();
});

test('assessments accepted before a sample are not counted twice', async () => {
  const harness = startHarness(10);
  for (let count = 0; count < 5; count++) harness.depth.countOne();
  harness.open = 5;
  await pass(EVERY_MS);
  for (let count = 0; count < 4; count++) harness.depth.countOne();
  expect(harness.depth.isFull()).toBe(false);
  harness.depth.countOne();
  expect(harness.depth.isFull()).toBe(true);
  harness.depth.stop();
});

test('a slow sample is not overlapped by another one', async () => {
  const harness = startHarness(10);
  const counting = Promise.withResolvers<number>();
  harness.count = () => counting.promise;
  for (let count = 0; count < 5; count++) harness.depth.countOne();
  await pass(3 * EVERY_MS);
  expect(harness.asked).toHaveLength(1);
  for (let count = 0; count < 5; count++) harness.depth.countOne();
  counting.resolve(5);
  await pass();
  expect(harness.depth.isFull()).toBe(true);
  harness.depth.stop();
});

test('after a failed query the last count stays in force, and the next sample is taken', async () => {
  const harness = startHarness(10);
  harness.open = 10;
  await pass(EVERY_MS);
  harness.count = () => Promise.reject(new Error('away'));
  await pass(EVERY_MS);
  expect(harness.depth.isFull()).toBe(true);
  harness.count = async () => 0;
  await pass(EVERY_MS);
  expect(harness.depth.isFull()).toBe(false);
  harness.depth.stop();
});

test('an idle system takes no further samples until the next submission', async () => {
  const harness = startHarness(10);
  await pass(10 * EVERY_MS);
  expect(harness.asked.length).toBeLessThanOrEqual(1);
  harness.depth.countOne();
  await pass(2 * EVERY_MS);
  expect(harness.asked.length).toBeGreaterThanOrEqual(2);
  harness.depth.stop();
});
