import { randomUUID } from 'node:crypto';
import { AckPolicy, nanos } from 'nats';
import { describe, expect, test } from 'vitest';
import { startNats, type NatsOptions } from '../../support/nats.ts';
import { until } from '../../support/wait.ts';
import {
  areMade,
  newPrefix,
  openBroker,
  publishMany,
  readyBroker,
  startHolder,
  startObserver,
  submission,
  type TestBroker,
  type TestBrokerOptions,
} from './broker.ts';

const MEBIBYTE = 1024 * 1024;
const end = () => ({ v: 1, assessment_id: randomUUID(), session_id: randomUUID(), version: 3, timestamp: '' }) as const;

async function works(one: TestBroker): Promise<void> {
  const worker = startHolder(one, 1);
  await publishMany(one, 1);
  await worker.waitFor(1);
  worker.finishOne();
}

/** A server with these lines, and a broker that connects to it. */
async function withServer(
  options: NatsOptions,
  broker: TestBrokerOptions,
  use: (one: TestBroker, url: string) => Promise<void>,
): Promise<void> {
  const nats = await startNats(options);
  try {
    await using one = openBroker({ url: nats.url, ...broker });
    await use(one, nats.url);
  } finally {
    await nats.stop();
  }
}

describe('on a small server', () => {
  test('streams are as large as there is room for, which is told', async () => {
    await withServer({ jetStreamConfig: ['max_file_store: 300MB'] }, {}, async (one, url) => {
      expect(await one.broker.whenReady(20_000)).toBe(true);
      await works(one);
      await until(() => areMade(one), { timeoutMs: 20_000 });
      await using observer = await startObserver(url);
      const { workStream, eventsStream, deadStream } = one.wire;
      const infos = await Promise.all(
        [workStream, eventsStream, deadStream].map((name) => observer.jsm.streams.info(name)),
      );
      expect(infos[0]?.config.max_bytes).toBe(256 * MEBIBYTE);
      expect(infos.reduce((sum, { config }) => sum + config.max_bytes, 0)).toBeLessThanOrEqual(300 * MEBIBYTE);
      expect(one.troubles[0]).toMatch(
        /_WORK has 256 MB instead of 512, since the broker has too little storage .* NATS_WORK_MB/,
      );
    });
  });

  test('a size that is set is kept to: a stream for other services that has no room stops no work', async () => {
    const room = { work: 64 * MEBIBYTE, events: 64 * MEBIBYTE };
    await withServer({ jetStreamConfig: ['max_file_store: 100MB'] }, { room }, async (one) => {
      expect(await one.broker.whenReady(20_000)).toBe(true);
      await works(one);
      await until(() => one.broker.streams.events.state === 'no room', { timeoutMs: 20_000 });
      expect(one.troubles.join('\n')).toMatch(/_EVENTS for other services can't be used .* too little storage/);
      await expect(one.broker.publishCompleted({ ...end(), status: 'completed' })).rejects.toMatchObject({
        system: 'broker',
      });
      expect(one.broker.ready).toBe(true);
    });
  });

  test('without room for the work stream the reason is told', async () => {
    const errors: unknown[] = [];
    const told: string[] = [];
    const options = {
      room: { work: 200 * MEBIBYTE },
      onTrouble: (what: string, error: unknown) => void (told.push(what), errors.push(error)),
    };
    await withServer({ jetStreamConfig: ['max_file_store: 100MB'] }, options, async (one) => {
      await until(() => told.length > 0);
      expect(told[0]).toMatch(/too little storage for a stream: .*NATS_WORK_MB.*max_file_store/);
      expect(errors[0]).toMatchObject({
        name: 'JetStreamError',
        code: 10_047,
        message: 'JetStream error 10047: insufficient storage resources available',
      });
      expect(one.broker.streams.work).toMatchObject({ state: 'no room', why: told[0] });
      expect(one.broker.ready).toBe(false);
    });
  });

  test('max_ack_pending is as high as the server allows', async () => {
    const jetStreamConfig = ['max_file_store: 1TB', 'limits { max_ack_pending: 1000 }'];
    await withServer({ jetStreamConfig }, { maxAckPending: 20_000 }, async (one, url) => {
      expect(await one.broker.whenReady(20_000)).toBe(true);
      await works(one);
      await using observer = await startObserver(url);
      const { config } = await observer.jsm.consumers.info(one.wire.workStream, one.wire.consumer);
      expect(config.max_ack_pending).toBe(625);
      expect(one.troubles.at(-1)).toMatch(/limits max_ack_pending .* at most 625 messages/);
      // It is as much as there can be, and no reason to mend it.
      const count = one.troubles.length;
      await one.broker.queueInfo();
      await one.broker.queueInfo();
      expect(one.troubles).toHaveLength(count);
    });
  });

  test('an account with one stream suffices to work, and the others are made as soon as it may have them', async () => {
    const account = (streams: number) => [
      `accounts { A { jetstream: { max_mem: 1G, max_file: 10G, max_streams: ${streams}, max_consumers: 10 }, users: [{ user: u, password: p }] } }`,
    ];
    const nats = await startNats({ config: account(1) });
    try {
      await using one = openBroker({ url: nats.url, address: { user: 'u', password: 'p' } });
      expect(await one.broker.whenReady(20_000)).toBe(true);
      await works(one);
      await until(() => one.troubles.some((what) => /may have no more streams/.test(what)));
      nats.reload(account(3));
      await until(() => areMade(one), { timeoutMs: 60_000 });
    } finally {
      await nats.stop();
    }
  });
});

test('the subject of a missing permission is told', async () => {
  const permissions = '{ publish: ["$JS.API.STREAM.INFO.*"], subscribe: [">"] }';
  const config = [`authorization { users: [{ user: u, password: p, permissions: ${permissions} }] }`];
  await withServer({ config }, { address: { user: 'u', password: 'p' } }, async (one) => {
    const subject = `$JS.API.STREAM.CREATE.${one.wire.workStream}`;
    await until(() => one.troubles.some((what) => what.includes(`(publish to ${subject})`)));
    expect(one.broker.streams.work.state).toBe('denied');
  });
});

test('a stream of others over our subjects is told', async () => {
  const prefix = newPrefix();
  await using observer = await startObserver();
  await observer.jsm.streams.add({ name: `${prefix}_AUDIT`, subjects: [`${prefix}.>`] });
  await using one = openBroker({ prefix });
  await until(() => one.troubles.length > 0);
  expect(one.troubles[0]).toMatch(/another stream has subjects of this program: .*NATS_PREFIX/);
  await observer.jsm.streams.delete(`${prefix}_AUDIT`);
  expect(await one.broker.whenReady(20_000)).toBe(true);
});

test('over a leaf node the streams are those of the domain', async () => {
  const leaf = (port: number) => `leafnodes { listen: "127.0.0.1:${port}" }`;
  const hubPort = 20_000 + Math.floor(Math.random() * 10_000);
  const hub = await startNats({
    jetStreamConfig: ['domain: hub', 'max_file_store: 1TB'],
    config: ['server_name: hub', leaf(hubPort)],
  });
  const near = await startNats({
    jetStream: false,
    config: ['server_name: near', `leafnodes { remotes: [{ url: "nats-leaf://127.0.0.1:${hubPort}" }] }`],
  });
  try {
    await using one = openBroker({ url: near.url, domain: 'hub' });
    expect(await one.broker.whenReady(20_000)).toBe(true);
    await until(() => areMade(one));
    await works(one);
    await until(async () => (await one.broker.queueInfo()).messages === 0);
    await one.broker.publishCompleted({ ...end(), status: 'completed' });
    await using lost = openBroker({ url: near.url });
    await until(() => lost.troubles.length > 0);
    expect(lost.troubles[0]).toMatch(/has no JetStream: .*NATS_JETSTREAM_DOMAIN/);
  } finally {
    await near.stop();
    await hub.stop();
  }
});

describe('what another program changed is mended at the next look:', () => {
  test('the limits of the consumer', async () => {
    await using one = await readyBroker();
    await using observer = await startObserver();
    const { workStream, consumer } = one.wire;
    const change = { ack_wait: nanos(2_000), max_deliver: 2, max_ack_pending: 3 };
    await observer.jsm.consumers.update(workStream, consumer, change);
    await one.broker.queueInfo();
    const configOf = async () => (await observer.jsm.consumers.info(workStream, consumer)).config;
    await until(async () => (await configOf()).max_deliver === -1);
    expect(await configOf()).toMatchObject({
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(15_000),
      max_ack_pending: 1_000,
    });
    await until(() => one.broker.ready);
    expect(one.troubles).toEqual([expect.stringMatching(/was changed by another program: ack_wait, max_ack_pending/)]);
  });

  test('what would lose messages of the work stream; its room stays as it was set', async () => {
    await using one = await readyBroker();
    await using observer = await startObserver();
    const { workStream } = one.wire;
    await observer.jsm.streams.update(workStream, {
      max_age: nanos(60_000),
      duplicate_window: nanos(60_000),
      max_bytes: MEBIBYTE,
    });
    await one.broker.queueInfo();
    const configOf = async () => (await observer.jsm.streams.info(workStream)).config;
    await until(async () => (await configOf()).max_age === 0);
    expect(await configOf()).toMatchObject({ max_bytes: MEBIBYTE, discard: 'new' });
    expect(one.troubles).toEqual([expect.stringMatching(/changed so that work could be lost: max_age set back/)]);
  });
});

describe('two installations with one prefix', () => {
  test('the second one uses nothing of the first, says why, and goes on once the first is gone', async () => {
    const prefix = newPrefix();
    const first = await readyBroker({ prefix, database: 'one/1' });
    const worker = startHolder(first, 1);
    await using api = openBroker({ prefix, database: 'two/2', mends: false });
    await using second = openBroker({ prefix, database: 'two/2' });
    const other = startHolder(second, 5);
    await until(() => second.troubles.length > 0 && api.troubles.length > 0, { timeoutMs: 30_000 });
    expect(second.troubles[0]).toMatch(/_WORK belongs to another installation.*NATS_PREFIX/);
    await until(() => second.broker.streams.work.state === 'foreign', { timeoutMs: 30_000 });
    for (const { broker } of [second, api])
      await expect(broker.publishSubmitted(submission())).rejects.toMatchObject({ outcome: 'not-done' });
    const [id] = await publishMany(first, 1);
    await worker.waitFor(1);
    expect([worker.got, other.got]).toEqual([[id], []]);
    worker.finishOne();
    await until(async () => (await first.broker.queueInfo()).messages === 0);
    await first.broker.close();
    expect(await second.broker.whenReady(60_000)).toBe(true);
    expect(second.troubles.at(-1)).toMatch(/whose workers are gone: it was taken over/);
    const sent = submission();
    await until(() => api.broker.publishSubmitted(sent).catch(() => undefined), { timeoutMs: 30_000 });
    await other.waitFor(1);
    expect(other.got).toEqual([sent.assessmentId]);
  });

  test('a stream that was taken while its owner only paused is taken back, and the other one gives it up', async () => {
    const prefix = newPrefix();
    await using first = await readyBroker({ prefix, database: 'one/1' });
    const worker = startHolder(first, 0);
    await using second = openBroker({ prefix, database: 'two/2' });
    startHolder(second, 5);
    await until(() => first.troubles.some((what) => what.includes('taken back')), { timeoutMs: 60_000 });
    await until(() => !second.broker.ready && second.broker.streams.work.state === 'foreign', { timeoutMs: 60_000 });
    await until(() => first.broker.ready);
    worker.slots = 1;
    worker.pull();
    const [id] = await publishMany(first, 1);
    await worker.waitFor(1);
    expect(worker.got).toEqual([id]);
  });

  test('a stream of an earlier version of the program gets its owner noted', async () => {
    const prefix = newPrefix();
    await using earlier = await readyBroker({ prefix });
    await using one = await readyBroker({ prefix, database: 'one/1' });
    await using observer = await startObserver();
    const { config } = await observer.jsm.streams.info(earlier.wire.workStream);
    expect(config.metadata).toMatchObject({ 'assay.database': 'one/1' });
    expect(one.troubles).toEqual([]);
  });
});
