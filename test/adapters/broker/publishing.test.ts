import { randomUUID } from 'node:crypto';
import { connect } from 'nats';
import { expect, inject, test } from 'vitest';
import { acknowledgedPublish } from '../../../src/adapters/broker/acknowledged-publish.ts';
import { startNats } from '../../support/nats.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import { openBroker, publishMany, readyBroker, startHolder, startObserver, submission } from './broker.ts';

test('a publish resolves when JetStream has stored it, and the same number again is a duplicate', async () => {
  await using one = await readyBroker();
  const first = submission();
  expect(await one.broker.publishSubmitted(first)).toBe('stored');
  expect(await one.broker.publishSubmitted(first)).toBe('duplicate');
  expect(await one.broker.publishSubmitted({ ...first, dispatchNo: 2 })).toBe('stored');
  expect(await one.broker.queueInfo()).toMatchObject({ messages: 2 });
});

test('a publish with onlyIfAbsent is refused as long as the stream holds a message for the assessment', async () => {
  await using one = await readyBroker();
  const [id = ''] = await publishMany(one, 1);
  const again = submission({ assessmentId: id, dispatchNo: 2, onlyIfAbsent: true });
  expect(await one.broker.publishSubmitted(again)).toBe('present');
  expect(await one.broker.publishSubmitted(submission({ onlyIfAbsent: true }))).toBe('stored');
  const worker = startHolder(one, 5);
  await worker.waitFor(2);
  // A message in work is still in the stream.
  expect(await one.broker.publishSubmitted(again)).toBe('present');
  worker.finishOne();
  worker.finishOne();
  await until(async () => (await one.broker.queueInfo()).messages === 0);
  expect(await one.broker.publishSubmitted(again)).toBe('stored');
});

test('the payload has only ids, and the trace is in a header', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  const sent = { ...submission(), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  await one.broker.publishSubmitted(sent);
  const { subject, data, header } = await observer.jsm.streams.getMessage(one.wire.workStream, { seq: 1 });
  expect(subject).toBe(`${one.prefix}.assessment_submitted.${sent.assessmentId}`);
  expect(JSON.parse(new TextDecoder().decode(data))).toEqual({
    v: 1,
    assessment_id: sent.assessmentId,
    session_id: sent.sessionId,
    dispatch_no: 1,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(header.get('traceparent')).toBe(sent.traceparent);
  expect(header.get('Nats-Msg-Id')).toBe(`${sent.assessmentId}:1`);
});

test('ends and dead letters are stored for other services, once for each version', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  const ids = { v: 1, assessment_id: randomUUID(), session_id: randomUUID(), version: 3, timestamp: '' } as const;
  for (const _ of [1, 2]) {
    await one.broker.publishCompleted({ ...ids, status: 'failed' });
    await one.broker.publishDeadLetter({ ...ids, round: 1, code: 'AI_REFUSED', attempts: 1, last_error: '' });
  }
  const states = await Promise.all(
    [one.wire.eventsStream, one.wire.deadStream].map((name) => observer.jsm.streams.info(name)),
  );
  expect(states.map(({ state }) => state.messages)).toEqual([1, 1]);
});

test('without a stream a publish is not stored, and the stream is created again', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  await observer.jsm.streams.delete(one.wire.workStream);
  const sent = submission();
  await expect(one.broker.publishSubmitted(sent)).rejects.toMatchObject({
    name: 'UnavailableError',
    system: 'broker',
    outcome: 'not-done',
  });
  await until(() =>
    one.broker.publishSubmitted(sent).then(
      (outcome) => outcome === 'stored',
      () => false,
    ),
  );
  // The consumer is created after its stream.
  await until(() =>
    one.broker.queueInfo().then(
      ({ messages }) => messages === 1,
      () => false,
    ),
  );
});

test('a full stream refuses a publish, and its messages stay', async () => {
  await using one = await readyBroker();
  await using observer = await startObserver();
  await publishMany(one, 3);
  await observer.jsm.streams.update(one.wire.workStream, { max_msgs: 3 });
  await expect(one.broker.publishSubmitted(submission())).rejects.toMatchObject({ outcome: 'not-done' });
  expect(await one.broker.queueInfo()).toMatchObject({ messages: 3 });
});

test('a publish without an ack is unknown after a second, and a repeat does not store it twice', async () => {
  const nats = await startNats();
  try {
    await using one = await readyBroker({ url: nats.url });
    await nats.pause();
    const sent = submission();
    const started = performance.now();
    await expect(one.broker.publishSubmitted(sent)).rejects.toMatchObject({ outcome: 'unknown' });
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(performance.now() - started).toBeLessThan(2_000);
    nats.resume();
    expect(await one.broker.publishSubmitted(sent)).toBe('duplicate');
    expect(await one.broker.queueInfo()).toMatchObject({ messages: 1 });
  } finally {
    await nats.stop();
  }
});

test('without a connection a publish fails at once', async () => {
  const nats = await startNats();
  try {
    await using one = await readyBroker({ url: nats.url });
    await nats.kill();
    await until(() => one.broker.state === 'reconnecting');
    const started = performance.now();
    await expect(one.broker.publishSubmitted(submission())).rejects.toMatchObject({ outcome: 'not-done' });
    expect(performance.now() - started).toBeLessThan(100);
  } finally {
    await nats.stop();
  }
  await using never = openBroker({ url: nats.url });
  await expect(never.broker.publishSubmitted(submission())).rejects.toMatchObject({ outcome: 'not-done' });
});

test('publishes without an ack have a cap: beyond it the broker counts as unavailable', async () => {
  const proxy = await startProxy(inject('natsUrl'));
  const connection = await connect({ servers: `127.0.0.1:${proxy.port}` });
  const publisher = acknowledgedPublish(connection, 3);
  await proxy.setMode('blackHole');
  const publish = () => publisher.publish(`nowhere.${randomUUID()}`, '', { messageId: randomUUID() });
  const outcomes = Promise.allSettled([publish(), publish(), publish(), publish()]);
  expect((await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason.outcome)).toEqual([
    'unknown',
    'unknown',
    'unknown',
    'not-done',
  ]);
  // After their time-out there is room again.
  await expect(publish()).rejects.toMatchObject({ outcome: 'unknown' });
  publisher.stop();
  await proxy.close();
  await connection.close();
});
