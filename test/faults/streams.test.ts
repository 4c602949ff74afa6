import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Nats } from '../support/nats.ts';
import { startNatsCluster, type NatsCluster } from '../support/nats-cluster.ts';
import { until } from '../support/wait.ts';
import {
  newPrefix,
  publishMany,
  readyBroker,
  startHolder,
  startObserver,
  submission,
  type TestBroker,
} from '../adapters/broker/broker.ts';

let cluster: NatsCluster;
beforeAll(async () => {
  cluster = await startNatsCluster();
});
beforeEach(() => cluster.complete());
afterAll(() => cluster.stop());

const replicasOf = async ({ wire }: Pick<TestBroker, 'wire'>): Promise<(number | undefined)[]> => {
  await using observer = await startObserver(cluster.url);
  const names = [wire.workStream, wire.eventsStream, wire.deadStream];
  const infos = await Promise.all(names.map((name) => observer.jsm.streams.info(name).catch(() => undefined)));
  return infos.map((info) => info?.config.num_replicas);
};

const isLike = async (of: TestBroker, expected: number[]): Promise<void> => {
  await until(async () => (await replicasOf(of)).join() === expected.join(), {
    timeoutMs: 60_000,
    label: `replicas ${expected.join()}`,
  });
};

test('on a cluster each stream has three replicas, and a setting has the last word', async () => {
  await using usual = await readyBroker({ url: cluster.url });
  await isLike(usual, [3, 3, 3]);
  expect(usual.troubles).toEqual([]);
  await using one = await readyBroker({ url: cluster.url, replicas: 1 });
  await isLike(one, [1, 1, 1]);
});

test('replicas of streams that are there are raised, and never lowered', async () => {
  const prefix = newPrefix();
  await using few = await readyBroker({ url: cluster.url, prefix, replicas: 1 });
  await isLike(few, [1, 1, 1]);
  await using more = await readyBroker({ url: cluster.url, prefix });
  await isLike(more, [3, 3, 3]);
  await using few2 = await readyBroker({ url: cluster.url, prefix, replicas: 1 });
  await until(() => few2.broker.streams.dead.state === 'ok');
  expect(await replicasOf(few2)).toEqual([3, 3, 3]);
});

test('a stream that can not have three replicas is told to lack them, and work goes on', async () => {
  // Five are more than there are nodes.
  await using one = await readyBroker({ url: cluster.url, replicas: 5 });
  await using worker = startWorker(one);
  await publishMany(one, 1);
  await worker.waitFor(1);
  expect(one.troubles.join('\n')).toMatch(/WORK: 5 replicas were refused: the NATS cluster has too few nodes/);
});

test('replicas that another program took away, or for which a node was missing, are set again while the program runs', async () => {
  await using one = await readyBroker({ url: cluster.url, raiseEveryMs: 1_000 });
  await isLike(one, [3, 3, 3]);
  await using observer = await startObserver(cluster.url);
  for (const name of [one.wire.workStream, one.wire.eventsStream])
    await observer.jsm.streams.update(name, { num_replicas: 1 });
  await until(async () => (await replicasOf(one)).join() === '3,3,3', { timeoutMs: 90_000 });
  expect(one.broker.ready).toBe(true);
});

describe.each<[string, (node: Nats) => Promise<void>, (node: Nats) => Promise<void>]>([
  ['killed', (node) => node.kill(), (node) => node.restart()],
  ['frozen', (node) => node.pause(), async (node) => node.resume()],
])('with one of three nodes %s', (_, stop, goOn) => {
  test.each(['work', 'events'] as const)('the one that leads the %s stream, work goes on', async (kind) => {
    await using api = await readyBroker({ url: cluster.url });
    await using consuming = await readyBroker({ url: cluster.url, prefix: api.prefix });
    await using worker = startWorker(consuming);
    await isLike(api, [3, 3, 3]);
    const stream = kind === 'work' ? api.wire.workStream : api.wire.eventsStream;
    const leader = await until(() => cluster.leaderOf(stream));
    await stop(leader);
    try {
      for (let nth = 1; nth <= 5; nth++) {
        const sent = submission();
        // Repeated as the reconciler does.
        await until(() => api.broker.publishSubmitted(sent).catch(() => undefined), { timeoutMs: 30_000 });
        await until(() => worker.got.includes(sent.assessmentId), { timeoutMs: 30_000 });
      }
      const end = { v: 1, assessment_id: randomUUID(), session_id: randomUUID(), version: 3, timestamp: '' } as const;
      await until(
        () =>
          api.broker.publishCompleted({ ...end, status: 'completed' }).then(
            () => true,
            () => false,
          ),
        { timeoutMs: 30_000 },
      );
      await until(() => api.broker.ready && consuming.broker.ready, { timeoutMs: 30_000 });
      expect(new Set(worker.got).size).toBe(5);
    } finally {
      await goOn(leader);
    }
    await until(() => cluster.leaderOf(stream), { timeoutMs: 60_000 });
  });
});

test('a stream for other services that has lost its only node stops no work, and is told to have no leader', async () => {
  const prefix = newPrefix();
  const apart = await streamsApart(prefix);
  // The work stream keeps its three replicas, and the other one gets no more than it has.
  await using one = await readyBroker({ url: cluster.url, prefix, replicas: 1 });
  await using worker = startWorker(one);
  await until(() => one.broker.streams.events.state === 'ok', { timeoutMs: 30_000 });
  await apart.kill();
  try {
    const end = { v: 1, assessment_id: randomUUID(), session_id: randomUUID(), version: 3, timestamp: '' } as const;
    const publish = () => one.broker.publishCompleted({ ...end, status: 'completed' });
    await expect(publish()).rejects.toMatchObject({ name: 'UnavailableError' });
    const sent = submission();
    await until(() => one.broker.publishSubmitted(sent).catch(() => undefined), { timeoutMs: 30_000 });
    await until(() => worker.got.includes(sent.assessmentId), { timeoutMs: 30_000 });
    await until(() => one.broker.streams.events.state === 'no leader', { timeoutMs: 30_000 });
    expect(one.broker.streams.events.why).toContain('_EVENTS has no leader');
    await until(() => one.broker.streams.work.state === 'ok', { timeoutMs: 30_000 });
    expect(one.troubles.join('\n')).toMatch(/_EVENTS for other services can't be used/);
    await apart.restart();
    await until(
      () =>
        publish().then(
          () => true,
          () => false,
        ),
      { timeoutMs: 60_000 },
    );
    expect(one.broker.streams.events).toEqual({ state: 'ok' });
  } finally {
    await apart.restart();
  }
});

/** Makes the events stream with one replica on a node, which is returned, that does not lead the work stream. */
async function streamsApart(prefix: string): Promise<Nats> {
  await using made = await readyBroker({ url: cluster.url, prefix });
  await isLike(made, [3, 3, 3]);
  await using observer = await startObserver(cluster.url);
  const { workStream, eventsStream } = made.wire;
  const { config } = await observer.jsm.streams.info(eventsStream);
  return await until(
    async () => {
      await observer.jsm.streams.delete(eventsStream).catch(() => undefined);
      await observer.jsm.streams.add({ ...config, num_replicas: 1 }).catch(() => undefined);
      const [events, work] = await Promise.all([eventsStream, workStream].map((name) => cluster.leaderOf(name)));
      return events !== undefined && work !== undefined && events !== work ? events : undefined;
    },
    { timeoutMs: 60_000, label: 'the two streams to have leaders on different nodes' },
  );
}

/** A worker that is done with each message at once. */
function startWorker(of: TestBroker) {
  const holder = startHolder(of, 5);
  const timer = setInterval(() => {
    while (holder.held.length > 0) holder.finishOne();
  }, 50);
  return Object.assign(holder, { [Symbol.asyncDispose]: async () => clearInterval(timer) });
}
