import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProviderPause } from '../../src/entities/provider-failure.ts';
import { UnavailableError } from '../../src/errors.ts';
import { claimOf, fits, gate, pass, startWorker, untilAborted } from './worker-harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unavailable = () => Promise.reject(new UnavailableError('database', 'unknown'));

test('at stop, a running call may end within the grace time', async () => {
  const worker = startWorker();
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  const delivery = worker.deliver();
  await pass();
  const stopped = vi.fn<() => void>();
  void worker.consumer.stop(10_000).then(stopped);
  expect(worker.stopped).toBe(true);
  await pass(9_000);
  expect(stopped).not.toHaveBeenCalled();
  expect(worker.asked[0]?.signal.aborted).toBe(false);
  replying.open(fits());
  await pass();
  expect(delivery.acks.at(-1)).toBe('ack');
  expect(stopped).toHaveBeenCalled();
});

test('at stop, a call that outlasts the grace time is handed back for another worker, and counts as an attempt', async () => {
  const worker = startWorker();
  worker.script.push(untilAborted);
  const delivery = worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(3_000);
  await pass(3_000);
  await stopped;
  expect(worker.released).toMatchObject([{ id: delivery.message.assessmentId, delayMs: 100, returnAttempt: false }]);
  expect([delivery.acks, delivery.delays]).toEqual([['nak'], [100]]);
});

test('at stop, an assessment that was claimed but not asked for is handed back, and counts no attempt', async () => {
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

test('at stop, a reply that can not be saved within the grace time does not keep the process', async () => {
  const worker = startWorker();
  worker.store.finish = unavailable;
  worker.store.renew = unavailable;
  worker.store.endOf = unavailable;
  const delivery = worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(4_000);
  await pass(4_000);
  await stopped;
  expect(delivery.acks).toEqual([]);
});

test('without work a worker stops at once', async () => {
  const worker = startWorker();
  await worker.consumer.stop(60_000);
  expect(worker.stopped).toBe(true);
});

test('after the stop no timer keeps the process', async () => {
  const worker = startWorker();
  // During a pause of the provider, and with a call that lasts until the grace time is over.
  worker.script.push(untilAborted, () => {
    throw new ProviderPause({ delayMs: 3_600_000 });
  });
  worker.deliver();
  worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(3_000);
  await pass(3_000);
  await stopped;
  expect(vi.getTimerCount()).toBe(0);
});

test('a stop resolves as soon as the last call has ended: the rest of the grace time is not waited for', async () => {
  const worker = startWorker();
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.deliver();
  await pass();
  const stopped = worker.consumer.stop(3_600_000);
  replying.open(fits());
  await stopped;
  expect(vi.getTimerCount()).toBe(0);
});
