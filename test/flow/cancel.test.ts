import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED, outcomeIn, type Client } from '../support/client.ts';
import { delay, garbage, status } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { metricsOf } from '../support/metrics.ts';
import { allDone, messagesLeft } from './work-stream.ts';

const CANCEL = `mutation Cancel($id: ID!) { cancelAssessment(id: $id) {
  assessment { __typename id status version round result { summary } failure { code } endedAt }
  errors { __typename message } } }`;

const cancel = async (client: Client, id: string) =>
  outcomeIn((await client.graphql(CANCEL, { id })).data.cancelAssessment);

/** Subscribes to the end; the returned function resolves to all events of the subscription. */
async function waitFor(app: TestApp, client: Client, id: string) {
  const before = await open(app);
  const ends = client.completion(id);
  await until(async () => (await open(app)) > before);
  return async () => (await ends).map(({ data }) => data.recommendationCompleted.assessment);
}
const open = (app: TestApp): Promise<number> => metric(app, 'assay_subscriptions_open{transport="websocket"}');
async function metric({ probesUrl }: TestApp, name: string): Promise<number> {
  const page = await metricsOf({ probesUrl });
  const line = page.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}

test('in work: the call of the model ends within a second, and the subscriber is notified once', async () => {
  await using app = await startApp();
  const client = await app.client();
  app.world.model.hold();
  const id = await client.submit();
  const ends = await waitFor(app, client, id);
  const [call] = await app.world.model.waitForCalls(1);
  const view = await cancel(client, id);
  await app.world.model.waitFor(() => call?.outcome === 'aborted', 'the end of the call', 1_000);
  expect(view).toMatchObject({ __typename: 'Assessment', id, status: 'CANCELLED', version: 3, round: 1 });
  expect(view).toMatchObject({ result: null, failure: null, endedAt: expect.any(String) });
  expect(await ends()).toMatchObject([{ id, status: 'CANCELLED', version: 3, result: null, failure: null }]);
  app.world.model.release();
  await allDone(app);
  expect(app.world.model.calls).toHaveLength(1);
  expect(await app.world.sql('SELECT * FROM result_test')).toEqual([]);
});

test('while it waits for a worker: the model is never called, and a worker acks its message', async () => {
  await using world = await createWorld();
  await using api = await startApp({ role: 'api', world });
  const client = await api.client();
  const id = await client.submit();
  const ends = await waitFor(api, client, id);
  await until(async () => (await messagesLeft(api)) === 1);
  expect(await cancel(client, id)).toMatchObject({ status: 'CANCELLED', version: 2 });
  expect(await ends()).toMatchObject([{ id, status: 'CANCELLED', version: 2 }]);
  // By the hint, and not by the next sweep.
  expect(await metric(api, 'assay_push_missed_by_hint_total')).toBe(0);
  await using _worker = await startApp({ role: 'worker', world });
  await allDone(api);
  expect(world.model.calls).toEqual([]);
});

test('while it waits for a retry: the model is not called again', async () => {
  await using app = await startApp();
  const client = await app.client();
  app.world.model.script([status(500, { headers: { 'retry-after': '2' } })]);
  const id = await client.submit();
  const ends = await waitFor(app, client, id);
  await until(async () => (await client.read(id)).version === 3);
  expect(await cancel(client, id)).toMatchObject({ status: 'CANCELLED', version: 4 });
  expect(await ends()).toMatchObject([{ status: 'CANCELLED', version: 4 }]);
  await allDone(app);
  expect(app.world.model.calls).toHaveLength(1);
});

test('during a repair: the call ends, and the invalid reply is not kept', async () => {
  await using app = await startApp();
  const client = await app.client();
  app.world.model.hold();
  app.world.model.script([garbage('nonsense')]);
  const id = await client.submit();
  await app.world.model.waitForCalls(1);
  app.world.model.release(1);
  const [, repair] = await app.world.model.waitForCalls(2);
  await cancel(client, id);
  await app.world.model.waitFor(() => repair?.outcome === 'aborted', 'the end of the repair', 1_000);
  await allDone(app);
  expect(await app.world.sql('SELECT status, rejected_answer FROM test_assessment')).toEqual([
    { status: 'cancelled', rejected_answer: null },
  ]);
});

test('a second cancellation gets the same assessment; an ended, foreign, unknown or malformed one is refused', async () => {
  await using app = await startApp();
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const late = await cancel(client, id);
  expect(late).toEqual({ __typename: 'NotCancellableError', message: expect.stringContaining('Read it') });
  app.world.model.hold();
  const other = await client.submit();
  const first = await cancel(client, other);
  expect(await cancel(client, other)).toEqual(first);
  expect(await cancel(client, other.toUpperCase())).toEqual(first);
  const stranger = await app.client();
  const unknown = await cancel(stranger, '0190a000-0000-7000-8000-000000000000');
  expect(unknown.__typename).toBe('NotFoundError');
  expect(await cancel(stranger, other)).toEqual(unknown);
  expect(await cancel(stranger, id)).toEqual(unknown);
  const malformed = await client.graphql(CANCEL, { id: 'x' });
  expect(malformed.errors?.[0].extensions.code).toBe('BAD_USER_INPUT');
  const outcomes = ['accepted', 'repeated', 'NotCancellableError', 'NotFoundError'];
  const counted = await Promise.all(outcomes.map((each) => metric(app, `assay_cancelled_total{outcome="${each}"}`)));
  expect(counted).toEqual([1, 2, 1, 3]);
});

test('against results of the same moment: one end wins, and subscriber and reader get that one', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '20' } });
  const client = await app.client();
  app.world.model.hold();
  app.world.model.script(({ number }) => delay(15 * number + 25 * (number % 4)));
  const ids = await Promise.all(Array.from({ length: 20 }, () => client.submit()));
  const ends = new Map(ids.map((id) => [id, client.completion(id)]));
  const calls = await app.world.model.waitForCalls(20);
  app.world.model.release();
  // Each at about the time of its reply: some before it, some after it, and some at the same moment.
  const cancellations = await Promise.all(
    calls.map(({ number, assessmentId }) => pause(15 * number).then(() => cancel(client, assessmentId ?? ''))),
  );
  for (const [nth, { assessmentId: id = '' }] of calls.entries()) {
    const end = { status: cancellations[nth].__typename === 'Assessment' ? 'CANCELLED' : 'COMPLETED', version: 3 };
    const events = (await ends.get(id)) ?? [];
    expect(events).toMatchObject([{ data: { recommendationCompleted: { assessment: { id, ...end } } } }]);
    expect(await client.read(id)).toMatchObject(end);
  }
  await allDone(app);
});

test('a cancellation makes room in a full queue', async () => {
  await using app = await startApp({ env: { MAX_QUEUE_DEPTH: '1' } });
  const client = await app.client();
  app.world.model.hold();
  const id = await client.submit();
  expect(await client.trySubmit()).toMatchObject({ __typename: 'TooManyAssessmentsError' });
  await cancel(client, id);
  await until(async () => (await client.trySubmit()).__typename === 'Assessment');
  app.world.model.release();
});

test('a closed socket cancels nothing: the work goes on', async () => {
  await using app = await startApp();
  const client = await app.client();
  app.world.model.hold();
  const id = await client.submit();
  const [call] = await app.world.model.waitForCalls(1);
  const socket = client.socket();
  const watching = socket.iterate({ query: COMPLETED, variables: { id } });
  void watching.next().catch(() => {});
  await until(async () => (await open(app)) === 1);
  await socket.dispose();
  await until(async () => (await open(app)) === 0);
  app.world.model.release();
  await client.completion(id);
  expect(await client.read(id)).toMatchObject({ status: 'COMPLETED', round: 1 });
  expect([call?.outcome, app.world.model.calls.length]).toEqual(['answered', 1]);
});
