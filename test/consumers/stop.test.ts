import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProviderPause } from '../../src/entities/provider-failure.ts';
import { UnavailableError } from '../../src/errors.ts';
import { claimOf, fits, gate, pass, startWorker, untilAborted } from './worker-harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unavailable = () => Promise.reject(new UnavailableError('database', 'unknown'));

test('at stop, what runs may finish within the grace time', async () => {
  const worker = startWorker();
  const answering = gate<ReturnType<typeof fits>>();
  worker.script.push(() => answering.promise);
  const delivery = worker.deliver();
  await pass();
  const stopped = vi.fn<() => void>();
  void worker.consumer.stop(10_000).then(stopped);
  expect(worker.stopped).toBe(true);
  await pass(9_000);
  expect(stopped).not.toHaveBeenCalled();
  answering.open(fits());
  await pass();
  expect(delivery.answers.at(-1)).toBe('ack');
  expect(stopped).toHaveBeenCalled();
});

test('at stop, what does not finish is handed back at once for another worker, and counts as an attempt', async () => {
  const worker = startWorker();
  worker.script.push(untilAborted);
  const delivery = worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(3_000);
  await pass(3_000);
  await stopped;
  expect(worker.released).toMatchObject([{ id: delivery.message.assessmentId, delayMs: 100, returnAttempt: false }]);
  expect([delivery.answers, delivery.delays]).toEqual([['nak'], [100]]);
});

test('at stop, what was claimed but not asked for yet is handed back as no attempt', async () => {
  const worker = startWorker();
  const claiming = gate<void>();
  worker.store.claim = async (id, token) => {
    await claiming.promise;
    return claimOf(id, token);
  };
  worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(0);
  await pass();
  claiming.open();
  await pass();
  await stopped;
  expect(worker.asked).toEqual([]);
  expect(worker.released).toMatchObject([{ returnAttempt: true }]);
});

test('at stop, an answer that can not be saved within the grace time does not keep the process', async () => {
  const worker = startWorker();
  worker.store.finish = unavailable;
  worker.store.renew = unavailable;
  worker.store.endOf = unavailable;
  const delivery = worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(4_000);
  await pass(4_000);
  await stopped;
  expect(delivery.answers).toEqual([]);
});

test('without work a worker stops at once', async () => {
  const worker = startWorker();
  await worker.consumer.stop(60_000);
  expect(worker.stopped).toBe(true);
});

test('after the stop nothing is left that would keep the process', async () => {
  const worker = startWorker();
  // While the provider is not to be asked, and with one that runs until the grace time is over.
  worker.script.push(untilAborted, () => {
    throw new ProviderPause('quota', { delayMs: 3_600_000 });
  });
  worker.deliver();
  worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(3_000);
  await pass(3_000);
  await stopped;
  expect(vi.getTimerCount()).toBe(0);
});

test('what runs finishes in its own time: the rest of the grace time is not waited for', async () => {
  const worker = startWorker();
  const answering = gate<ReturnType<typeof fits>>();
  worker.script.push(() => answering.promise);
  worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(3_600_000);
  answering.open(fits());
  await stopped;
  expect(vi.getTimerCount()).toBe(0);
});
