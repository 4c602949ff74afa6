import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { announceSlots } from '../../src/consumers/announce-slots.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function start() {
  const worker = { slots: 5, isAway: false, announced: [] as number[], withdrawn: 0 };
  const announcing = await announceSlots({
    store: {
      async announce(_workerId, slots) {
        if (worker.isAway) throw new UnavailableError('database', 'not-done');
        worker.announced.push(slots);
      },
      withdraw: async () => void worker.withdrawn++,
    },
    slots: () => worker.slots,
    log: createLog('silent', 'worker'),
  });
  return Object.assign(worker, { stop: () => announcing.stop() });
}

test('slots are announced at once, and again every five seconds', async () => {
  const worker = await start();
  expect(worker.announced).toEqual([5]);
  await vi.advanceTimersByTimeAsync(10_500);
  expect(worker.announced).toEqual([5, 5, 5]);
  await worker.stop();
});

test('another number is announced within a second', async () => {
  const worker = await start();
  worker.slots = 9;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(worker.announced).toEqual([5, 9]);
  await worker.stop();
});

test('a failed announcement is repeated a second later, also the first one', async () => {
  const worker = await start();
  worker.isAway = true;
  worker.slots = 6;
  await vi.advanceTimersByTimeAsync(3_000);
  worker.isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(worker.announced).toEqual([5, 6]);
  await worker.stop();
});

test('a worker that stops withdraws its slots, and announces none after that', async () => {
  const worker = await start();
  await worker.stop();
  expect(worker.withdrawn).toBe(1);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(worker.announced).toEqual([5]);
});
