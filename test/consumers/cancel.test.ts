import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RetryLater, UnavailableError } from '../../src/errors.ts';
import {
  claimOf,
  endOf,
  fits,
  gate,
  pass,
  startWorker,
  untilAborted,
  type Delivery,
  type WorkerHarness,
} from './worker-harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const idOf = ({ message }: Delivery): string => message.assessmentId ?? '';

/** Makes the row say that its owner has cancelled it, without an announcement to the worker. */
function cancelRow({ store }: WorkerHarness): void {
  store.renew = async () => new Set();
  store.release = async () => false;
  store.finish = async () => undefined;
  store.endOf = async (id) => endOf(id, { status: 'cancelled', version: 3 });
}

/** The messages that were published of an assessment, and how its own was acked. */
const becameOf = (worker: WorkerHarness, delivery: Delivery) => ({
  told: worker.published.map(({ assessment_id: id, status }) => [id === idOf(delivery), status]),
  letters: worker.letters.length,
  acks: delivery.acks.filter((ack) => ack !== 'working'),
  running: worker.consumer.running(),
});
const ONCE = { told: [[true, 'cancelled']], letters: 0, acks: ['ack'], running: 0 };

test('the call of the model ends as soon as the row has confirmed the cancellation', async () => {
  const worker = startWorker();
  worker.script.push(untilAborted);
  const delivery = worker.deliver();
  await pass();
  cancelRow(worker);
  worker.announceCancel(idOf(delivery));
  await pass();
  expect(worker.asked[0]?.signal.reason).toBe('claim-lost');
  expect(becameOf(worker, delivery)).toEqual(ONCE);
});

test('a cancellation that is late or forged harms nothing: the row says that the claim holds', async () => {
  const worker = startWorker();
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  const delivery = worker.deliver();
  await pass();
  for (const id of [idOf(delivery), 'somebody-else']) worker.announceCancel(id);
  await pass();
  expect(worker.renewals).toEqual([[idOf(delivery)]]);
  expect(worker.asked[0]?.signal.aborted).toBe(false);
  replying.open(fits());
  await pass();
  expect(worker.published).toMatchObject([{ status: 'completed' }]);
  expect(delivery.acks).toEqual(['working', 'ack']);
});

test('many cancellations at once share one renewal, and those that come during it share the next one', async () => {
  const worker = startWorker({ concurrency: 3 });
  for (const _ of [1, 2, 3]) worker.script.push(untilAborted);
  const deliveries = [worker.deliver(), worker.deliver(), worker.deliver()];
  await pass();
  const looking = gate<Set<string>>();
  worker.store.renew = () => looking.promise;
  for (const delivery of deliveries) worker.announceCancel(idOf(delivery));
  await pass();
  expect(worker.renewals).toHaveLength(1);
  cancelRow(worker);
  // The result of the renewal that began before the last two were cancelled.
  looking.open(new Set(deliveries.map(idOf)));
  await pass();
  expect(worker.renewals).toHaveLength(2);
  expect(worker.published.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('a lost announcement of a cancellation is made up for by the next renewal', async () => {
  const worker = startWorker();
  worker.script.push(untilAborted);
  const delivery = worker.deliver();
  await pass();
  cancelRow(worker);
  await pass(5_000);
  expect(becameOf(worker, delivery)).toEqual(ONCE);
});

test('a cancellation that can not be looked up in the row lets the call go on until it can', async () => {
  const worker = startWorker();
  worker.script.push(untilAborted);
  const delivery = worker.deliver();
  await pass();
  worker.store.renew = () => Promise.reject(new UnavailableError('database', 'unknown'));
  worker.announceCancel(idOf(delivery));
  await pass();
  expect(worker.asked[0]?.signal.aborted).toBe(false);
  cancelRow(worker);
  await pass(5_000);
  expect(becameOf(worker, delivery)).toEqual(ONCE);
});

describe('an assessment costs no call after it was cancelled', () => {
  test('while its message waits', async () => {
    const worker = startWorker();
    worker.store.claim = (id) => ({ kind: 'ended', end: endOf(id, { status: 'cancelled', version: 3 }) });
    const delivery = worker.deliver();
    await pass();
    expect(worker.asked).toEqual([]);
    expect(becameOf(worker, delivery)).toEqual(ONCE);
  });

  test('while it is being claimed', async () => {
    const worker = startWorker();
    const claiming = gate<void>();
    worker.store.claim = async (id, token) => {
      await claiming.promise;
      return claimOf(id, token);
    };
    const delivery = worker.deliver();
    await pass();
    cancelRow(worker);
    worker.announceCancel(idOf(delivery));
    claiming.open();
    await pass();
    expect(worker.asked).toEqual([]);
    expect(becameOf(worker, delivery)).toEqual(ONCE);
  });

  test('before the repair of a reply', async () => {
    const worker = startWorker();
    const replying = gate<ReturnType<typeof fits>>();
    worker.script.push(() => replying.promise);
    const delivery = worker.deliver();
    await pass();
    cancelRow(worker);
    worker.announceCancel(idOf(delivery));
    await pass();
    // The reply was in flight when the call was aborted.
    replying.open(fits({ text: 'nonsense' }));
    await pass();
    expect(worker.asked).toHaveLength(1);
    expect(becameOf(worker, delivery)).toEqual(ONCE);
  });

  test('during the repair', async () => {
    const worker = startWorker();
    worker.script.push(() => fits({ text: 'nonsense' }), untilAborted);
    const delivery = worker.deliver();
    await pass();
    cancelRow(worker);
    worker.announceCancel(idOf(delivery));
    await pass();
    expect(worker.asked).toHaveLength(2);
    expect(worker.released).toEqual([]);
    expect(becameOf(worker, delivery)).toEqual(ONCE);
  });

  test('while its reply is saved', async () => {
    const worker = startWorker();
    const saving = gate<undefined>();
    const delivery = worker.deliver();
    worker.store.finish = () => saving.promise;
    await pass();
    cancelRow(worker);
    worker.announceCancel(idOf(delivery));
    await pass();
    expect(delivery.acks).toEqual([]);
    saving.open(undefined);
    await pass();
    expect(becameOf(worker, delivery)).toEqual(ONCE);
  });

  test('while its save waits for the database', async () => {
    const worker = startWorker();
    worker.store.finish = () => Promise.reject(new UnavailableError('database', 'unknown'));
    const delivery = worker.deliver();
    await pass();
    cancelRow(worker);
    worker.announceCancel(idOf(delivery));
    await pass();
    expect(becameOf(worker, delivery)).toEqual(ONCE);
  });

  test('while it is given back after a failure', async () => {
    const worker = startWorker();
    worker.script.push(() => {
      cancelRow(worker);
      throw new RetryLater('the provider failed');
    });
    const delivery = worker.deliver();
    await pass();
    expect(becameOf(worker, delivery)).toEqual(ONCE);
  });
});

test('the message of a retry after a cancellation is delayed for a moment, not for the lease of the cancelled claim', async () => {
  const worker = startWorker();
  worker.script.push(untilAborted);
  const first = worker.deliver();
  await pass();
  worker.store.renew = () => gate<Set<string>>().promise;
  worker.announceCancel(idOf(first));
  const second = worker.deliver({ assessmentId: idOf(first) });
  expect([second.acks, second.delays]).toEqual([['nak'], [200]]);
});
