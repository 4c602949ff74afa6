import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProviderPause } from '../../src/entities/provider-failure.ts';
import { RetryLater, UnavailableError } from '../../src/errors.ts';
import { endOf, fits, gate, pass, startWorker } from './worker-harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuses = (error: Error) => () => {
  throw error;
};
const unavailable = () => Promise.reject(new UnavailableError('database', 'unknown'));

test('a claim is renewed while the model works, and the ack wait is extended only after the database has confirmed it', async () => {
  const worker = startWorker();
  worker.script.push(() => gate<ReturnType<typeof fits>>().promise);
  const renewing = gate<Set<string>>();
  worker.store.renew = () => renewing.promise;
  const delivery = worker.deliver();
  await pass(4_999);
  expect(worker.renewals).toEqual([]);
  await pass(1);
  expect(worker.renewals).toEqual([[delivery.message.assessmentId]]);
  expect(delivery.acks).toEqual([]);
  renewing.open(new Set([delivery.message.assessmentId ?? '']));
  await pass();
  expect(delivery.acks).toEqual(['working']);
  await pass(10_000);
  expect(delivery.acks).toEqual(['working', 'working', 'working']);
});

test('a job before its claim is not renewed, and a worker without jobs makes no renewal', async () => {
  const worker = startWorker();
  await pass(20_000);
  worker.store.claim = () => gate<never>().promise;
  worker.deliver();
  await pass(20_000);
  expect(worker.renewals).toEqual([]);
});

test('a message that was acked during a renewal gets no second ack and no extension', async () => {
  const worker = startWorker();
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  const renewing = gate<Set<string>>();
  worker.store.renew = () => renewing.promise;
  const delivery = worker.deliver();
  await pass(5_000);
  replying.open(fits());
  await pass();
  renewing.open(new Set([delivery.message.assessmentId ?? '']));
  await pass();
  expect(delivery.acks).toEqual(['ack']);
});

test('the claims of all jobs are renewed by one statement, and by one at a time', async () => {
  const worker = startWorker();
  for (const _ of [1, 2]) worker.script.push(() => gate<ReturnType<typeof fits>>().promise);
  const deliveries = [worker.deliver(), worker.deliver()];
  worker.store.renew = () => gate<Set<string>>().promise;
  await pass(14_000);
  expect(worker.renewals).toEqual([deliveries.map(({ message }) => message.assessmentId)]);
});

test('a lost claim aborts the call at once: nothing is saved, and the message is not acked', async () => {
  const worker = startWorker();
  let signal: AbortSignal | undefined;
  worker.script.push(async (request) => {
    ({ signal } = request);
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
    throw new RetryLater('the model call did not end in time');
  });
  worker.store.renew = async () => new Set();
  const delivery = worker.deliver();
  await pass(5_000);
  expect(signal?.reason).toBe('claim-lost');
  expect([worker.finished, worker.released, delivery.acks]).toEqual([[], [], []]);
  expect(worker.consumer.running()).toBe(0);
});

test('a claim that is lost to a cancellation publishes that end', async () => {
  const worker = startWorker();
  worker.script.push(async (request) => {
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
    throw new RetryLater('the model call did not end in time');
  });
  worker.store.renew = async () => new Set();
  worker.store.endOf = async (id) => endOf(id, { status: 'cancelled', version: 3 });
  const delivery = worker.deliver();
  await pass(5_000);
  expect(worker.published).toMatchObject([{ status: 'cancelled' }]);
  expect(delivery.acks).toEqual(['ack']);
});

test('a claim whose renewal fails is not given up: the call goes on, and the ack wait is not extended', async () => {
  const worker = startWorker();
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.store.renew = unavailable;
  const delivery = worker.deliver();
  await pass(20_000);
  expect(delivery.acks).toEqual([]);
  replying.open(fits());
  await pass();
  expect(worker.finished).toHaveLength(1);
  expect(delivery.acks).toEqual(['ack']);
});

test('a claim that can not be given back at once is given back when the database is there, as no attempt', async () => {
  const worker = startWorker();
  let failures = 3;
  worker.store.release = async () => (failures-- > 0 ? await unavailable() : true);
  worker.script.push(refuses(new ProviderPause({ delayMs: 2_000 })));
  const delivery = worker.deliver();
  await pass(1_400);
  expect(delivery.acks).toEqual([]);
  await pass(200);
  expect(worker.released).toMatchObject([{ returnAttempt: true }]);
  expect(delivery.acks).toEqual(['nak']);
});

test('a claim that can not be given back within a lease is left to run out', async () => {
  const worker = startWorker({ random: () => 0 });
  worker.store.release = unavailable;
  worker.store.renew = unavailable;
  worker.script.push(refuses(new RetryLater('later', { delayMs: 3_000 })));
  const delivery = worker.deliver();
  await pass(16_000);
  expect([delivery.acks, delivery.delays]).toEqual([['nak'], [3_000]]);
  expect(worker.consumer.running()).toBe(0);
});
