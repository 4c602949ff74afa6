import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { COMPLETED } from '../support/client.ts';
import { ASSESSMENT_ID } from './fake-server.ts';
import { startMeasuredServer } from './measured-server.ts';
import { openSocket } from './socket.ts';
import { openStream } from './stream.ts';

const COUNT = 300;
/** Measured: 2.95 to 3.01. With closures and timers for each socket, and graphql's own `subscribe`, it was 5. */
const RATIO_MAX = 3.3;

test('an idle subscription takes less than 3.3 times the memory of a bare WebSocket', async () => {
  await using servers = await startMeasuredServer();
  const openBare = () => socketTo(servers.bare);
  const openSubscribed = async () => {
    const socket = await openSocket(servers.product);
    socket.subscribe(randomUUID(), COMPLETED, { id: randomUUID() });
    socket.send({ type: 'ping' });
    await socket.message(({ type }) => type === 'pong');
    return () => closed(socket);
  };
  // A first round warms up code and caches, which stay in memory.
  await servers.growth(COUNT, openBare);
  await servers.growth(COUNT, openSubscribed);
  const bare = await servers.growth(COUNT, openBare);
  expect((await servers.growth(COUNT, openSubscribed)) / bare).toBeLessThan(RATIO_MAX);
});

type Socket = Awaited<ReturnType<typeof openSocket>>;

const socketTo = async (url: string) => {
  const socket = await openSocket(url);
  return () => closed(socket);
};

function closed({ ws, closed: whenClosed }: Socket): Promise<unknown> {
  ws.terminate();
  return whenClosed;
}

const BALLAST = { list: Array.from({ length: 4_500 }, () => ({})) };
const COMMENTS = '#\n'.repeat(4_500);
type Ballast = { payload?: object; message?: object; init?: object; traceparent?: string; query?: string };

/** Each takes about 15 KB on the wire, and more than 100 KB when parsed. */
const ballasts: Record<string, Ballast> = {
  'undeclared variables': { payload: { variables: { id: ASSESSMENT_ID, ...BALLAST } } },
  'extensions of the operation': { payload: { extensions: BALLAST } },
  'unknown members of the payload': { payload: { other: BALLAST } },
  'unknown members of the message': { message: { other: BALLAST } },
  'comments of the document': { query: COMMENTS + COMPLETED },
  'white space of the document': { query: COMPLETED + ' '.repeat(14_000) },
  'members of connection_init': { init: BALLAST },
  'a traceparent of 12 KB': { traceparent: 'x'.repeat(12_000) },
};

/** A fifth of the size on the wire, and a thirtieth of the size when parsed. */
const KEPT_BYTES_MAX = 3_000;

test('a subscription over a socket keeps none of the text and values that its operation does not use', async () => {
  await using servers = await startMeasuredServer();
  const open =
    ({ payload, message, init, traceparent, query = COMPLETED }: Ballast) =>
    async () => {
      const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
      const socket = await openSocket(servers.product, { headers, ...(init === undefined ? {} : { init }) });
      const subscription = { query, variables: { id: ASSESSMENT_ID }, ...payload };
      socket.send({ id: '1', type: 'subscribe', payload: subscription, ...message });
      socket.send({ type: 'ping' });
      await socket.message(({ type }) => type === 'pong');
      expect(socket.of('1')).toEqual([]);
      return () => closed(socket);
    };
  await servers.growth(50, open({}));
  const plain = await servers.growth(50, open({}));
  for (const [name, ballast] of Object.entries(ballasts))
    expect((await servers.growth(50, open(ballast))) - plain, name).toBeLessThan(KEPT_BYTES_MAX);
});

test('an event stream keeps neither undeclared variables nor extensions', async () => {
  await using servers = await startMeasuredServer();
  const open = (body: object) => async () => {
    const stream = await openStream(servers.product, { cookie: '', id: ASSESSMENT_ID, body });
    return () => stream.leave();
  };
  await servers.growth(50, open({}));
  const plain = await servers.growth(50, open({}));
  for (const [name, body] of Object.entries({
    'undeclared variables': { variables: { id: ASSESSMENT_ID, ...BALLAST } },
    extensions: { extensions: BALLAST },
  }))
    expect((await servers.growth(50, open(body))) - plain, name).toBeLessThan(KEPT_BYTES_MAX);
});
