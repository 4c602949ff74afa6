import { expect, test } from 'vitest';
import { Arrivals } from '../../src/server/sockets/arrivals.ts';
import { until } from '../support/wait.ts';

test('arrivals are let in in their order, at most 8 in each iteration of the event loop', async () => {
  const arrivals = new Arrivals();
  const seen: number[] = [];
  for (let index = 0; index < 100; index++) arrivals.add(() => void seen.push(index));
  expect(seen).toEqual([]);
  const counts: number[] = [];
  while (seen.length < 100) {
    await new Promise(setImmediate);
    counts.push(seen.length - counts.reduce((sum, count) => sum + count, 0));
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(Math.max(...counts)).toBeLessThanOrEqual(8);
  arrivals.add(() => void seen.push(100));
  await until(() => seen.includes(100));
});

test('20,000 arrivals may wait, one more is refused, and there is room again after they were let in', async () => {
  const arrivals = new Arrivals();
  let letIn = 0;
  const add = (): boolean => arrivals.add(() => void letIn++);
  expect(Array.from({ length: 20_000 }, add).every(Boolean)).toBe(true);
  expect(add()).toBe(false);
  await until(() => letIn === 20_000);
  expect(add()).toBe(true);
});
