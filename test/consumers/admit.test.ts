import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import { endOf, fits, gate, pass, startWorker, type WorkerHarness } from './worker-harness.ts';
import { notZero } from '../support/metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a message without an id in its subject is dropped and counted', async () => {
  const worker = startWorker();
  const delivery = worker.deliver({ assessmentId: undefined });
  await pass();
  expect(delivery.acks).toEqual(['ack']);
  expect(await count(worker, 'foreign')).toBe(1);
});

test('a message with an id that no row has is dropped and counted', async () => {
  const worker = startWorker();
  worker.store.claim = () => ({ kind: 'unknown' });
  const delivery = worker.deliver();
  await pass();
  expect(delivery.acks).toEqual(['ack']);
  expect(await count(worker, 'unknown')).toBe(1);
});

test.each(['completed', 'failed', 'cancelled'] as const)(
  'a message for an assessment that is %s publishes its end again',
  async (status) => {
    const worker = startWorker();
    worker.store.claim = (id) => ({
      kind: 'ended',
      end: endOf(id, { status, failureCode: status === 'failed' ? 'AI_REFUSED' : null }),
    });
    const delivery = worker.deliver();
    await pass();
    expect(worker.asked).toEqual([]);
    expect(worker.published).toMatchObject([{ status, version: 3 }]);
    expect(worker.letters).toHaveLength(status === 'failed' ? 1 : 0);
    expect(delivery.acks).toEqual(['ack']);
    expect(await count(worker, 'ended')).toBe(1);
  },
);

test('a message for a deferred assessment is dropped, since its turn brings a new one', async () => {
  const worker = startWorker();
  worker.store.claim = () => ({ kind: 'deferred' });
  const delivery = worker.deliver();
  await pass();
  expect(delivery.acks).toEqual(['ack']);
  expect(worker.asked).toEqual([]);
  expect(await count(worker, 'deferred')).toBe(1);
});

test('a message for an assessment that another worker holds, or that is not due yet, is delayed until the row allows a claim', async () => {
  const worker = startWorker();
  worker.store.claim = () => ({ kind: 'later', delayMs: 4_321 });
  const delivery = worker.deliver();
  await pass();
  expect([delivery.acks, delivery.delays]).toEqual([['nak'], [4_321]]);
  expect(await count(worker, 'later')).toBe(1);
});

test('a second message for an assessment that runs here is delayed for a lease', async () => {
  const worker = startWorker();
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  const first = worker.deliver();
  await pass();
  const second = worker.deliver({ assessmentId: first.message.assessmentId });
  expect([second.acks, second.delays]).toEqual([['nak'], [15_000]]);
  expect([await count(worker, 'claimed'), await count(worker, 'running_here')]).toEqual([1, 1]);
  replying.open(fits());
  await pass();
  expect(first.acks).toEqual(['ack']);
  expect(worker.asked).toHaveLength(1);
});

test('a second message for an assessment that is not claimed yet is delayed for a moment, since it may have ended', async () => {
  const worker = startWorker();
  worker.store.claim = () => gate<never>().promise;
  const { message } = worker.deliver();
  const second = worker.deliver({ assessmentId: message.assessmentId });
  expect([second.acks, second.delays]).toEqual([['nak'], [200]]);
});

test('a second message for an assessment whose end is not confirmed yet, as after a retry, is claimed at once', async () => {
  const worker = startWorker();
  const confirming = gate<void>();
  worker.publish = () => confirming.promise;
  const first = worker.deliver();
  await pass();
  const retried = worker.deliver({ assessmentId: first.message.assessmentId });
  await pass();
  expect(worker.finished.map(({ id }) => id)).toEqual([first, retried].map(({ message }) => message.assessmentId));
  confirming.open();
  await pass();
  expect(first.acks).toEqual(['ack']);
});

test('a message without a free slot is delayed for a moment, for any worker with one', async () => {
  const worker = startWorker({ concurrency: 1 });
  worker.script.push(() => gate<ReturnType<typeof fits>>().promise);
  worker.deliver();
  await pass();
  const second = worker.deliver();
  expect([second.acks, second.delays]).toEqual([['nak'], [200]]);
  expect(await count(worker, 'no_slot')).toBe(1);
});

test.each([
  [0, 1_000],
  [0.5, 2_000],
  [1, 3_000],
])('a message while the database is away is delayed with jitter (%d: %i ms), and frees its slot', async (by, ms) => {
  vi.spyOn(Math, 'random').mockReturnValue(by);
  const worker = startWorker();
  worker.store.claim = () => Promise.reject(new UnavailableError('database', 'not-done'));
  const delivery = worker.deliver();
  await pass();
  expect([delivery.acks, delivery.delays]).toEqual([['nak'], [ms]]);
  expect(await count(worker, 'database_unavailable')).toBe(1);
  expect(worker.consumer.running()).toBe(0);
});

test('a message of a newer version is left to a newer worker for a minute; after that the row alone decides', async () => {
  const worker = startWorker();
  const early = worker.deliver({ payloadVersion: 99, deliveries: 11 });
  await pass();
  expect([early.acks, early.delays]).toEqual([['nak'], [5_000]]);
  expect(await count(worker, 'newer_version')).toBe(1);
  expect(worker.asked).toEqual([]);
  expect(worker.logs).toContainEqual(expect.objectContaining({ level: 'warn', payloadVersion: 99 }));
  const late = worker.deliver({ payloadVersion: 99, deliveries: 12 });
  await pass();
  expect(late.acks).toEqual(['ack']);
  expect(worker.asked).toHaveLength(1);
});

async function count({ metrics }: WorkerHarness, outcome: string): Promise<number> {
  const values = await notZero(metrics.messages);
  return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
}
