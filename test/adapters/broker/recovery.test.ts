import { expect, test } from 'vitest';
import { startNats } from '../../support/nats.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import {
  publishMany,
  readyBroker,
  startHolder,
  startObserver,
  submission,
  waitingPulls,
  type TestBroker,
} from './broker.ts';

test('a deleted consumer is created again, and work goes on', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  const worker = startHolder(one, 1);
  await publishMany(one, 1);
  await worker.waitFor(1);
  worker.finishOne();
  await workIsDone(one);
  await observer.jsm.consumers.delete(one.wire.workStream, one.wire.consumer);
  const [id] = await publishMany(one, 1);
  await worker.waitFor(2);
  expect(worker.got[1]).toBe(id);
  expect((await observer.jsm.consumers.info(one.wire.workStream, one.wire.consumer)).config.max_deliver).toBe(-1);
});

test('a deleted stream is created again, and new work goes on', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  const worker = startHolder(one, 1);
  await publishMany(one, 1);
  await worker.waitFor(1);
  worker.finishOne();
  await workIsDone(one);
  await observer.jsm.streams.delete(one.wire.workStream);
  // Without a publish: the worker's own request finds the stream missing.
  await until(() => observer.jsm.streams.info(one.wire.workStream).catch(() => undefined));
  const sent = submission();
  await until(() => one.broker.publishSubmitted(sent).catch(() => undefined));
  await worker.waitFor(2);
  expect(worker.got[1]).toBe(sent.assessmentId);
});

test('after a server was killed and restarted, it delivers new and older work', async () => {
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
      // Acknowledges again at each look: an ack from before the restart was lost.
      worker.finishOne();
      return new Set(worker.got).size === 3;
    });
    expect(new Set(worker.got)).toEqual(new Set(ids));
  } finally {
    await nats.stop();
  }
});

test('an idle worker gets work within five seconds after its killed server is back', async () => {
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
    // Sooner than by the check for missed heartbeats.
    await until(() => worker.got.length === 1, { timeoutMs: 5_000 });
    expect(worker.held).toHaveLength(1);
  } finally {
    await nats.stop();
  }
});

test('after a lost connection the old request is dropped, and each slot is requested once', async () => {
  const nats = await startNats();
  const proxy = await startProxy(nats.url);
  try {
    await using far = await readyBroker({ url: `127.0.0.1:${proxy.port}` });
    await using near = await readyBroker({ url: nats.url, prefix: far.prefix });
    const worker = startHolder(far, 2);
    await using observer = await startObserver(nats.url);
    const waiting = async (): Promise<number> =>
      (await observer.jsm.consumers.info(far.wire.workStream, far.wire.consumer)).num_waiting;
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

test('after a half-open connection to the server, work goes on', { timeout: 60_000 }, async () => {
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
    // The worker's request is on the server, and neither side sees an end of the connection.
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

/** Waits until the acks have arrived: a fault before that would rightly cause a redelivery. */
const workIsDone = ({ broker }: Pick<TestBroker, 'broker'>) =>
  until(async () => (await broker.queueInfo()).messages === 0);
