import { expect, test } from 'vitest';
import { startObserver } from '../adapters/broker/broker.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client, Loose } from '../support/client.ts';
import { openSocket } from '../server/socket.ts';
import { refusal, status } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';
import { allDone, messagesLeft } from './work-stream.ts';

const DELETE = 'mutation Delete($id: ID!) { deleteAssessment(id: $id) { assessmentId errors { code } } }';
const DELETE_ALL = 'mutation { deleteMyData { assessments } }';
const UPDATED =
  'subscription Updated($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { status version } } }';
const FINISHED = 'subscription { assessmentFinished { assessment { id } errors { code } } }';

const remove = async (client: Client, id: string): Promise<Loose> =>
  (await client.graphql(DELETE, { id })).data.deleteAssessment;

/** Tables in which a text of a column has the id. */
async function tablesWith({ sql }: World, id: string): Promise<string[]> {
  const tables = await sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  const found = [];
  for (const { name } of tables) {
    const [row] = await sql(`SELECT 1 FROM "${name}" AS t WHERE t::text LIKE $1 LIMIT 1`, [`%${id}%`]);
    if (row !== undefined) found.push(name);
  }
  return found;
}

/** Payloads with the id in each stream. */
async function messagesWith(world: World, id: string): Promise<{ work: Loose[]; events: Loose[]; dead: Loose[] }> {
  await using observer = await startObserver(world.natsUrl);
  const { workStream, eventsStream, deadStream } = world.wire;
  const of = async (stream: string): Promise<Loose[]> => {
    const { state } = await observer.jsm.streams.info(stream);
    const found: Loose[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await observer.jsm.streams.getMessage(stream, { seq }).catch(() => undefined);
      if (message !== undefined && `${message.subject} ${message.string()}`.includes(id)) found.push(message.json());
    }
    return found;
  };
  return { work: await of(workStream), events: await of(eventsStream), dead: await of(deadStream) };
}

/** Subscribes over a socket; `messages` are those of the one subscription. */
async function follow(app: TestApp, { cookie }: Client, query: string, variables: unknown = {}) {
  const socket = await openSocket(app.url, { cookie });
  socket.subscribe('1', query, variables);
  return { messages: () => socket.of('1'), socket, [Symbol.dispose]: () => socket.ws.terminate() };
}

/** After the deletion: no table has the id, and the streams have only notes about what happened. */
async function expectGone(app: TestApp, client: Client, id: string): Promise<void> {
  expect(await tablesWith(app.world, id)).toEqual([]);
  await allDone(app);
  await until(async () => (await messagesWith(app.world, id)).events.some((event) => event.status === 'deleted'));
  const { work, events, dead } = await messagesWith(app.world, id);
  expect(work).toEqual([]);
  const members = [...events, ...dead].flatMap((note) => Object.keys(note));
  expect(members.filter((member) => !NOTED.has(member))).toEqual([]);
  expect(await client.read(id)).toBeNull();
  expect(await tablesWith(app.world, id)).toEqual([]);
}
const NOTED = new Set(
  'v assessment_id session_id status version timestamp proof round code attempts last_error'.split(' '),
);

test('while it waits for a worker: no trace is left, and a worker acks its message', async () => {
  await using world = await createWorld();
  await using api = await startApp({ role: 'api', world });
  const client = await api.client();
  const id = await client.submit();
  await until(async () => (await messagesLeft(api)) === 1);
  expect(await remove(client, id)).toEqual({ assessmentId: id, errors: [] });
  await using _worker = await startApp({ role: 'worker', world });
  await expectGone(api, client, id);
  expect(world.model.calls).toEqual([]);
});

test('in work, with a model that hangs: the call ends within a second, and its subscriptions end', async () => {
  await using app = await startApp();
  const client = await app.client();
  app.world.model.hold();
  const id = await client.submit();
  const [call] = await app.world.model.waitForCalls(1);
  using updates = await follow(app, client, UPDATED, { id });
  await until(() => updates.messages().some(({ type }) => type === 'next'));
  await remove(client, id);
  await app.world.model.waitFor(() => call?.outcome === 'aborted', 'the end of the call', 1_000);
  await until(() => updates.messages().some(({ type }) => type === 'complete' || type === 'error'));
  expect(JSON.stringify(updates.messages().slice(-2))).toContain('NOT_FOUND');
  await expectGone(app, client, id);
  expect(app.world.model.calls).toHaveLength(1);
});

test.each([
  ['completed', 'COMPLETED', []],
  ['failed, with a dead letter', 'FAILED', [refusal()]],
])('%s: no trace is left, and open lists are read again, on other processes as well', async (_title, end, script) => {
  await using app = await startApp();
  await using other = await startApp({ role: 'api', world: app.world });
  const client = await app.client();
  app.world.model.script(script);
  using own = await follow(app, client, FINISHED);
  using foreign = await follow(other, client, FINISHED);
  const id = await client.submit();
  for (const { messages } of [own, foreign]) await until(() => messages().length > 0);
  expect(await client.read(id)).toMatchObject({ status: end });
  await allDone(app);
  await remove(client, id);
  for (const { messages } of [own, foreign]) {
    await until(() => messages().some(({ type }) => type === 'complete'));
    expect(messages().at(-2)?.payload.data.assessmentFinished.errors).toEqual([{ code: 'INVALID_CURSOR' }]);
  }
  await expectGone(app, client, id);
});

test('between two tries, and with untold ends: everything goes with the row', async () => {
  await using app = await startApp();
  const client = await app.client();
  app.world.model.script([status(500, { headers: { 'retry-after': '2' } })]);
  const id = await client.submit();
  await until(async () => (await client.read(id)).version === 3);
  await app.world.sql(
    `INSERT INTO untold_end (assessment_id, version, stream, session_id, status, round) VALUES ($1, 3, 'events', $2, 'failed', 1)`,
    [id, client.sessionId],
  );
  expect(await remove(client, id)).toMatchObject({ assessmentId: id });
  await expectGone(app, client, id);
});

test('an assessment that is gone, foreign or unknown is not found, and its key is free again', async () => {
  await using app = await startApp();
  const [client, stranger] = [await app.client(), await app.client()];
  const id = await client.submit({ idempotencyKey: 'one' });
  await client.completion(id);
  const foreign = await remove(stranger, id);
  expect(foreign).toEqual({ assessmentId: null, errors: [{ code: 'NOT_FOUND' }] });
  expect(await client.read(id)).toMatchObject({ status: 'COMPLETED' });
  await remove(client, id.toUpperCase());
  expect(await remove(client, id)).toEqual(foreign);
  expect(await client.submit({ idempotencyKey: 'one' })).not.toBe(id);
});

test('deleteMyData leaves nothing of the session, closes its sockets and takes the cookie', async () => {
  await using app = await startApp({ env: { SUBMITS_PER_MINUTE: '1000' } });
  await using other = await startApp({ role: 'api', world: app.world });
  const [client, stranger] = [await app.client(), await app.client()];
  const kept = await stranger.submit();
  await stranger.completion(kept);
  const done = await client.submit();
  await client.completion(done);
  app.world.model.hold();
  const open = await client.submit();
  await app.world.model.waitForCalls(3);
  using here = await follow(app, client, FINISHED);
  using there = await follow(other, client, FINISHED);
  // The counts of limits are there as well.
  await until(async () => (await app.world.sql('SELECT 1 FROM rate_bucket')).length > 0);
  const { data, headers } = await client.graphql(DELETE_ALL);
  expect(data).toEqual({ deleteMyData: { assessments: 2 } });
  expect(headers.get('set-cookie')).toMatch(/^sid=; Max-Age=0;/);
  for (const { socket } of [here, there]) expect(await socket.closed).toMatchObject({ code: 4401 });
  for (const id of [done, open, client.sessionId]) expect(await tablesWith(app.world, id)).toEqual([]);
  expect((await client.graphql('{ session { id } }')).data.session).toBeNull();
  await allDone(app);
  expect(await stranger.read(kept)).toMatchObject({ status: 'COMPLETED' });
});

test('what another process stores for a deleted session is deleted when the process stops at the latest', async () => {
  await using world = await createWorld();
  await using worker = await startApp({ role: 'worker', world });
  const api = await startApp({ role: 'api', world });
  const client = await api.client();
  await client.graphql(DELETE_ALL);
  await world.sql(
    `INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch)
     VALUES (gen_random_uuid(), $1, 'wellbeing-check@1', '{}', '', 'late', false)`,
    [client.sessionId],
  );
  await api.close();
  expect(await tablesWith(worker.world, client.sessionId)).toEqual([]);
});

test('a forged message about a deletion ends no list', async () => {
  await using app = await startApp();
  await using observer = await startObserver(app.world.natsUrl);
  const client = await app.client();
  using list = await follow(app, client, FINISHED);
  const { wire } = app.world;
  const gone = '0190a000-0000-7000-8000-000000000000';
  for (const proof of [undefined, '', 'AAAA', 'A'.repeat(43)])
    observer.connection.publish(
      wire.completed(client.sessionId, gone),
      JSON.stringify({ v: 1, assessment_id: gone, status: 'deleted', version: 2, proof }),
    );
  await observer.connection.flush();
  const id = await client.submit();
  await until(() => list.messages().length > 0);
  expect(list.messages().map(({ payload }) => payload.data.assessmentFinished.assessment.id)).toEqual([id]);
});
