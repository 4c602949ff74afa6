import { connect } from 'nats';
import { describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED, type Client, type Loose } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { metricsOf } from '../support/metrics.ts';
import { ASSESSMENT_ID, startFakeServer, viewOf } from './fake-server.ts';
import { openSocket } from './socket.ts';
import { openStream } from './stream.ts';

/** A subscriber to the end of an assessment, over one of the transports. */
type Watcher = { events: () => Loose[]; completed: () => boolean; ended: () => Promise<unknown>; leave: () => void };

const transports: Record<string, (url: string, client: { cookie: string }, id: string) => Promise<Watcher>> = {
  'a socket': async (url, { cookie }, id) => {
    const socket = await openSocket(url, { cookie });
    socket.subscribe('1', COMPLETED, { id });
    const completed = (): boolean => socket.of('1').some(({ type }) => type === 'complete');
    return {
      events: () => socket.of('1').flatMap(({ type, payload }) => (type === 'next' ? [payload] : [])),
      completed,
      ended: () => until(completed, { timeoutMs: 15_000 }),
      leave: () => socket.ws.terminate(),
    };
  },
  'an event stream by POST': async (url, { cookie }, id) => watchStream(await openStream(url, { cookie, id })),
  'an event stream by GET': async (url, { cookie }, id) =>
    watchStream(await openStream(url, { cookie, id, method: 'GET' })),
};

function watchStream(stream: Awaited<ReturnType<typeof openStream>>): Watcher {
  const completed = (): boolean => stream.text().endsWith('event: complete\ndata:\n\n');
  return {
    events: stream.events,
    completed,
    ended: () => until(completed, { timeoutMs: 15_000 }),
    leave: stream.leave,
  };
}

/** The events of each watcher until its subscription completes. */
async function eventsOfAll(watchers: Watcher[]): Promise<Loose[][]> {
  await Promise.all(watchers.map(({ ended }) => ended()));
  for (const { leave } of watchers) leave();
  return watchers.map(({ events }) => events());
}

/** For each watcher one event: the ended row. */
async function endFor(client: Client, id: string, watchers: Watcher[]): Promise<Loose[][]> {
  const { version, round } = await client.read(id);
  const assessment = expect.objectContaining({ id, status: 'COMPLETED', version, round });
  return watchers.map(() => [{ data: { recommendationCompleted: { assessment } } }]);
}

async function metric({ probesUrl }: TestApp, name: string): Promise<number> {
  const text = await metricsOf({ probesUrl });
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

describe.each(Object.keys(transports))('%s', (name) => {
  const watch = transports[name] as (typeof transports)[string];

  test('subscribed before the end gets the end once, then completes', async () => {
    await using app = await startApp();
    const client = await app.client();
    app.world.model.hold();
    const id = await client.submit();
    const watchers = await Promise.all([1, 2, 3].map(() => watch(app.url, client, id)));
    await app.world.model.waitForCalls(1);
    expect(watchers.map(({ events }) => events())).toEqual([[], [], []]);
    app.world.model.release();
    expect(await eventsOfAll(watchers)).toEqual(await endFor(client, id, watchers));
    expect(await metric(app, 'assay_push_missed_by_hint_total')).toBe(0);
  });

  test('subscribed at any moment while the assessment ends gets the end once', { timeout: 60_000 }, async () => {
    await using app = await startApp({ env: { MAX_SOCKETS_PER_SESSION: '0' } });
    const client = await app.client();
    const watchers: { id: string; watcher: Watcher }[] = [];
    for (let round = 0; round < 15; round++) {
      const id = await client.submit();
      // Each subscription takes some milliseconds, as the steps of the work do: together they cover all of its moments.
      for (let index = 0; index < 6; index++) watchers.push({ id, watcher: await watch(app.url, client, id) });
    }
    for (const { id, watcher } of watchers)
      expect(await eventsOfAll([watcher])).toEqual(await endFor(client, id, [watcher]));
  });

  test('subscribed after the end gets it at once', async () => {
    await using app = await startApp();
    const client = await app.client();
    const id = await client.submit();
    await client.completion(id);
    const watchers = await Promise.all([1, 2].map(() => watch(app.url, client, id)));
    expect(await eventsOfAll(watchers)).toEqual(await endFor(client, id, watchers));
  });
});

/** Ends an assessment as the worker's statement does, but without a hint. */
const endSilently = (app: TestApp, id: string) =>
  app.world.sql(
    `WITH ended AS (UPDATE test_assessment SET status = 'completed', version = version + 1, started_at = now(),
       ended_at = now(), ended_xid = pg_current_xact_id() WHERE id = $1 RETURNING id, round)
     INSERT INTO result_test (assessment_id, round, summary, recommendations, scores, model, prompt_version)
     SELECT id, round, 'Found by the sweep.', '[]', '[]', 'none', '0' FROM ended`,
    [id],
  );

test('the sweep delivers an end whose hint was lost, and counts it once', { timeout: 60_000 }, async () => {
  await using app = await startApp({ role: 'api' });
  const client = await app.client();
  const id = await client.submit();
  const watchers = await Promise.all(Object.values(transports).map((watch) => watch(app.url, client, id)));
  const alone = await client.submit();
  await Promise.all([endSilently(app, id), endSilently(app, alone)]);
  const ended = performance.now();
  expect(await eventsOfAll(watchers)).toEqual(await endFor(client, id, watchers));
  // Usually within 6 s; the rest is for a busy machine.
  expect(performance.now() - ended).toBeLessThan(10_000);
  expect(await metric(app, 'assay_push_missed_by_hint_total')).toBe(1);
});

test('a forged hint changes nothing: only the content of the row is pushed', async () => {
  await using app = await startApp();
  const client = await app.client();
  const other = await app.client();
  app.world.model.hold();
  const id = await client.submit();
  const watchers = await Promise.all(Object.values(transports).map((watch) => watch(app.url, client, id)));
  const control = await client.submit();
  const controlled = await transports['a socket']?.(app.url, client, control);
  await app.world.model.waitForCalls(2);
  await endSilently(app, control);
  const nats = await connect({ servers: app.world.natsUrl });
  const forged = JSON.stringify({
    v: 1,
    assessment_id: id,
    session_id: other.sessionId,
    status: 'completed',
    version: 99,
    result: { summary: 'You won.' },
    assessment: { id, status: 'completed', result: { summary: 'You won.' } },
  });
  for (const payload of [forged, '', '{', 'null', '\xff'])
    for (const session of [client.sessionId, other.sessionId, 'x'])
      nats.publish(app.world.wire.completed(session, id), payload);
  // Hints arrive in the order of sending: after the effect of this one, the others have been handled.
  nats.publish(app.world.wire.completed(client.sessionId, control));
  await nats.drain();
  await controlled?.ended();
  expect(watchers.flatMap(({ events }) => events())).toEqual([]);
  expect(watchers.some(({ completed }) => completed())).toBe(false);

  app.world.model.release();
  expect(await eventsOfAll(watchers)).toEqual(await endFor(client, id, watchers));
  expect(JSON.stringify(watchers.map(({ events }) => events()))).not.toContain('You won.');
});

describe('a client that leaves', () => {
  test.each(Object.keys(transports))('leaves no subscriber behind, and is not counted any more: %s', async (name) => {
    const watch = transports[name] as (typeof transports)[string];
    await using server = await startFakeServer();
    const transport = name === 'a socket' ? 'websocket' : 'sse';
    const watchers = await Promise.all([1, 2, 3].map(() => watch(server.url, { cookie: '' }, ASSESSMENT_ID)));
    await until(async () => (await server.counted(transport)) === 3);
    expect(server.hub.followed).toBe(1);
    for (const { leave } of watchers) leave();
    await until(() => server.hub.followed === 0);
    await until(async () => (await server.counted(transport)) === 0);
  });

  test('by "complete" gets no more events of it, while another subscription of the same socket goes on', async () => {
    await using server = await startFakeServer();
    await using socket = await openSocket(server.url);
    socket.subscribe('1', COMPLETED, { id: ASSESSMENT_ID });
    socket.subscribe('2', COMPLETED, { id: ASSESSMENT_ID });
    await until(async () => (await server.counted('websocket')) === 2);
    socket.send({ id: '1', type: 'complete' });
    await until(async () => (await server.counted('websocket')) === 1);
    server.become(viewOf('failed'));
    server.hub.hint(ASSESSMENT_ID);
    await socket.message(({ type }) => type === 'complete');
    expect(socket.of('1')).toEqual([]);
    expect(socket.of('2').map(({ type }) => type)).toEqual(['next', 'complete']);
    expect(server.hub.followed).toBe(0);
  });

  test('before its subscription has begun leaves no subscriber behind: a socket', async () => {
    await using server = await startFakeServer();
    const release = server.hold();
    const socket = await openSocket(server.url);
    socket.subscribe('1', COMPLETED, { id: ASSESSMENT_ID });
    await until(() => server.hub.followed === 1);
    socket.ws.terminate();
    await until(() => server.ends[0]?.closed);
    release();
    await until(() => server.hub.followed === 0);
    await until(async () => (await server.counted('websocket')) === 0);
    expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
  });

  test('before its subscription has begun leaves no subscriber behind: an event stream', async () => {
    await using server = await startFakeServer();
    const release = server.hold();
    const leaving = new AbortController();
    const query = COMPLETED.replace('($id: ID!)', '').replace('$id', JSON.stringify(ASSESSMENT_ID));
    const response = fetch(`${server.url}/graphql?${new URLSearchParams({ query })}`, {
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    });
    await until(() => server.hub.followed === 1);
    leaving.abort();
    await expect(response).rejects.toThrow('aborted');
    await until(async () => (await server.closed()) === 1);
    release();
    await until(() => server.hub.followed === 0);
    expect(await server.counted('sse')).toBe(0);
  });

  test('by closing its socket leaves no subscriber behind of subscriptions that shared an id', async () => {
    await using server = await startFakeServer();
    await using socket = await openSocket(server.url);
    const release = server.hold();
    for (let index = 0; index < 3; index++) {
      socket.subscribe('same', COMPLETED, { id: ASSESSMENT_ID });
      if (index < 2) socket.send({ id: 'same', type: 'complete' });
    }
    await until(async () => (await server.counted('websocket')) === 3);
    release();
    socket.send({ type: 'ping' });
    await socket.message(({ type }) => type === 'pong');
    expect(await server.counted('websocket')).toBe(3);
    socket.ws.terminate();
    await until(() => server.hub.followed === 0);
    await until(async () => (await server.counted('websocket')) === 0);
  });
});

test.each(Object.keys(transports))(
  'an error after the start is an event with its code, and the end: %s',
  async (name) => {
    const watch = transports[name] as (typeof transports)[string];
    await using server = await startFakeServer();
    server.away(true);
    const watchers = await Promise.all([1, 2].map(() => watch(server.url, { cookie: '' }, ASSESSMENT_ID)));
    await until(async () => (await server.counted(name === 'a socket' ? 'websocket' : 'sse')) === 2);
    server.become({ ...viewOf('submitted'), sessionId: 'another-session' });
    server.away(false);
    // Only now the row can be read, and shows another session's assessment.
    server.hub.swept([]);
    const refused = { message: expect.any(String), extensions: { code: 'NOT_FOUND', requestId: expect.any(String) } };
    expect(await eventsOfAll(watchers)).toEqual([
      [{ errors: [expect.objectContaining(refused)] }],
      [expect.anything()],
    ]);
    expect(server.hub.followed).toBe(0);
  },
);

describe('an event stream', () => {
  test('has the headers that switch off the buffers of proxies, and begins at once', async () => {
    await using server = await startFakeServer();
    const stream = await openStream(server.url, { cookie: '', id: ASSESSMENT_ID });
    expect(Object.fromEntries(stream.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await until(() => stream.text() === ':\n');
    stream.leave();
  });

  test('carries the result of a query that accepts nothing else', async () => {
    await using app = await startApp({ role: 'api' });
    const response = await fetch(`${app.url}/graphql?query={session{id}}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(await response.text()).toBe(':\nevent: next\ndata: {"data":{"session":null}}\n\nevent: complete\ndata:\n\n');
  });

  test('without a session is an event with UNAUTHENTICATED, and the end', async () => {
    await using app = await startApp({ role: 'api' });
    const stream = await openStream(app.url, { cookie: '', id: ASSESSMENT_ID });
    expect(await stream.ended).toBe(true);
    expect(stream.events()).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
    expect(stream.text()).toMatch(/event: complete\ndata:\n\n$/);
  });
});
