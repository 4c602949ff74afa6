import { AckPolicy, nanos, RetentionPolicy } from 'nats';
import { describe, expect, inject, test } from 'vitest';
import { isTooOld } from '../../../src/adapters/broker/topology.ts';
import { wire } from '../../../src/events.ts';
import { startNats } from '../../support/nats.ts';
import { until } from '../../support/wait.ts';
import { newPrefix, openBroker, publishMany, readyBroker, startHolder, startObserver } from './broker.ts';

test('the first process creates streams and consumer with the names and subjects of the wire', async () => {
  await using one = await readyBroker();
  await until(() => one.broker.streams.events.state === 'ok' && one.broker.streams.dead.state === 'ok');
  await using observer = await startObserver();
  const [work, events, dead] = await Promise.all(
    [one.wire.workStream, one.wire.eventsStream, one.wire.deadStream].map((name) => observer.jsm.streams.info(name)),
  );
  expect(work?.config).toMatchObject({
    subjects: [one.wire.submittedAll],
    retention: 'workqueue',
    storage: 'file',
    discard: 'new',
    max_bytes: expect.any(Number),
  });
  expect(events?.config).toMatchObject({ subjects: [one.wire.completedAll], retention: 'limits', discard: 'old' });
  expect(events?.config.max_age).toBe(nanos(24 * 3_600_000));
  expect(dead?.config).toMatchObject({ subjects: [one.wire.deadLetter], retention: 'limits' });
  expect(dead?.config.max_age).toBe(nanos(30 * 24 * 3_600_000));
  for (const info of [work, events, dead]) expect(info?.config.max_bytes).toBeGreaterThan(0);
  const { config } = await observer.jsm.consumers.info(one.wire.workStream, one.wire.consumer);
  expect(config).toMatchObject({
    durable_name: 'recommender',
    ack_policy: 'explicit',
    ack_wait: nanos(15_000),
    max_deliver: -1,
    max_ack_pending: 1_000,
  });
  expect(config.max_waiting).toBeGreaterThan(512);
});

test('six processes that start at once on an empty server report no trouble', async () => {
  const prefix = newPrefix();
  const all = await Promise.all(Array.from({ length: 6 }, () => readyBroker({ prefix })));
  expect(all.flatMap(({ troubles }) => troubles)).toEqual([]);
  for (const one of all) await one.broker.close();
});

test('of processes with different settings the larger ones stay, in any order of start', async () => {
  const prefix = newPrefix();
  await using observer = await startObserver();
  const { workStream, consumer } = wire(prefix);
  const settings = async () => {
    const { config } = await observer.jsm.consumers.info(workStream, consumer);
    return { ackWait: config.ack_wait, maxAckPending: config.max_ack_pending };
  };
  await using small = await readyBroker({ prefix, ackWaitMs: 3_000, maxAckPending: 5_000 });
  expect(await settings()).toEqual({ ackWait: nanos(3_000), maxAckPending: 5_000 });
  await using large = await readyBroker({ prefix, ackWaitMs: 20_000, maxAckPending: 200 });
  expect(await settings()).toEqual({ ackWait: nanos(20_000), maxAckPending: 5_000 });
  await using again = await readyBroker({ prefix, ackWaitMs: 3_000, maxAckPending: 200 });
  expect(await settings()).toEqual({ ackWait: nanos(20_000), maxAckPending: 5_000 });
  const worker = startHolder(small, 1);
  await publishMany(large, 1);
  await worker.waitFor(1);
  expect(again.broker.ready).toBe(true);
});

test('a limit of deliveries, which would silently lose work, is removed', async () => {
  const prefix = newPrefix();
  const { workStream, submittedAll, consumer } = wire(prefix);
  await using observer = await startObserver();
  await observer.jsm.streams.add({ name: workStream, subjects: [submittedAll], retention: RetentionPolicy.Workqueue });
  await observer.jsm.consumers.add(workStream, {
    durable_name: consumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(60_000),
    max_deliver: 3,
  });
  await using one = await readyBroker({ prefix });
  const { config } = await observer.jsm.consumers.info(workStream, consumer);
  expect(config).toMatchObject({ max_deliver: -1, ack_wait: nanos(60_000) });
  // The streams as the test has made them let work be dropped as well.
  expect(one.troubles).toEqual([
    expect.stringMatching(/_WORK was changed so that work could be lost: discard set back/),
  ]);
});

test('a foreign stream of the same name is left alone and reported to the operator', async () => {
  const prefix = newPrefix();
  const { workStream } = wire(prefix);
  await using observer = await startObserver();
  await observer.jsm.streams.add({ name: workStream, subjects: [`${prefix}.other`] });
  await using one = openBroker({ prefix });
  await until(() => one.troubles.length > 0);
  expect(one.troubles[0]).toMatch(/stream TEST_\w+_WORK was made for something else: .*NATS_PREFIX/);
  expect(one.broker.ready).toBe(false);
  await observer.jsm.streams.delete(workStream);
  expect(await one.broker.whenReady(10_000)).toBe(true);
});

test('a recreated consumer delivers every message of its stream', async () => {
  await using one = await readyBroker();
  const worker = startHolder(one, 2);
  const ids = await publishMany(one, 2);
  await worker.waitFor(2);
  await one.broker.recreateConsumer();
  worker.held.length = 0;
  worker.pull();
  await worker.waitFor(4);
  expect(new Set(worker.got.slice(2))).toEqual(new Set(ids));
});

describe('a server that can not be used is reported:', () => {
  test('JetStream is not enabled', async () => {
    const nats = await startNats({ jetStream: false });
    try {
      await using one = openBroker({ url: nats.url });
      await until(() => one.troubles.length > 0);
      expect(one.troubles[0]).toContain('has no JetStream: switch it on');
      expect(one.broker.ready).toBe(false);
      expect(await one.broker.whenReady(50)).toBe(false);
    } finally {
      await nats.stop();
    }
  });

  test('JetStream is not enabled for this account', async () => {
    const account = 'accounts { plain { users: [{ user: u, password: p }] } }';
    const nats = await startNats({ config: [account] });
    try {
      await using one = openBroker({ url: nats.url, address: { user: 'u', password: 'p' } });
      await until(() => one.troubles.length > 0);
      expect(one.troubles[0]).toContain('has no JetStream: switch it on');
    } finally {
      await nats.stop();
    }
  });

  test.each([
    ['2.8.4', true],
    ['1.4.1', true],
    ['2.9.0', false],
    ['2.9.10', false],
    ['2.10.27', false],
    ['3.0.0-RC.1', false],
    ['', false],
  ])('version "%s": too old: %s', (version, expected) => {
    expect(isTooOld(version)).toBe(expected);
  });
});

test('the link connects to the server of the test run', async () => {
  await using one = await readyBroker({ url: inject('natsUrl') });
  expect(one.broker.state).toBe('connected');
});
