import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { ASSESSMENT_ID, startFakeServer, viewOf } from './fake-server.ts';
import { openSocket } from './socket.ts';
import { openStream } from './stream.ts';

/** Shorter than the default of 12 s. */
const PING_MS = 300;
/** Long enough for a flood to fill the buffers of the kernel, some megabytes, before the socket is closed. */
const FLOOD_PING_MS = 1_500;
const MEGABYTE = 1024 * 1024;
const QUERY = `subscription { recommendationCompleted(assessmentId: "${ASSESSMENT_ID}") { assessment { answers } } }`;

describe('a client that never reads takes less than 1 MB, whatever it sends, and its socket is closed:', () => {
  type Flood = { of: string; frame: (index: number) => Buffer; characters?: number; count?: number; unanswered?: true };

  const floods: Flood[] = [
    { of: 'subscriptions', frame: (index) => text(subscribe(index, QUERY)), characters: 100_000 },
    {
      of: 'subscriptions with large events',
      frame: (index) => text(subscribe(index, QUERY)),
      characters: 500_000,
    },
    { of: 'broken subscriptions', frame: (index) => text(subscribe(index, 'subscription {')), count: 40_000 },
    {
      of: 'one subscription, completed at once',
      frame: () => text(subscribe(1, QUERY), { id: '1', type: 'complete' }),
      characters: 100_000,
      unanswered: true,
    },
    {
      of: 'pings of the protocol',
      frame: () => text({ type: 'ping', payload: { x: 'x'.repeat(15_000) } }),
      count: 8_000,
    },
    // The rate limit lets through no more of them than the kernel buffers.
    { of: 'pings of WebSocket', frame: () => frame(0x89, 'x'.repeat(125)), count: 200_000, unanswered: true },
  ];

  test.each(floods)(
    'a flood of $of',
    { timeout: 60_000 },
    async ({ frame: make, characters = 10, count = 5_000, unanswered = false }) => {
      await using server = await startFakeServer({ pingMs: FLOOD_PING_MS });
      server.become(viewOf('completed', characters));
      const socket = await handshake(server.url);
      const watch = watchBacklog(server.ends[0] as never);
      // Unsolicited pongs, so that the client looks alive.
      const pongs = setInterval(() => socket.write(frame(0x8a, 'alive')), 20);
      for (let index = 0; index < count && !socket.destroyed; index++)
        if (!socket.write(make(index)))
          await until(() => !socket.writableNeedDrain || socket.destroyed, { timeoutMs: 30_000 });
      await until(() => server.ends[0]?.destroyed, { timeoutMs: 30_000 });
      clearInterval(pongs);
      // Otherwise the kernel has buffered everything, and the test proves nothing.
      expect(watch.most() > 0 || unanswered).toBe(true);
      expect(watch.most()).toBeLessThan(MEGABYTE);
      await until(() => server.hub.followed === 0);
      socket.destroy();
    },
  );

  test('100 subscriptions that all end in the same moment', { timeout: 60_000 }, async () => {
    await using server = await startFakeServer({ pingMs: FLOOD_PING_MS });
    const socket = await handshake(server.url);
    for (let index = 0; index < 99; index++) socket.write(text(subscribe(index, QUERY)));
    socket.write(text(subscribe(99, QUERY)));
    await until(() => server.hub.followed === 1);
    const watch = watchBacklog(server.ends[0] as never);
    server.become(viewOf('completed', 500_000));
    server.hub.hint(ASSESSMENT_ID);
    await until(() => server.ends[0]?.destroyed, { timeoutMs: 30_000 });
    expect(watch.most()).toBeGreaterThan(0);
    expect(watch.most()).toBeLessThan(MEGABYTE);
    socket.destroy();
  });
});

test('a slow client gets all events complete', { timeout: 60_000 }, async () => {
  await using server = await startFakeServer({ pingMs: 10_000 });
  await using socket = await openSocket(server.url);
  for (let index = 0; index < 100; index++) socket.subscribe(String(index), QUERY);
  await until(() => server.hub.followed === 1);
  // The client pauses and reads in turns, so that the backlog fills and drains many times.
  const resume = setInterval(() => (socket.ws.isPaused ? socket.ws.resume() : socket.ws.pause()), 20);
  server.become(viewOf('completed', 300_000));
  server.hub.hint(ASSESSMENT_ID);
  await until(() => socket.messages.filter(({ type }) => type === 'complete').length === 100, { timeoutMs: 40_000 });
  clearInterval(resume);
  if (socket.ws.isPaused) socket.ws.resume();
  for (let index = 0; index < 100; index++) {
    const [next, complete, ...more] = socket.of(String(index));
    expect(next.payload.data.recommendationCompleted.assessment.answers.note).toHaveLength(300_000);
    expect([complete.type, ...more]).toEqual(['complete']);
  }
  // The server also reads from the client again.
  socket.send({ type: 'ping' });
  await socket.message(({ type }) => type === 'pong');
});

describe('a peer', () => {
  test('that sends pongs stays, and the socket of one that does not is closed within three pings', async () => {
    await using server = await startFakeServer({ pingMs: PING_MS });
    await using good = await openSocket(server.url);
    let pings = 0;
    good.ws.on('ping', () => pings++);
    const silent = await handshake(server.url);
    silent.resume();
    const before = pings;
    await until(() => silent.closed || silent.destroyed);
    expect(pings - before).toBeLessThanOrEqual(3);
    const then = pings;
    await until(() => pings >= then + 4);
    expect(good.ws.readyState).toBe(good.ws.OPEN);
  });

  test('that sends only pongs with another payload than the pings is disconnected', async () => {
    await using server = await startFakeServer({ pingMs: PING_MS });
    const liar = await handshake(server.url);
    liar.resume();
    const pongs = setInterval(() => liar.write(frame(0x8a, '12345678')), 20);
    await until(() => liar.closed || liar.destroyed);
    clearInterval(pongs);
    expect(server.ends[0]?.destroyed).toBe(true);
  });
});

test('a request without traffic is cut after the time-out; a WebSocket and an idle keep-alive connection are not', async () => {
  await using server = await startFakeServer({ silenceMs: PING_MS });
  await using socket = await openSocket(server.url);
  const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
  const responses: string[] = [];
  idle.on('data', (chunk: Buffer) => responses.push(chunk.toString()));
  const ask = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
  idle.write(ask);
  await until(() => responses.length === 1);
  const stream = await openStream(server.url, { cookie: '', query: QUERY, variables: {} });
  expect(stream.status).toBe(200);
  expect(await stream.ended).toBe(false);
  await until(() => server.hub.followed === 0);
  idle.write(ask);
  await until(() => responses.length === 2);
  expect(responses[1]).toMatch(/^HTTP\/1\.1 200 /);
  expect(socket.ws.readyState).toBe(socket.ws.OPEN);
  idle.destroy();
});

const subscribe = (index: number, query: string) => ({ id: String(index), type: 'subscribe', payload: { query } });

/** The largest number of bytes that the server's end of a socket has held for the client. */
function watchBacklog(end: Socket): { most: () => number } {
  let most = 0;
  const look = (): void => {
    most = Math.max(most, end.writableLength);
    if (!end.destroyed) setImmediate(look);
  };
  look();
  return { most: () => most };
}

/** An acknowledged client that does not read until `resume`. */
async function handshake(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {}); // the server closes it
  socket.write(
    [
      'GET /graphql HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n'),
  );
  socket.write(text({ type: 'connection_init' }));
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  await until(() => received.includes('connection_ack'));
  socket.pause();
  return socket;
}

/** Messages as masked text frames. The mask is zero, so the payload is unchanged. */
function text(...messages: object[]): Buffer {
  return Buffer.concat(messages.map((message) => frame(0x81, JSON.stringify(message))));
}

function frame(first: number, payload: string): Buffer {
  const { length } = payload;
  const head = length < 126 ? [first, 0x80 | length] : [first, 0xfe, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), Buffer.from(payload)]);
}
