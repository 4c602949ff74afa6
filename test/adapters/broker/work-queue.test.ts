import { randomUUID } from 'node:crypto';
import { headers } from 'nats';
import { expect, test } from 'vitest';
import { startNats } from '../../support/nats.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import { publishMany, readyBroker, startHolder, startLooker, submission, type TestBroker } from './broker.ts';

test('a worker gets as many messages as it has slots, and the next one for each that it finishes', async () => {
  await using one = await readyBroker();
  await publishMany(one, 6);
  const worker = startHolder(one, 2);
  await worker.waitFor(2);
  expect(await one.broker.queueInfo()).toMatchObject({ messages: 6, pending: 4, ackPending: 2 });
  worker.finishOne();
  await worker.waitFor(3);
  expect(await one.broker.queueInfo()).toMatchObject({ pending: 3, ackPending: 2 });
});

test('two workers share the work, and a busy one keeps nothing from an idle one', async () => {
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

test('a message that was handed back comes again after its delay, and its count rises', async () => {
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

test('a message that is worked on for longer than its time is not given to another, as long as the worker says so', async () => {
  await using one = await readyBroker({ ackWaitMs: 500 });
  await using two = await readyBroker({ prefix: one.prefix, ackWaitMs: 500 });
  await publishMany(one, 1);
  const worker = startHolder(one, 1);
  await worker.waitFor(1);
  const other = startHolder(two, 1);
  const startedAt = performance.now();
  // Three times the time that it would have without a word.
  await until(
    () => {
      worker.held[0]?.working();
      return performance.now() - startedAt > 1_500;
    },
    { intervalMs: 50 },
  );
  expect(other.got).toEqual([]);
  await other.waitFor(1, 'it to be given away after the last word');
});

test('a worker that loses its slots withdraws what it asked for, so that others get it at once', async () => {
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

/** An acknowledgement is on its way for a moment; what is broken meanwhile would rightly bring the message again. */
const workIsDone = ({ broker }: Pick<TestBroker, 'broker'>) =>
  until(async () => (await broker.queueInfo()).messages === 0);

async function waitingPulls({ wire }: Pick<TestBroker, 'wire'>, url?: string): Promise<number> {
  await using looker = await startLooker(url);
  return (await looker.jsm.consumers.info(wire.workStream, wire.consumer)).num_waiting;
}

test('after stop nothing is kept: what was on its way goes to another worker at once', async () => {
  await using one = await readyBroker();
  await using two = await readyBroker({ prefix: one.prefix });
  const ids = await publishMany(one, 50);
  // Stopped by the first message, while the others that were asked for are on their way.
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

test('a consumer that was deleted is made again, and the work goes on', async () => {
  await using one = await readyBroker();
  await using looker = await startLooker();
  const worker = startHolder(one, 1);
  await publishMany(one, 1);
  await worker.waitFor(1);
  worker.finishOne();
  await workIsDone(one);
  await looker.jsm.consumers.delete(one.wire.workStream, one.wire.consumer);
  const [id] = await publishMany(one, 1);
  await worker.waitFor(2);
  expect(worker.got[1]).toBe(id);
  expect((await looker.jsm.consumers.info(one.wire.workStream, one.wire.consumer)).config.max_deliver).toBe(-1);
});

test('a stream that was deleted is made again, and new work goes on', async () => {
  await using one = await readyBroker();
  await using looker = await startLooker();
  const worker = startHolder(one, 1);
  await publishMany(one, 1);
  await worker.waitFor(1);
  worker.finishOne();
  await workIsDone(one);
  await looker.jsm.streams.delete(one.wire.workStream);
  // Nobody publishes: the worker itself notices.
  await until(() => looker.jsm.streams.info(one.wire.workStream).catch(() => undefined));
  const sent = submission();
  await until(() => one.broker.publishSubmitted(sent).catch(() => undefined));
  await worker.waitFor(2);
  expect(worker.got[1]).toBe(sent.assessmentId);
});

test('a server that was killed and is back goes on giving out work, also what was published before', async () => {
  const nats = await startNats();
  try {
    await using one = await readyBroker({ url: nats.url, ackWaitMs: 1_000 });
    const worker = startHolder(one, 1);
    const ids = await publishMany(one, 3);
    await worker.waitFor(1);
    await nats.kill();
    await until(() => !one.broker.ready);
    await nats.restart();
    await until(() => one.broker.ready);
    await until(() => {
      // Acknowledged again and again: before the restart it went into the void.
      worker.finishOne();
      return new Set(worker.got).size === 3;
    });
    expect(new Set(worker.got)).toEqual(new Set(ids));
  } finally {
    await nats.stop();
  }
});

test('an idle worker whose server was killed is given work as soon as the server is back', async () => {
  const nats = await startNats();
  try {
    await using one = await readyBroker({ url: nats.url });
    const worker = startHolder(one, 1);
    await until(async () => (await waitingPulls(one, nats.url)) === 1);
    await nats.kill();
    await until(() => !one.broker.ready);
    await nats.restart();
    await until(() => one.broker.ready);
    await publishMany(one, 1);
    // Sooner than by the silence of a server that has forgotten what was asked of it.
    await until(() => worker.got.length === 1, { timeoutMs: 5_000 });
    expect(worker.held).toHaveLength(1);
  } finally {
    await nats.stop();
  }
});

test('after a lost connection the old request counts no more, and each slot is asked for once', async () => {
  const nats = await startNats();
  const proxy = await startProxy(nats.url);
  try {
    await using far = await readyBroker({ url: `127.0.0.1:${proxy.port}` });
    await using near = await readyBroker({ url: nats.url, prefix: far.prefix });
    const worker = startHolder(far, 2);
    await using looker = await startLooker(nats.url);
    const waiting = async (): Promise<number> =>
      (await looker.jsm.consumers.info(far.wire.workStream, far.wire.consumer)).num_waiting;
    await until(async () => (await waiting()) === 1);
    await proxy.setMode('reset');
    await until(() => !far.broker.ready);
    await proxy.setMode('pass');
    await until(() => far.broker.ready);
    await until(async () => (await waiting()) === 1);
    await publishMany(near, 4);
    await worker.waitFor(2);
    expect(await near.broker.queueInfo()).toMatchObject({ pending: 2, ackPending: 2 });
  } finally {
    await proxy.close();
    await nats.stop();
  }
});

test('a server that fell silent and is back goes on giving out work', { timeout: 60_000 }, async () => {
  const nats = await startNats();
  const proxy = await startProxy(nats.url);
  try {
    await using one = await readyBroker({ url: `127.0.0.1:${proxy.port}` });
    await using near = await readyBroker({ url: nats.url, prefix: one.prefix });
    const worker = startHolder(one, 1);
    await publishMany(near, 1);
    await worker.waitFor(1);
    worker.finishOne();
    await workIsDone(near);
    // The worker's request is on the server; no end of the connection is ever heard of.
    await proxy.setMode('halfOpen');
    await until(() => !one.broker.ready, { timeoutMs: 25_000, label: 'the silence to be noticed' });
    await proxy.setMode('pass');
    await until(() => one.broker.ready);
    const [id] = await publishMany(near, 1);
    await worker.waitFor(2);
    expect(worker.got).toContain(id);
  } finally {
    await proxy.close();
    await nats.stop();
  }
});

test.each([
  ['an empty one', new Uint8Array()],
  ['binary', Uint8Array.of(0xff, 0xfe, 0, 1)],
  ['no JSON', 'hello'],
  ['a JSON array', '[1,2]'],
  ['a version that is no number', '{"v":"1"}'],
])('whatever the payload is, the subject says which assessment is meant (%s)', async (_, payload) => {
  await using one = await readyBroker();
  await using looker = await startLooker();
  const id = randomUUID();
  looker.connection.publish(one.wire.submitted(id), payload);
  const worker = startHolder(one, 1);
  await worker.waitFor(1);
  expect(worker.held[0]).toMatchObject({ assessmentId: id, payloadVersion: undefined });
});

test.each(['no-uuid', '0192E4D0-0000-7000-8000-000000000000', 'a_b', '%2A'])(
  'a subject without an assessment’s id is told apart (%s)',
  async (token) => {
    await using one = await readyBroker();
    await using looker = await startLooker();
    looker.connection.publish(one.wire.submitted(token), '{"v":1}');
    const worker = startHolder(one, 1);
    await worker.waitFor(1);
    expect(worker.held[0]).toMatchObject({ assessmentId: undefined, payloadVersion: 1 });
  },
);

test('a foreign message with the header of a heartbeat is a message like any other', async () => {
  await using one = await readyBroker();
  await using looker = await startLooker();
  const id = randomUUID();
  const status = headers(100, 'Idle Heartbeat');
  looker.connection.publish(one.wire.submitted(id), '', { headers: status });
  await until(async () => (await one.broker.queueInfo()).messages === 1);
  const worker = startHolder(one, 1);
  await worker.waitFor(1);
  expect(worker.got).toEqual([id]);
});
