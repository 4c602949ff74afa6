import { randomUUID } from 'node:crypto';
import { headers } from 'nats';
import { expect, onTestFinished, test, vi } from 'vitest';
import { until } from '../../support/wait.ts';
import {
  publishMany,
  readyBroker,
  startHolder,
  startObserver,
  waitingPulls,
  type Holder,
  type TestBroker,
} from './broker.ts';

/** Works on `many` messages, each published when the one before is done. */
async function workOneByOne(one: TestBroker, worker: Holder, many: number): Promise<void> {
  for (let count = 1; count <= many; count++) {
    await publishMany(one, 1);
    await worker.waitFor(count);
    worker.finishOne();
  }
}

test('a worker gets as many messages as it has slots, and one more for each that it finishes', async () => {
  await using one = await readyBroker();
  await publishMany(one, 6);
  const worker = startHolder(one, 2);
  await worker.waitFor(2);
  expect(await one.broker.queueInfo()).toMatchObject({ messages: 6, pending: 4, ackPending: 2 });
  worker.finishOne();
  await worker.waitFor(3);
  expect(await one.broker.queueInfo()).toMatchObject({ pending: 3, ackPending: 2 });
});

test('several slots share a request: the next one is made when more slots are free than messages are outstanding', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  const asked: number[] = [];
  observer.connection.subscribe(`$JS.API.CONSUMER.MSG.NEXT.${one.wire.workStream}.${one.wire.consumer}`, {
    callback: (_error, message) => void asked.push(message.json<{ batch: number }>().batch),
  });
  await observer.connection.flush();
  const worker = startHolder(one, 10);
  await until(async () => (await waitingPulls(one)) > 0);
  await workOneByOne(one, worker, 5);
  await publishMany(one, 1);
  await worker.waitFor(6);
  await until(() => asked.length > 1);
  expect(asked).toEqual([10, 5]);
});

test('a burst fills every slot, after any earlier requests', async () => {
  // Without the check once a second, which would request the rest as well.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await using one = await readyBroker();
  const worker = startHolder(one, 10);
  await workOneByOne(one, worker, 5);
  await publishMany(one, 12);
  await worker.waitFor(15);
  expect(worker.held).toHaveLength(10);
});

test('two workers share the work, and a busy one keeps no message from an idle one', async () => {
  await using one = await readyBroker();
  await using two = await readyBroker({ prefix: one.prefix });
  const busy = startHolder(one, 1);
  const idle = startHolder(two, 1);
  await publishMany(one, 2);
  await Promise.all([busy.waitFor(1), idle.waitFor(1)]);
  const ids = await publishMany(one, 10);
  for (let count = 2; count <= 11; count++) {
    idle.finishOne();
    await idle.waitFor(count);
  }
  expect(new Set(idle.got.slice(1))).toEqual(new Set(ids));
  expect(busy.got).toHaveLength(1);
});

test('a message after a nak is redelivered after its delay, with a higher count', async () => {
  await using one = await readyBroker();
  const [id = ''] = await publishMany(one, 1);
  const worker = startHolder(one, 1);
  await worker.waitFor(1);
  expect(worker.held[0]).toMatchObject({ assessmentId: id, payloadVersion: 1, deliveries: 1 });
  const handedBackAt = performance.now();
  worker.held.shift()?.nak(300);
  worker.pull();
  await worker.waitFor(2);
  expect(performance.now() - handedBackAt).toBeGreaterThanOrEqual(299);
  expect(worker.held[0]).toMatchObject({ assessmentId: id, deliveries: 2 });
});

test('a message is not redelivered during its work, as long as the worker signals progress', async () => {
  await using one = await readyBroker({ ackWaitMs: 500 });
  await using two = await readyBroker({ prefix: one.prefix, ackWaitMs: 500 });
  await publishMany(one, 1);
  const worker = startHolder(one, 1);
  await worker.waitFor(1);
  const other = startHolder(two, 1);
  const startedAt = performance.now();
  // Three times the ack time.
  await until(
    () => {
      worker.held[0]?.working();
      return performance.now() - startedAt > 1_500;
    },
    { intervalMs: 50 },
  );
  expect(other.got).toEqual([]);
  await other.waitFor(1, 'its redelivery after the last signal');
});

test('a worker that loses its slots withdraws its request, so that other workers get the messages at once', async () => {
  await using one = await readyBroker();
  await using two = await readyBroker({ prefix: one.prefix });
  const paused = startHolder(one, 5);
  await until(async () => (await waitingPulls(one)) > 0);
  paused.slots = 0;
  paused.pull();
  await until(async () => (await waitingPulls(one)) === 0);
  const ids = await publishMany(one, 5);
  const other = startHolder(two, 5);
  await other.waitFor(5);
  expect(new Set(other.got)).toEqual(new Set(ids));
  expect(paused.got).toEqual([]);
  paused.slots = 1;
  paused.pull();
  const [last] = await publishMany(one, 1);
  await paused.waitFor(1);
  expect(paused.got).toEqual([last]);
});

test('after stop no message is kept: those on their way go to another worker within five seconds', async () => {
  await using one = await readyBroker();
  await using two = await readyBroker({ prefix: one.prefix });
  const ids = await publishMany(one, 50);
  // Stopped by the first message, while the other requested ones are on their way.
  const got: string[] = [];
  const stopping = one.broker.consume(
    () => 50 - got.length,
    ({ assessmentId = 'none' }) => {
      got.push(assessmentId);
      stopping.stop();
    },
  );
  await until(() => got.length > 0);
  const other = startHolder(two, 50);
  await until(() => other.got.length >= 49, { timeoutMs: 5_000 });
  expect(got).toHaveLength(1);
  expect(new Set([...got, ...other.got])).toEqual(new Set(ids));
});

test.each([
  ['empty', new Uint8Array()],
  ['binary', Uint8Array.of(0xff, 0xfe, 0, 1)],
  ['no JSON', 'hello'],
  ['a JSON array', '[1,2]'],
  ['a version that is no number', '{"v":"1"}'],
])('with a payload that is %s, the subject names the assessment', async (_, payload) => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  const id = randomUUID();
  observer.connection.publish(one.wire.submitted(id), payload);
  const worker = startHolder(one, 1);
  await worker.waitFor(1);
  expect(worker.held[0]).toMatchObject({ assessmentId: id, payloadVersion: undefined });
});

test.each(['no-uuid', '0192E4D0-0000-7000-8000-000000000000', 'a_b', '%2A'])(
  'a subject without the id of an assessment gives none (%s)',
  async (token) => {
    await using one = await readyBroker();
    await using observer = await startObserver();
    observer.connection.publish(one.wire.submitted(token), '{"v":1}');
    const worker = startHolder(one, 1);
    await worker.waitFor(1);
    expect(worker.held[0]).toMatchObject({ assessmentId: undefined, payloadVersion: 1 });
  },
);

test('a foreign message with the header of a heartbeat is a message like any other', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  const id = randomUUID();
  const status = headers(100, 'Idle Heartbeat');
  observer.connection.publish(one.wire.submitted(id), '', { headers: status });
  await until(async () => (await one.broker.queueInfo()).messages === 1);
  const worker = startHolder(one, 1);
  await worker.waitFor(1);
  expect(worker.got).toEqual([id]);
});
