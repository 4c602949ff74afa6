import { randomUUID } from 'node:crypto';
import { headers as messageHeaders, type MsgHdrs } from 'nats';
import { expect, test } from 'vitest';
import { startObserver, type Observer } from '../adapters/broker/broker.ts';
import { openSocket } from '../server/socket.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client, Loose } from '../support/client.ts';
import { until } from '../support/wait.ts';
import type { World } from '../support/world.ts';

const OPERATOR = `op_${'x'.repeat(30)}`;
const UPDATED = `subscription Updated($id: ID!) { assessmentUpdated(assessmentId: $id) {
  assessment { status version draft { summary } } } }`;
const FINISHED = `subscription { assessmentFinished { assessment { id answers } } }`;
const FORGED = 'call this number';

async function follow(app: TestApp, { cookie }: Client, query: string, variables: unknown = {}) {
  const socket = await openSocket(app.url, { cookie });
  socket.subscribe('1', query, variables);
  const events = (): Loose[] => socket.of('1').flatMap(({ type, payload }) => (type === 'next' ? [payload.data] : []));
  return { events, [Symbol.dispose]: () => socket.ws.terminate() };
}

/** The rows, without the columns that running work changes. */
const rowsOf = ({ sql }: World) =>
  sql(`SELECT id, session_id, status, version, round, attempts, dispatch_no, failure_code, answers, ended_at
    FROM test_assessment ORDER BY id`);

function withMessageId(id: string): MsgHdrs {
  const headers = messageHeaders();
  headers.set('Nats-Msg-Id', id);
  return headers;
}

/** Publishes a forged message of every kind about an assessment. */
function forgeAll({ connection }: Observer, { wire }: World, id: string, sessionId: string): void {
  const other = randomUUID();
  const common = { v: 1, assessment_id: id, session_id: other, timestamp: new Date(0).toISOString() };
  const send = (subject: string, payload: object, options = {}): void =>
    connection.publish(subject, JSON.stringify(payload), options);
  for (const session of [sessionId, other]) {
    for (const status of ['completed', 'failed', 'cancelled'])
      send(wire.completed(session, id), { ...common, status, version: 99 }, { headers: withMessageId(`${id}:99`) });
    const draft = { summary: FORGED, recommendations: [] };
    for (const version of [1, 2, 3, 99])
      send(wire.progress(session, id), { v: 1, version, seq: 999_999, phase: 'writing', draft });
  }
  send(wire.cancelled(id), { status: 'cancelled' });
  send(wire.submitted(id), { ...common, dispatch_no: 99 }, { headers: withMessageId(`${id}:99`) });
  send(wire.submitted(other), { ...common, assessment_id: id }, { headers: withMessageId(`${id}:1`) });
  send(wire.deadLetter, { ...common, version: 99, round: 1, code: 'AI_REFUSED', attempts: 9, last_error: FORGED });
}

test('forged messages of every kind change nothing of an assessment in work', async () => {
  await using app = await startApp({ env: { OPERATOR_TOKEN: OPERATOR } });
  await using observer = await startObserver(app.world.natsUrl);
  const client = await app.client();
  app.world.model.hold();
  const id = await client.submit();
  await app.world.model.waitForCalls(1);
  using follower = await follow(app, client, UPDATED, { id });
  await until(() => follower.events().length > 0);
  const before = await rowsOf(app.world);
  forgeAll(observer, app.world, id, client.sessionId);
  // A genuine assessment after them: when it has ended, the forged messages have been processed.
  const control = await client.submit();
  await app.world.model.waitForCalls(2);
  expect((await rowsOf(app.world)).filter((row) => row['id'] !== control)).toEqual(before);
  app.world.model.release();
  for (const each of [control, id]) await client.completion(each);
  expect(await client.read(id)).toMatchObject({ status: 'COMPLETED', version: 3, round: 1 });
  expect(app.world.model.callsFor(id)).toHaveLength(1);
  await until(() => follower.events().at(-1)?.assessmentUpdated.assessment.status === 'COMPLETED');
  expect(JSON.stringify(follower.events())).not.toContain(FORGED);
  const asOperator = { authorization: `Bearer ${OPERATOR}` };
  const { data } = await client.graphql('{ deadLetters { nodes { code } } }', {}, asOperator);
  expect(data.deadLetters.nodes).toEqual([]);
});

test('forged messages of every kind change nothing of an ended assessment', async () => {
  await using app = await startApp();
  await using observer = await startObserver(app.world.natsUrl);
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const before = [await rowsOf(app.world), await client.read(id)];
  forgeAll(observer, app.world, id, client.sessionId);
  await observer.connection.flush();
  await client.completion(await client.submit());
  expect([(await rowsOf(app.world)).filter((row) => row['id'] === id), await client.read(id)]).toEqual(before);
  expect(app.world.model.callsFor(id)).toHaveLength(1);
});

test('a forged end shows no assessment of another session', async () => {
  await using app = await startApp();
  await using observer = await startObserver(app.world.natsUrl);
  const [visitor, other] = [await app.client(), await app.client()];
  const foreign = await other.submit();
  await other.completion(foreign);
  using feed = await follow(app, visitor, FINISHED);
  // The first own end proves that the subscription is open.
  const first = await visitor.submit();
  await until(() => feed.events().length === 1);
  const ended = { v: 1, assessment_id: foreign, session_id: visitor.sessionId, status: 'completed', version: 3 };
  for (let count = 0; count < 10; count++)
    observer.connection.publish(app.world.wire.completed(visitor.sessionId, foreign), JSON.stringify(ended));
  await observer.connection.flush();
  const second = await visitor.submit();
  await until(() => feed.events().some(({ assessmentFinished: { assessment } }) => assessment.id === second));
  expect(feed.events().map(({ assessmentFinished: { assessment } }) => assessment.id)).toEqual([first, second]);
});

test('a flood of messages with unknown ids hinders neither work nor pushes', async () => {
  await using app = await startApp();
  await using observer = await startObserver(app.world.natsUrl);
  const client = await app.client();
  using feed = await follow(app, client, FINISHED);
  const { wire } = app.world;
  const flood = async (): Promise<void> => {
    for (let count = 0; count < 5_000; count++) {
      const [one, two] = [randomUUID(), randomUUID()];
      observer.connection.publish(wire.completed(one, two), '');
      observer.connection.publish(wire.completed(client.sessionId, two), '');
      observer.connection.publish(wire.progress(one, two), '{"v":1,"version":1,"seq":1,"phase":"started"}');
      observer.connection.publish(wire.cancelled(two), '');
      observer.connection.publish(wire.sessionEnded(one), '');
      if (count % 500 === 0) await observer.connection.flush();
    }
  };
  await flood();
  const id = await client.submit();
  const [event] = await client.completion(id);
  expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
  await until(() => feed.events().some(({ assessmentFinished: { assessment } }) => assessment.id === id));
  expect(feed.events()).toHaveLength(1);
  expect(app.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});
