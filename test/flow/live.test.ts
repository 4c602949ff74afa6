import { describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type Client, type Loose } from '../support/client.ts';
import { delay, slowStream, status as answersWith } from '../support/model-behaviours.ts';
import { openSocket } from '../server/socket.ts';
import { openStream } from '../server/stream.ts';
import { until } from '../support/wait.ts';

const UPDATED = `subscription Updated($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment {
  id status version queuePosition estimatedWaitSeconds draft { summary recommendations { title action } }
  result { summary recommendations { title action } } } } }`;
const FINISHED = `subscription Finished($after: String) { assessmentFinished(after: $after) {
  cursor assessment { id status version } errors { code message } } }`;

/** Subscribes over a socket of its own and collects the events. */
async function follow(app: TestApp, client: Client, query: string, variables: unknown) {
  const socket = await openSocket(app.url, { cookie: client.cookie });
  socket.subscribe('1', query, variables);
  const events = (): Loose[] => socket.of('1').flatMap(({ type, payload }) => (type === 'next' ? [payload.data] : []));
  const completed = (): boolean => socket.of('1').some(({ type }) => type === 'complete');
  const states = (): Loose[] => events().map(({ assessmentUpdated }) => assessmentUpdated.assessment);
  return { socket, events, states, completed, leave: () => socket.ws.terminate() };
}

async function followByStream(app: TestApp, { cookie }: Client, query: string, variables: unknown) {
  const { events, leave } = await openStream(app.url, { cookie, query, variables });
  return { states: (): Loose[] => events().map(({ data }) => data.assessmentUpdated.assessment), leave };
}

const cursorOf = async (client: Client): Promise<string> => {
  const { data } = await client.graphql('{ session { cursor } }');
  return data.session.cursor;
};

test('a subscriber sees its place in the queue fall, and the end', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '1' } });
  const client = await app.client();
  app.world.model.hold();
  const ids = [await client.submit(), await client.submit(), await client.submit()];
  await app.world.model.waitForCalls(1);
  const [, , last = ''] = ids;
  const { states, completed, leave } = await follow(app, client, UPDATED, { id: last });
  await until(() => states().some(({ queuePosition }) => queuePosition === 2));
  expect(states()[0]).toMatchObject({ id: last, status: 'SUBMITTED', version: 1 });
  app.world.model.release(1);
  await until(() => states().some(({ queuePosition }) => queuePosition === 1));
  app.world.model.release();
  await until(completed);
  const statuses = states().map(({ status }) => status);
  expect([...new Set(statuses)]).toEqual(expect.arrayContaining(['SUBMITTED', 'COMPLETED']));
  expect(states().at(-1)).toMatchObject({ status: 'COMPLETED', version: 3, queuePosition: null, draft: null });
  expect(states().at(-1).result.summary).not.toBe('');
  leave();
});

test('the start is shown also without a progress message', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '1' } });
  const client = await app.client();
  app.world.model.hold();
  const ids = [await client.submit(), await client.submit()];
  await app.world.model.waitForCalls(1);
  const { states, leave } = await follow(app, client, UPDATED, { id: ids[1] });
  await until(() => states().length > 0);
  app.world.model.release(1);
  await until(() => states().some(({ status, version }) => status === 'PROCESSING' && version === 2));
  app.world.model.release();
  await until(() => states().at(-1)?.status === 'COMPLETED');
  expect(states().map(({ version }) => version)).toEqual(expect.arrayContaining([1, 2, 3]));
  leave();
});

describe('an assessment that was submitted with `watch`', () => {
  test.each(['a socket', 'an event stream'])(
    'shows recommendations one by one over %s while the model writes',
    async (by) => {
      await using app = await startApp();
      app.world.model.script(() => slowStream(40));
      const client = await app.client();
      const id = await client.submit({ watch: true });
      const follower = await (by === 'a socket' ? follow : followByStream)(app, client, UPDATED, { id });
      await until(() => follower.states().at(-1)?.status === 'COMPLETED', { timeoutMs: 30_000 });
      const [call] = app.world.model.callsFor(id);
      expect(call).toMatchObject({ stream: true, charged: 'yes' });
      const drafts = follower.states().flatMap(({ draft }) => (draft === null ? [] : [draft]));
      const { result } = follower.states().at(-1);
      // Drafts came while the model wrote, and their recommendations equal those of the result.
      expect(drafts.length).toBeGreaterThanOrEqual(2);
      for (const draft of drafts) {
        expect(result.recommendations).toEqual(expect.arrayContaining(draft.recommendations));
        expect([null, result.summary]).toContain(draft.summary);
      }
      expect(drafts.map(({ recommendations }) => recommendations.length)).toContain(1);
      follower.leave();
    },
  );

  test('shows the start, and the wait for a retry', async () => {
    await using app = await startApp();
    const { model } = app.world;
    model.script([answersWith(500)]);
    model.hold();
    const client = await app.client();
    const id = await client.submit({ watch: true });
    const { states, leave } = await follow(app, client, UPDATED, { id });
    await model.waitForCalls(1);
    await until(() => states().some(({ version }) => version === 2));
    model.release(1);
    await until(() => states().some(({ version, status }) => version === 3 && status === 'SUBMITTED'));
    model.release();
    await until(() => states().at(-1)?.status === 'COMPLETED', { timeoutMs: 30_000 });
    expect(states().at(-1)).toMatchObject({ version: 5 });
    leave();
  });

  test('without `watch` the call of the model is not streamed', async () => {
    await using app = await startApp();
    const client = await app.client();
    const id = await client.submit({ watch: false });
    await client.completion(id);
    expect(app.world.model.callsFor(id)).toMatchObject([{ stream: false }]);
  });
});

test('a query returns the places in the queue, too', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '1' } });
  const client = await app.client();
  app.world.model.hold();
  await client.submit();
  await app.world.model.waitForCalls(1);
  const ids = [await client.submit(), await client.submit()];
  const { data } = await client.graphql(
    '{ session { assessments { nodes { id status queuePosition estimatedWaitSeconds } } } }',
  );
  expect(data.session.assessments.nodes).toMatchObject([
    { id: ids[1], queuePosition: 2, estimatedWaitSeconds: null },
    { id: ids[0], queuePosition: 1 },
    { status: 'PROCESSING', queuePosition: null },
  ]);
  app.world.model.release();
});

describe('the ends of a session', () => {
  test('come with a cursor each, from which another process goes on', async () => {
    await using app = await startApp();
    await using other = await startApp({ role: 'api', world: app.world });
    const client = await app.client();
    const cursor = await cursorOf(client);
    const first = await follow(app, client, FINISHED, { after: cursor });
    const ids = [await client.submit(), await client.submit()];
    await until(() => first.events().length === 2);
    expect(first.events().map(({ assessmentFinished }) => assessmentFinished.assessment.id)).toEqual(
      expect.arrayContaining(ids),
    );
    expect(first.completed()).toBe(false);
    first.leave();
    const missed = [await client.submit(), await client.submit()];
    await Promise.all(missed.map((id) => client.completion(id)));
    const { cursor: last } = first.events().at(-1).assessmentFinished;
    const second = await follow(other, client, FINISHED, { after: last });
    const seen = (): string[] => second.events().map(({ assessmentFinished }) => assessmentFinished.assessment.id);
    await until(() => missed.every((id) => seen().includes(id)));
    expect(seen()).toEqual([...new Set(seen())]);
    const live = await client.submit();
    await until(() => seen().includes(live));
    second.leave();
  });

  test('do not include those of other sessions', async () => {
    await using app = await startApp();
    const [mine, theirs] = [await app.client(), await app.client()];
    const { events, leave } = await follow(app, mine, FINISHED, { after: await cursorOf(mine) });
    await theirs.completion(await theirs.submit());
    const id = await mine.submit();
    await until(() => events().length > 0);
    expect(events().map(({ assessmentFinished }) => assessmentFinished.assessment.id)).toEqual([id]);
    leave();
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['empty', ''],
    ['very long', 'x'.repeat(5_000)],
    ['of another history', Buffer.from('00000000000000aa.5').toString('base64url')],
  ])(
    'after a cursor that is %s: the error INVALID_CURSOR refers to the list, and the subscription completes',
    async (_, after) => {
      await using app = await startApp();
      const client = await app.client();
      const { events, completed } = await follow(app, client, FINISHED, { after });
      await until(completed);
      expect(events()).toMatchObject([
        {
          assessmentFinished: {
            cursor: null,
            assessment: null,
            errors: [{ code: 'INVALID_CURSOR', message: expect.stringContaining('assessments') }],
          },
        },
      ]);
    },
  );
});

describe('over an event stream', () => {
  test('each event has an id, and `Last-Event-ID` takes precedence over `after`', async () => {
    await using app = await startApp();
    const client = await app.client();
    const cursor = await cursorOf(client);
    const one = await client.submit();
    await client.completion(one);
    const stream = await openStream(app.url, { cookie: client.cookie, query: FINISHED, variables: { after: cursor } });
    await until(() => stream.events().length === 1);
    const { cursor: next } = stream.events()[0].data.assessmentFinished;
    expect(stream.text()).toContain(`event: next\nid: ${next}\ndata: `);
    stream.leave();
    const again = await openStream(app.url, {
      cookie: client.cookie,
      query: FINISHED,
      variables: { after: 'nonsense' },
      headers: { 'last-event-id': cursor },
    });
    await until(() => again.events().length === 1);
    expect(again.events()[0].data.assessmentFinished.assessment.id).toBe(one);
    again.leave();
  });

  test('a subscriber gets the end, and the stream completes', async () => {
    await using app = await startApp();
    app.world.model.script(() => delay(300));
    const client = await app.client();
    const id = await client.submit();
    const stream = await openStream(app.url, { cookie: client.cookie, query: UPDATED, variables: { id } });
    expect(await stream.ended).toBe(true);
    const states = stream.events().map(({ data }) => data.assessmentUpdated.assessment);
    expect(states.at(-1)).toMatchObject({ id, status: 'COMPLETED', version: 3 });
    expect(stream.text()).toMatch(/event: next\nid: 3\ndata: .*\n\nevent: complete/);
  });
});

test.each([UPDATED, 'subscription($id: ID!) { recommendationCompleted(assessmentId: $id) { assessment { id } } }'])(
  'foreign, unknown and malformed ids are refused, and the socket stays open',
  async (query) => {
    await using app = await startApp();
    const [mine, theirs] = [await app.client(), await app.client()];
    const socket = await openSocket(app.url, { cookie: mine.cookie });
    const foreign = await theirs.submit();
    const cases = [
      [foreign, 'NOT_FOUND'],
      ['0190a000-0000-7000-8000-000000000000', 'NOT_FOUND'],
      ['nonsense', 'BAD_USER_INPUT'],
    ] as const;
    for (const [index, [id, code]] of cases.entries()) {
      socket.subscribe(`s${index}`, query, { id });
      const { payload, type } = await socket.message((message) => message.id === `s${index}`);
      const errors = type === 'error' ? payload : payload.errors;
      expect(errors).toMatchObject([{ extensions: { code } }]);
    }
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    socket.ws.terminate();
  },
);

const isNear = (shown: number | null | undefined, truth: number | null | undefined): boolean =>
  typeof shown === 'number' && typeof truth === 'number'
    ? Math.abs(shown - truth) <= Math.max(1, truth / 20)
    : shown === truth;

test('with 500 waiting assessments each place is right within one or 5 % while work goes on', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '5' } });
  const { model } = app.world;
  const client = await app.client();
  model.hold();
  const ids: string[] = [];
  // One after another: of submissions at the same moment, any one may be stored first.
  while (ids.length < 505) ids.push(await client.submit());
  await model.waitForCalls(5);
  const socket = await openSocket(app.url, { cookie: client.cookie });
  const followed = [5, 6, 100, 300, 504];
  for (const index of followed) socket.subscribe(String(index), UPDATED, { id: ids[index] });
  const shown = (index: number): Loose =>
    socket.of(String(index)).findLast(({ type }) => type === 'next')?.payload.data.assessmentUpdated.assessment;
  for (const released of [0, 1, 40, 100]) {
    while (model.calls.length < released + 5) {
      model.release(1);
      await model.waitForCalls(model.calls.length + 1);
    }
    const places = followed.map((index) => (index < released + 5 ? null : index - released - 4));
    await until(() => followed.every((index, nth) => isNear(shown(index)?.queuePosition, places[nth])), {
      label: `places ${places.join()} after ${released}`,
    });
  }
  expect(shown(504)).toMatchObject({ status: 'SUBMITTED', version: 1, draft: null });
  model.release();
  socket.ws.terminate();
});
