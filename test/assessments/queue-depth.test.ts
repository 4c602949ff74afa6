import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchQueueDepth } from '../../src/assessments/queue-depth.ts';
import { createLog } from '../../src/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVERY_MS = 1_000;
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A store that counts what the test says, and how often it was asked. */
function startPlay(most: number) {
  const play = { open: 0, asked: [] as number[], answer: async (): Promise<number> => play.open };
  const store = {
    open: async (limit: number) => {
      play.asked.push(limit);
      return await play.answer();
    },
  };
  return Object.assign(play, { depth: watchQueueDepth(store, most, createLog('silent', 'api'), EVERY_MS) });
}

test('what was accepted here counts at once, without asking the database', () => {
  const { depth } = startPlay(3);
  for (let count = 0; count < 3; count++) {
    expect(depth.isFull()).toBe(false);
    depth.countOne();
  }
  expect(depth.isFull()).toBe(true);
  depth.stop();
});

test('what others accepted is known a second later, and what was worked off makes room', async () => {
  const play = startPlay(10);
  play.open = 10;
  await pass(EVERY_MS);
  expect([play.depth.isFull(), play.asked]).toEqual([true, [11]]);
  play.open = 4;
  await pass(EVERY_MS);
  expect(play.depth.isFull()).toBe(false);
  play.depth.stop();
});

test('what was accepted before a sample is not counted twice', async () => {
  const play = startPlay(10);
  for (let count = 0; count < 5; count++) play.depth.countOne();
  play.open = 5;
  await pass(EVERY_MS);
  for (let count = 0; count < 4; count++) play.depth.countOne();
  expect(play.depth.isFull()).toBe(false);
  play.depth.countOne();
  expect(play.depth.isFull()).toBe(true);
  play.depth.stop();
});

test('a slow sample is waited for: two at once would forget what was accepted in between', async () => {
  const play = startPlay(10);
  const counting = Promise.withResolvers<number>();
  play.answer = () => counting.promise;
  for (let count = 0; count < 5; count++) play.depth.countOne();
  await pass(3 * EVERY_MS);
  expect(play.asked).toHaveLength(1);
  for (let count = 0; count < 5; count++) play.depth.countOne();
  counting.resolve(5);
  await pass();
  expect(play.depth.isFull()).toBe(true);
  play.depth.stop();
});

test('a database that can not be asked leaves the last count in force, and is asked again', async () => {
  const play = startPlay(10);
  play.open = 10;
  await pass(EVERY_MS);
  play.answer = () => Promise.reject(new Error('away'));
  await pass(EVERY_MS);
  expect(play.depth.isFull()).toBe(true);
  play.answer = async () => 0;
  await pass(EVERY_MS);
  expect(play.depth.isFull()).toBe(false);
  play.depth.stop();
});

test('an idle system is not asked for ever', async () => {
  const play = startPlay(10);
  await pass(10 * EVERY_MS);
  expect(play.asked.length).toBeLessThanOrEqual(1);
  play.depth.countOne();
  await pass(2 * EVERY_MS);
  expect(play.asked.length).toBeGreaterThanOrEqual(2);
  play.depth.stop();
});
