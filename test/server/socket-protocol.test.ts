import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED, socketUrl, type Client } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { metricsOf } from '../support/metrics.ts';
import { paramsOf, tooComplex } from './bombs.ts';
import { head, rawResponse, refusalOf } from './requests.ts';
import { openSocket, type SocketOptions } from './socket.ts';

let app: TestApp;
let client: Client;
/** An assessment that never ends, since there is no worker. */
let id: string;

beforeAll(async () => {
  app = await startApp({ role: 'api', env: { MAX_SOCKETS_PER_SESSION: '1000' } });
  client = await app.client();
  id = await client.submit();
});
afterAll(() => app.close());

const INIT = { type: 'connection_init' };
const subscribe = (payload: unknown, name: unknown = '1') => ({ id: name, type: 'subscribe', payload });
const VALID = { query: COMPLETED, variables: { id: '0190a000-0000-7000-8000-000000000000' } };

/** The value of a gauge of the process. */
async function open(gauge: 'assay_sockets_open' | 'assay_subscriptions_open{transport="websocket"}'): Promise<number> {
  const text = await metricsOf(app);
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${gauge} `))
      ?.split(' ')[1] ?? 0,
  );
}

describe('a client that breaks the protocol is closed with the code for it:', () => {
  test.each<[string, unknown[], number]>([
    ['a subscription before the acknowledgement', [subscribe(VALID)], 4401],
    ['two initialisations', [INIT, INIT], 4429],
    ['a text that is not JSON', ['{'], 4400],
    ['a number', ['1'], 4400],
    ['a list', ['[]'], 4400],
    ['no type', [{}], 4400],
    ['a type that is a number', [{ type: 1 }], 4400],
    ['an unknown type', [{ type: 'start' }], 4400],
    ['a type of the server', [INIT, { type: 'connection_ack' }], 4400],
    ['an initialisation whose payload is a list', [{ ...INIT, payload: [] }], 4400],
    ['an empty id', [INIT, subscribe(VALID, '')], 4400],
    ['an id that is a number', [INIT, subscribe(VALID, 1)], 4400],
    ['no id', [INIT, { type: 'subscribe', payload: VALID }], 4400],
    ['no payload', [INIT, { id: '1', type: 'subscribe' }], 4400],
    ['no query', [INIT, subscribe({})], 4400],
    ['a query that is a number', [INIT, subscribe({ query: 1 })], 4400],
    ['variables that are a list', [INIT, subscribe({ query: COMPLETED, variables: [] })], 4400],
    ['an operation name that is a number', [INIT, subscribe({ ...VALID, operationName: 1 })], 4400],
    ['a complete without an id', [INIT, { type: 'complete' }], 4400],
    ['an id of 2,049 characters', [INIT, subscribe(VALID, 'x'.repeat(2_049))], 4400],
    ['a message of 16 KB and one byte', [`"${'x'.repeat(16 * 1024 - 1)}"`], 1009],
    ['binary data', [Buffer.from(JSON.stringify(INIT))], 4400],
  ])('%s', async (_, messages, code) => {
    await using socket = await openSocket(app.url, { cookie: client.cookie, init: null });
    for (const message of messages)
      socket.ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
    expect(await socket.closed).toMatchObject({ code });
  });

  test.each(['1', 'a', '#1', '__proto__', 'x'.repeat(2_048), '\u{1f600}'.repeat(60)])(
    'the same id twice: %s',
    async (name) => {
      await using socket = await openSocket(app.url, { cookie: client.cookie });
      socket.subscribe(name, COMPLETED, { id });
      socket.subscribe(name, COMPLETED, { id });
      expect(await socket.closed).toMatchObject({ code: 4409 });
    },
  );

  test('no initialisation within 5 s', async () => {
    await using socket = await openSocket(app.url, { cookie: client.cookie, init: null });
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });

  test('no subprotocol', async () => {
    await using socket = await openSocket(app.url, { cookie: client.cookie, protocol: [], init: null });
    expect(await socket.closed).toMatchObject({ code: 4406 });
  });

  test('the older subprotocol graphql-ws is not accepted', async () => {
    const ws = new WebSocket(socketUrl(app.url), 'graphql-ws', { headers: { cookie: client.cookie } });
    const error = await new Promise<Error>((resolve) => void ws.on('error', resolve));
    expect(error.message).toBe('Server sent no subprotocol');
    await using both = await openSocket(app.url, {
      cookie: client.cookie,
      protocol: ['graphql-ws', 'graphql-transport-ws'],
    });
    expect(both.ws.protocol).toBe('graphql-transport-ws');
  });
});

/** A masked frame. The mask is zero, so the payload is unchanged. */
const frame = (first: number, payload: Buffer | string): Buffer => {
  const bytes = Buffer.from(payload);
  const length = bytes.length < 126 ? [0x80 | bytes.length] : [0xfe, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), bytes]);
};
const TEXT = 0x81;
const CLOSE = 0x88;

describe('a client that breaks RFC 6455 is closed with its code:', () => {
  test.each<[string, Buffer, number]>([
    ['a reserved bit', frame(TEXT | 0x40, 'x'), 1002],
    ['an unknown opcode', frame(0x83, 'x'), 1002],
    ['a frame without a mask', Buffer.from([TEXT, 1, 0x61]), 1002],
    ['a fragmented ping', frame(0x09, 'x'), 1002],
    ['a ping of 126 bytes', frame(0x89, 'x'.repeat(126)), 1002],
    ['a continuation of no message', frame(0x80, 'x'), 1002],
    ['an invalid closing code', frame(CLOSE, Buffer.from([0x03, 0xed])), 1002],
    ['half of a closing code', frame(CLOSE, Buffer.from([0x03])), 1002],
    ['text that is no UTF-8', frame(TEXT, Buffer.from([0xff])), 1007],
    ['a closing reason that is no UTF-8', frame(CLOSE, Buffer.from([0x03, 0xe8, 0xff])), 1007],
    ['a message of a hundred fragments', Buffer.concat([frame(0x01, 'x'), ...fragments(100)]), 1008],
  ])('%s', async (_, bytes, code) => {
    await using socket = await openSocket(app.url, { cookie: client.cookie });
    (Reflect.get(socket.ws, '_socket') as Socket).write(bytes);
    expect(await socket.closed).toMatchObject({ code });
  });

  test('no violation of RFC 6455 is logged as an error', () => {
    expect(app.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });
});

function fragments(count: number): Buffer[] {
  return Array.from({ length: count }, () => frame(0x00, 'x'));
}

test('compression is not accepted', async () => {
  await using socket = await openSocket(app.url, { cookie: client.cookie });
  expect(socket.ws.extensions).toBe('');
});

test('pings of the protocol and of WebSocket get a pong with their payload', async () => {
  await using socket = await openSocket(app.url, { cookie: client.cookie });
  socket.send({ type: 'ping', payload: { a: 1 } });
  expect(await socket.message(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { a: 1 } });
  const pong = new Promise<Buffer>((resolve) => void socket.ws.on('pong', resolve));
  socket.ws.ping('hello');
  expect((await pong).toString()).toBe('hello');
});

describe('a client', () => {
  const bearer = async (): Promise<string> =>
    (await client.graphql('mutation { startSession(transport: BEARER) { token } }')).data.startSession.token;

  test.each<[string, () => SocketOptions | Promise<SocketOptions>]>([
    ['no credentials', () => ({})],
    ['an unknown cookie', () => ({ cookie: `sid=as_${'A'.repeat(43)}` })],
    ['a malformed cookie', () => ({ cookie: 'sid=%' })],
    ['an unknown token', () => ({ init: { Authorization: `Bearer as_${'A'.repeat(43)}` } })],
    ['an unknown token beside a good cookie', () => ({ cookie: client.cookie, init: { Authorization: 'Bearer x' } })],
    [
      'a token that is not a string, and no cookie',
      async () => ({ init: { Authorization: [`Bearer ${await bearer()}`] } }),
    ],
    ['a good token under another name', async () => ({ init: { token: await bearer() } })],
  ])('without a session is closed with 4401: %s', async (_, options) => {
    await using socket = await openSocket(app.url, await options());
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(socket.messages).toEqual([]);
  });

  test('with a session is acknowledged: by cookie, by a token in the initialisation, by a token in the header', async () => {
    const authorization = `Bearer ${await bearer()}`;
    for (const options of [
      { cookie: client.cookie },
      { init: { Authorization: authorization } },
      { init: { authorization } },
      { headers: { authorization } },
    ]) {
      await using socket = await openSocket(app.url, options);
      expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
    }
  });
});

describe('an error of one subscription goes to its id, and does not affect the others:', () => {
  type Payload = { variables?: unknown; operationName?: string | undefined };
  const refused: Record<string, [query: string, code: string, payload?: Payload]> = {
    'a syntax error': ['subscription {', 'GRAPHQL_PARSE_FAILED'],
    'an empty query': [' ', 'GRAPHQL_PARSE_FAILED'],
    'an unknown field': ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    'two fields': [
      `subscription { a: recommendationCompleted(assessmentId: "x") { assessment { id } }
        b: recommendationCompleted(assessmentId: "x") { assessment { id } } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    'a query': ['{ session { id } }', 'BAD_REQUEST'],
    'a mutation': ['mutation { endSession { ended } }', 'BAD_REQUEST'],
    introspection: ['{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    'two operations and no name': [
      'subscription A { nothing } subscription B { nothing }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    'no operation': ['fragment F on Session { id }', 'GRAPHQL_VALIDATION_FAILED'],
    'a missing variable': [COMPLETED, 'BAD_USER_INPUT'],
    'a wrong variable': [COMPLETED, 'BAD_USER_INPUT', { variables: { id: {} } }],
    ...Object.fromEntries(
      Object.entries(tooComplex)
        // A larger message would close the socket with 1009.
        .filter(([, { query }]) => query.length < 15_000)
        .map(([name, bomb]) => [name, [bomb.query, 'OPERATION_TOO_COMPLEX', paramsOf(bomb)]]),
    ),
  };

  test('refused operations get `error` on one socket, which stays open', async () => {
    await using socket = await openSocket(app.url, { cookie: client.cookie });
    socket.subscribe('kept', COMPLETED, { id });
    for (const [name, [query, , payload]] of Object.entries(refused))
      socket.send(subscribe({ query, ...payload }, name));
    await until(() => Object.keys(refused).every((name) => socket.of(name).length > 0));
    for (const [name, [, code]] of Object.entries(refused)) {
      expect([name, socket.of(name)]).toEqual([
        name,
        [
          {
            id: name,
            type: 'error',
            payload: expect.arrayContaining([
              expect.objectContaining({ extensions: { code, requestId: expect.any(String) } }),
            ]),
          },
        ],
      ]);
      for (const { message } of socket.of(name)[0].payload) expect(message).not.toMatch(/node_modules|\n\s+at /);
    }
    expect(await open('assay_subscriptions_open{transport="websocket"}')).toBe(1);
    // The mutation was not executed, and the subscription "kept" is still open.
    expect((await client.graphql('{ session { id } }')).data.session.id).toBe(client.sessionId);
    socket.send({ id: 'kept', type: 'complete' });
    await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === 0);
    expect(socket.of('kept')).toEqual([]);
  });

  test('an error of the resolver is an event with errors, and the end', async () => {
    await using socket = await openSocket(app.url, { cookie: client.cookie });
    socket.subscribe('1', COMPLETED, { id: 'x' });
    await socket.message(({ type }) => type === 'complete');
    expect(socket.of('1')).toEqual([
      {
        id: '1',
        type: 'next',
        payload: {
          data: undefined,
          errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) })],
        },
      },
      { id: '1', type: 'complete' },
    ]);
  });
});

describe('a socket carries 100 subscriptions:', () => {
  const LIMIT = 100;

  test('the 101st is RATE_LIMITED, the others stay, and there is room again after one has ended', async () => {
    await using socket = await openSocket(app.url, { cookie: client.cookie });
    for (let index = 1; index <= LIMIT + 1; index++) socket.subscribe(String(index), COMPLETED, { id });
    const error = await socket.message(({ type }) => type === 'error');
    expect(error).toMatchObject({ id: '101', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect(await open('assay_subscriptions_open{transport="websocket"}')).toBe(LIMIT);
    socket.send({ id: '1', type: 'complete' });
    await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === LIMIT - 1);
    socket.subscribe('102', COMPLETED, { id });
    await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === LIMIT);
    expect(socket.of('102')).toEqual([]);
  });

  test('and a bounded number of bytes of their texts: beyond it a subscription is RATE_LIMITED', async () => {
    await using socket = await openSocket(app.url, { cookie: client.cookie });
    // About 10 KB of text each, within the limits of a document.
    const fields = Array.from({ length: 45 }, (_, index) => `alias${'x'.repeat(200)}${index}: id`).join(' ');
    const query = `subscription ($id: ID!) { recommendationCompleted(assessmentId: $id) { assessment { ${fields} } } }`;
    for (let index = 1; index <= LIMIT; index++) socket.subscribe(String(index), query, { id });
    const error = await socket.message(({ type }) => type === 'error');
    expect(error).toMatchObject({ payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    const carried = Number(error.id) - 1;
    expect(carried).toBeGreaterThan(10);
    socket.send({ id: '1', type: 'complete' });
    await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === carried - 1);
    socket.subscribe('again', query, { id });
    await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === carried);
  });

  test('and any number if MAX_SOCKETS_PER_SESSION is 0', async () => {
    await using other = await startApp({ env: { MAX_SOCKETS_PER_SESSION: '0' } });
    other.world.model.hold();
    const visitor = await other.client();
    const pending = await visitor.submit();
    await using socket = await openSocket(other.url, { cookie: visitor.cookie });
    for (let index = 1; index <= 5 * LIMIT; index++) socket.subscribe(String(index), COMPLETED, { id: pending });
    other.world.model.release();
    await until(() => socket.messages.filter(({ type }) => type === 'complete').length === 5 * LIMIT);
    expect(socket.messages.filter(({ type }) => type === 'error')).toEqual([]);
  });

  test('an id that is completed and reused at once does not exceed them, and closing the socket ends them all', async () => {
    await using socket = await openSocket(app.url, { cookie: client.cookie });
    for (let index = 0; index < 3 * LIMIT; index++) {
      socket.subscribe('same', COMPLETED, { id });
      socket.send({ id: 'same', type: 'complete' });
    }
    socket.subscribe('last', 'subscription {');
    await socket.message((message) => message.id === 'last');
    expect(await open('assay_subscriptions_open{transport="websocket"}')).toBeLessThanOrEqual(LIMIT);
    socket.ws.terminate();
    await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === 0);
  });
});

test('sockets and event streams share a limit per session, and there is room again after one has closed', async () => {
  await using limited = await startApp({ role: 'api', env: { MAX_SOCKETS_PER_SESSION: '2' } });
  const { cookie, submit } = await limited.client();
  const assessmentId = await submit();
  await using first = await openSocket(limited.url, { cookie });
  await using _second = await openSocket(limited.url, { cookie });
  await using third = await openSocket(limited.url, { cookie });
  // graphql-ws clients do not reconnect on this code.
  expect(await third.closed).toMatchObject({ code: 4429, reason: expect.stringContaining('Too many sockets') });

  const query = COMPLETED.replace('($id: ID!)', '').replace('$id', JSON.stringify(assessmentId));
  const stream = (signal?: AbortSignal) =>
    fetch(`${limited.url}/graphql?${new URLSearchParams({ query })}`, {
      headers: { accept: 'text/event-stream', cookie },
      ...(signal === undefined ? {} : { signal }),
    });
  const refused = await stream();
  expect(refused.status).toBe(429);
  expect(((await refused.json()) as { errors: object[] }).errors[0]).toMatchObject({
    extensions: { code: 'RATE_LIMITED' },
  });

  const other = await limited.client();
  await using _other = await openSocket(limited.url, { cookie: other.cookie });

  first.ws.close();
  await first.closed;
  const leave = new AbortController();
  const streaming = await until(async () => {
    const response = await stream(leave.signal);
    if (response.status === 200) return response;
    await response.body?.cancel();
    return undefined;
  });
  expect(streaming.headers.get('content-type')).toContain('text/event-stream');
  await using fourth = await openSocket(limited.url, { cookie });
  expect(await fourth.closed).toMatchObject({ code: 4429 });
  leave.abort();
  await until(async () => {
    await using fifth = await openSocket(limited.url, { cookie });
    return fifth.messages.length > 0;
  });
});

test('a subscription is refused, completed and served under its id, whatever the id looks like', async () => {
  const names = ['0', '1', '01', '1738', '4294967295', '#1', '##1', '#', 'a', '-1', '1.5', ' 1', 'constructor'];
  await using socket = await openSocket(app.url, { cookie: client.cookie });
  for (const name of names) socket.subscribe(name, COMPLETED, { id });
  for (const name of names) socket.subscribe(`${name}, refused`, 'subscription {');
  await until(() => names.every((name) => socket.of(`${name}, refused`).length === 1));
  for (const [index, name] of names.entries()) {
    await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === names.length - index);
    socket.send({ id: name, type: 'complete' });
  }
  await until(async () => (await open('assay_subscriptions_open{transport="websocket"}')) === 0);
  // An error of the resolver comes under the id as well.
  for (const name of names) socket.subscribe(name, COMPLETED, { id: 'x' });
  await until(() => names.every((name) => socket.of(name).length === 2));
  for (const name of names) expect(socket.of(name).map(({ type }) => type)).toEqual(['next', 'complete']);
});

test('an upgrade with more than a hundred headers gets 431, so that no Origin behind them is ignored', async () => {
  const lines = [...Array.from({ length: 101 }, () => 'a: b'), 'Origin: https://evil.example'];
  const response = await rawResponse(
    app.url,
    head('GET /graphql HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', ...lines),
  );
  expect(response).toBeRefused({ status: 431, code: 'BAD_REQUEST' });
});

test.each(['/', '/graphql/', '/api/session', '/socket'])('an upgrade at %s gets 404', async (path) => {
  const response = await rawResponse(
    app.url,
    head(
      `GET ${path} HTTP/1.1`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ),
  );
  expect(response.status).toBe(404);
  expect(refusalOf(response)).toMatchObject({ code: 'NOT_FOUND' });
});

test.each([
  [
    'another method',
    'POST /graphql HTTP/1.1',
    ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
    405,
  ],
  [
    'another version',
    'GET /graphql HTTP/1.1',
    ['Sec-WebSocket-Version: 7', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
    400,
  ],
  ['no key', 'GET /graphql HTTP/1.1', ['Sec-WebSocket-Version: 13'], 400],
  ['a malformed key', 'GET /graphql HTTP/1.1', ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: x'], 400],
])('an upgrade with %s is refused', async (_, first, lines, status) => {
  const response = await rawResponse(app.url, head(first, 'Connection: Upgrade', 'Upgrade: websocket', ...lines));
  expect(response.status).toBe(status);
});

test('the gauges of sockets and subscriptions are 0 after all tests', async () => {
  await until(async () => (await open('assay_sockets_open')) === 0);
  expect(await open('assay_subscriptions_open{transport="websocket"}')).toBe(0);
});
