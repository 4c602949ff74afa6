import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/wait.ts';
import { head } from '../requests.ts';

/** A server, and a session with an assessment that never ends. */
export type Target = { url: string; cookie: string; assessmentId: string };

export type Attack = {
  /** Connections. Fewer where each costs the test much time: the bound is linear. */
  count: number;
  /** They use up the shared bytes: the test waits for it, otherwise it proves nothing. */
  fills?: boolean;
  /** Opens one connection and makes the server hold as much as possible for it. */
  open: (target: Target, index: number) => Promise<Socket>;
};

const KB = 1024;
const TYPE = 'Content-Type: application/json';
const POST = 'POST /graphql HTTP/1.1';
/** Of 15 KB, nearly as much as Node takes. */
const LARGE_HEADERS = Array.from({ length: 90 }, (_, at) => `X-Header-${at}: ${'x'.repeat(150)}`);
/** An address for each connection, behind the trusted proxy that the test is. */
const from = (index: number): string => `X-Forwarded-For: 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

function dial({ url }: Target): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // The server may cut it off.
  socket.on('error', () => {});
  return socket;
}

/** Sends the bytes, as far as the server takes them. */
async function send(socket: Socket, bytes: string | Buffer): Promise<void> {
  if (!socket.destroyed) socket.write(bytes);
  await until(() => socket.writableLength === 0 || socket.destroyed, { intervalMs: 2, timeoutMs: 20_000 });
}

/** Sends a chunk that the server reads by itself. */
async function sendApart(socket: Socket, bytes: string | Buffer): Promise<void> {
  await send(socket, bytes);
  await pause(2);
}

const handshake = (target: Target, index: number, ...headers: string[]): string =>
  head(
    'GET /graphql HTTP/1.1',
    from(index),
    `Cookie: ${target.cookie}`,
    ...headers,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
  );

/** A masked frame. The mask is zero, so the payload is unchanged. */
export function frame(first: number, payload: string): Buffer {
  const { length } = payload;
  const size = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([first, ...size, 0, 0, 0, 0]), Buffer.from(payload)]);
}
const TEXT = 0x81;
const BEGIN_OF_TEXT = 0x01;
const CONTINUATION = 0x00;
const PONG = 0x8a;
const message = (content: object): Buffer => frame(TEXT, JSON.stringify(content));
const subscribe = (id: string, query: string, { assessmentId }: Target): Buffer =>
  message({ id, type: 'subscribe', payload: { query, variables: { id: assessmentId } } });

/** An acknowledged socket whose client reads nothing more. */
async function openSocket(target: Target, index: number): Promise<Socket> {
  const socket = dial(target);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  socket.write(handshake(target, index));
  socket.write(message({ type: 'connection_init' }));
  await until(() => received.includes('connection_ack'), { timeoutMs: 20_000 });
  return socket.pause();
}

const document = (fields: string): string =>
  `subscription ($id: ID!) { recommendationCompleted(assessmentId: $id) { assessment { ${fields} } } }`;
/** Of 12 KB, in as many aliases as a document may have, and unlike all others. */
const longDocument = (name: string): string =>
  document(Array.from({ length: 45 }, (_, at) => `alias${'x'.repeat(240)}${name}_${at}: id`).join(' '));

const stream = (target: Target, index: number, query: string, ...headers: string[]): string => {
  const body = JSON.stringify({ query, variables: { id: target.assessmentId } });
  const all = [from(index), `Cookie: ${target.cookie}`, 'Accept: text/event-stream', ...headers];
  return head(POST, ...all, TYPE, `Content-Length: ${body.length}`) + body;
};

const BODY = Buffer.alloc(256 * KB - 1, 32);
const CHUNKS_OF_ONE_BYTE = '1\r\nx\r\n'.repeat(3_000);
const LARGE_PING = message({ type: 'ping', payload: { x: 'x'.repeat(15 * KB) } });
const UNFINISHED = frame(TEXT, 'x'.repeat(15 * KB)).subarray(0, 14 * KB);

export const attacks: Record<string, Attack> = {
  'half of a request with large headers': {
    count: 1_000,
    async open(target, index) {
      const socket = dial(target);
      await send(socket, [POST, from(index), ...LARGE_HEADERS].join('\r\n'));
      return socket;
    },
  },
  'a body of 256 KB without its last byte': {
    count: 200,
    fills: true,
    async open(target, index) {
      const socket = dial(target);
      await send(socket, head(POST, from(index), TYPE, `Content-Length: ${256 * KB}`));
      await send(socket, BODY);
      return socket;
    },
  },
  'a body in chunks of one byte': {
    count: 200,
    async open(target, index) {
      const socket = dial(target);
      await send(socket, head(POST, from(index), TYPE, 'Transfer-Encoding: chunked') + CHUNKS_OF_ONE_BYTE);
      return socket;
    },
  },
  'pipelined requests behind an event stream, one with large headers or many small ones': {
    count: 400,
    async open(target, index) {
      const socket = dial(target);
      await send(socket, stream(target, index, document('id')));
      const isLarge = index % 2 === 0;
      await send(socket, head('GET /healthz HTTP/1.1', ...(isLarge ? LARGE_HEADERS : [])).repeat(isLarge ? 1 : 8));
      return socket;
    },
  },
  'an event stream with a long document and large headers': {
    count: 1_000,
    fills: true,
    async open(target, index) {
      const socket = dial(target);
      await send(socket, stream(target, index, longDocument(String(index)), ...LARGE_HEADERS));
      return socket;
    },
  },
  'a socket that is not initialised, with large headers': {
    count: 1_000,
    async open(target, index) {
      const socket = dial(target);
      await send(socket, handshake(target, index, ...LARGE_HEADERS));
      return socket;
    },
  },
  'an idle socket': { count: 1_000, open: openSocket },
  'a socket with an unfinished message in pieces of one byte': {
    count: 400,
    async open(target, index) {
      const socket = await openSocket(target, index);
      await sendApart(socket, UNFINISHED);
      for (let at = 0; at < 60; at++) await sendApart(socket, 'x');
      return socket;
    },
  },
  'a socket with fragments of one byte, each in 56 KB of pongs': {
    count: 300,
    async open(target, index) {
      const socket = await openSocket(target, index);
      const pongs = frame(PONG, 'x'.repeat(125));
      for (let at = 0; at < 10; at++)
        await sendApart(
          socket,
          Buffer.concat([
            ...Array.from({ length: 430 }, () => pongs),
            frame(at === 0 ? BEGIN_OF_TEXT : CONTINUATION, 'x'),
          ]),
        );
      return socket;
    },
  },
  'a socket with 60 KB of messages and the begin of another': {
    count: 600,
    async open(target, index) {
      const socket = await openSocket(target, index);
      await send(socket, Buffer.concat([LARGE_PING, LARGE_PING, LARGE_PING, UNFINISHED]));
      return socket;
    },
  },
  'a socket that requests more than it reads': {
    count: 200,
    async open(target, index) {
      const socket = await openSocket(target, index);
      for (let at = 0; at < 400 && !socket.destroyed && !socket.writableNeedDrain; at++) {
        socket.write(LARGE_PING);
        if (at % 20 === 0) await pause(2);
      }
      return socket;
    },
  },
  'a socket with 100 subscriptions': {
    count: 100,
    fills: true,
    async open(target, index) {
      const socket = await openSocket(target, index);
      const all = Array.from({ length: 100 }, (_, at) => subscribe(String(at), document('id'), target));
      await send(socket, Buffer.concat(all));
      return socket;
    },
  },
  'a socket with 20 subscriptions that have long documents and ids': {
    count: 40,
    async open(target, index) {
      const socket = await openSocket(target, index);
      for (let at = 0; at < 20; at++)
        await send(socket, subscribe(String(at).padEnd(2_000, 'x'), longDocument(`${index}_${at}`), target));
      return socket;
    },
  },
};
