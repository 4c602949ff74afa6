import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { startObserver, type Observer } from '../adapters/broker/broker.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { refusal } from '../support/model-behaviours.ts';
import { eventually, until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';
import { metricsOf } from '../support/metrics.ts';

/** Publishes a work message past the program. */
const publishWork = (observer: Observer, { wire }: World, id: string, payload: string | Uint8Array = ''): void =>
  observer.connection.publish(wire.submitted(id), payload);

const workStreamIsEmpty = (observer: Observer, { wire }: World) =>
  until(async () => (await observer.jsm.streams.info(wire.workStream)).state.messages === 0, { timeoutMs: 25_000 });

const rowsOf = ({ sql }: World) => sql('SELECT * FROM test_assessment ORDER BY id');

test.each(['completed', 'failed'] as const)(
  'a redelivery after the assessment has %s does not call the model again',
  async (status) => {
    await using app = await startApp();
    await using observer = await startObserver(app.world.natsUrl);
    const client = await app.client();
    if (status === 'failed') app.world.model.script([refusal()]);
    const id = await client.submit();
    await client.completion(id);
    await workStreamIsEmpty(observer, app.world);
    const before = await rowsOf(app.world);
    const hints: string[] = [];
    observer.connection.subscribe(app.world.wire.completedAll, {
      callback: (_, message) => void hints.push(message.subject.split('.').at(-1) ?? ''),
    });
    await observer.connection.flush();
    publishWork(observer, app.world, id, JSON.stringify({ v: 1, assessment_id: id, dispatch_no: 9 }));
    await until(() => hints.length > 0);
    await workStreamIsEmpty(observer, app.world);
    expect(hints).toEqual([id]);
    expect(await rowsOf(app.world)).toEqual(before);
    expect(before).toMatchObject([{ status }]);
    expect(app.world.model.calls).toHaveLength(1);
  },
);

test('a thousand messages for one assessment and two workers make one call and one result', async () => {
  await using world = await createWorld();
  const env = { LEASE_MS: '3000' };
  await using api = await startApp({ world, env });
  await using _other = await startApp({ role: 'worker', world, env });
  await using observer = await startObserver(world.natsUrl);
  const client = await api.client();
  world.model.hold();
  const id = await client.submit();
  await world.model.waitForCalls(1);
  for (let count = 0; count < 1_000; count++) publishWork(observer, world, id);
  await observer.connection.flush();
  world.model.release();
  const [event] = await client.completion(id);
  expect(event.data.recommendationCompleted.assessment).toMatchObject({ id, status: 'COMPLETED', version: 3 });
  await workStreamIsEmpty(observer, world);
  expect(world.model.calls).toHaveLength(1);
  expect(await world.sql('SELECT assessment_id FROM result_test')).toEqual([{ assessment_id: id }]);
  expect(await rowsOf(world)).toMatchObject([{ attempts: 1, version: 3 }]);
});

describe('foreign messages', () => {
  /** Publishes between two assessments that complete, and expects the rows unchanged and the stream empty. */
  async function workAround(app: TestApp, publish: (observer: Observer) => void) {
    await using observer = await startObserver(app.world.natsUrl);
    const client = await app.client();
    await client.completion(await client.submit());
    const before = await rowsOf(app.world);
    publish(observer);
    await workStreamIsEmpty(observer, app.world);
    expect(await rowsOf(app.world)).toEqual(before);
    await client.completion(await client.submit());
    return {
      calls: app.world.model.calls.length,
      errors: app.logs.filter(({ level }) => level === 'error' || level === 'fatal'),
    };
  }

  test.each<[string, string, string | Uint8Array]>([
    ['an unknown id', randomUUID(), '{"v":1}'],
    ['an unknown id and an empty payload', randomUUID(), ''],
    ['an unknown id and bytes that are no UTF-8', randomUUID(), Uint8Array.of(0xff, 0xfe, 0, 1)],
    ['an unknown id and a list', randomUUID(), '[1,2]'],
    ['no id', 'not-an-id', '{"v":1}'],
    ['an id in capitals', randomUUID().toUpperCase(), '{"v":1}'],
    ['an attempt at SQL', "1'-OR-'1'='1", '{"v":1}'],
  ])('a message with %s is dropped', async (_, token, payload) => {
    await using app = await startApp();
    const seen = await workAround(app, (observer) => publishWork(observer, app.world, token, payload));
    expect(seen).toEqual({ calls: 2, errors: [] });
  });

  test.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe, 0, 1)],
    ['no JSON', 'hello'],
    ['the id of another assessment', JSON.stringify({ v: 1, assessment_id: randomUUID(), session_id: randomUUID() })],
  ])('with a payload that is %s, the assessment of the subject is worked on once', async (_, payload) => {
    await using world = await createWorld();
    await using observer = await startObserver(world.natsUrl);
    await using api = await startApp({ role: 'api', world });
    const client = await api.client();
    const id = await client.submit();
    // Replaces its message by this one.
    await until(async () => (await observer.jsm.streams.info(world.wire.workStream)).state.messages === 1);
    await observer.jsm.streams.purge(world.wire.workStream);
    publishWork(observer, world, id, payload);
    await observer.connection.flush();
    await using _worker = await startApp({ role: 'worker', world });
    await client.completion(id);
    expect(world.model.calls.map(({ assessmentId }) => assessmentId)).toEqual([id]);
  });

  test('a message of a newer version stays for a newer worker, and other work goes on', async () => {
    await using app = await startApp();
    await using observer = await startObserver(app.world.natsUrl);
    const client = await app.client();
    const unknown = randomUUID();
    publishWork(observer, app.world, unknown, '{"v":99}');
    await until(() => app.logs.some(({ payloadVersion }) => payloadVersion === 99));
    await client.completion(await client.submit());
    const { state } = await observer.jsm.streams.info(app.world.wire.workStream);
    expect(state.messages).toBe(1);
    const metrics = await metricsOf(app);
    expect(metrics).toMatch(/assay_messages_total\{outcome="newer_version"\} [1-9]/);
  });

  test('a forged end is not pushed: the row is read, and it has not ended', async () => {
    await using app = await startApp();
    await using observer = await startObserver(app.world.natsUrl);
    const client = await app.client();
    app.world.model.hold();
    const id = await client.submit();
    await app.world.model.waitForCalls(1);
    const completion = client.completion(id);
    const ended = { done: false };
    void completion.then(() => (ended.done = true));
    for (let count = 0; count < 20; count++) {
      observer.connection.publish(
        app.world.wire.completed(client.sessionId, id),
        JSON.stringify({ v: 1, assessment_id: id, status: 'completed', version: 99, result: { summary: 'forged' } }),
      );
      observer.connection.publish(app.world.wire.completed(client.sessionId, randomUUID()), 'ÿ');
      await observer.connection.flush();
      expect(await client.read(id)).toMatchObject({ status: 'PROCESSING', result: null });
    }
    expect(ended.done).toBe(false);
    app.world.model.release();
    const [event, ...more] = await completion;
    expect(more).toEqual([]);
    expect(JSON.stringify(event)).not.toContain('forged');
    expect(event.data.recommendationCompleted.assessment).toMatchObject({ status: 'COMPLETED', version: 3 });
  });
});

test('two workers share the submissions, and none is worked on twice', async () => {
  await using world = await createWorld();
  await using one = await startApp({ world, env: { WORKER_CONCURRENCY: '3' } });
  await using two = await startApp({ role: 'worker', world, env: { WORKER_CONCURRENCY: '3' } });
  const client = await one.client();
  world.model.hold();
  const ids = await Promise.all(Array.from({ length: 20 }, () => client.submit()));
  await world.model.waitFor(() => world.model.inFlight === 6, 'both workers to be busy');
  world.model.release();
  await Promise.all(ids.map((id) => client.completion(id)));
  expect(world.model.peakInFlight).toBe(6);
  expect(new Set(world.model.calls.map(({ assessmentId }) => assessmentId))).toEqual(new Set(ids));
  expect(world.model.calls).toHaveLength(20);
  await eventually(async () => {
    const both = await Promise.all([one, two].map(metricsOf));
    for (const metrics of both) expect(metrics).toMatch(/assay_run_seconds_count\{outcome="completed"\} [1-9]/);
  });
});
