import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INTERNALS, rowsIn, UPGRADE } from '../server/requests.ts';
import { openSocket, type RawSocket } from '../server/socket.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED, type Client, type Loose } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { anyJson, changedBytes, changedJson, changedText } from './draws.ts';
import { codesOf, harmTo, REFUSALS } from './harmless.ts';

let app: TestApp;
let client: Client;
let id: string;
let rows: Awaited<ReturnType<typeof rowsIn>>;
beforeAll(async () => {
  app = await startApp({ role: 'api' });
  client = await app.client();
  id = await client.submit();
  rows = await rowsIn(app.world);
});
afterAll(() => app.close());

const NUM_RUNS = { numRuns: 80 };
/** Codes for a client's fault; 1000 for a `close` that was drawn. */
const CLIENTS_FAULT = [1000, 1002, 1003, 1005, 1007, 1008, 1009, 4400, 4401, 4406, 4409, 4429];

const subscribe = () => ({
  id: 'one',
  type: 'subscribe',
  payload: { query: COMPLETED, variables: { id }, operationName: 'Completed', extensions: { a: 1 } },
});
const messages = () =>
  fc.constantFrom<object>(
    subscribe(),
    subscribe(),
    { type: 'ping', payload: { a: 1 } },
    { type: 'pong' },
    { id: 'one', type: 'complete' },
    { type: 'connection_init', payload: { Authorization: 'Bearer x' } },
  );

/** After the messages: the socket was closed with a code for a client's fault, or still responds. */
async function faultsAfter(socket: RawSocket, sent: readonly string[]): Promise<unknown[]> {
  for (const each of sent) socket.ws.send(each);
  socket.ws.send(JSON.stringify({ type: 'ping', payload: { last: true } }));
  let closed: { code: number } | undefined;
  void socket.closed.then((close) => (closed = close));
  await until(() => closed ?? socket.messages.some(({ type, payload }) => type === 'pong' && payload?.last));
  const errors = socket.messages.flatMap((message): Loose[] =>
    message.type === 'error' ? message.payload : (message.payload?.errors ?? []),
  );
  const text = JSON.stringify(errors);
  return [
    ...(closed === undefined || CLIENTS_FAULT.includes(closed.code) ? [] : [closed]),
    ...codesOf({ text: JSON.stringify({ errors }) }).filter((code) => !REFUSALS.has(code)),
    ...(INTERNALS.test(text) ? [text] : []),
  ];
}

test('every message that is JSON gets a refusal or closes its socket with a code for it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(messages().chain(changedJson), { minLength: 1, maxLength: 3 }), async (changed) => {
      await using socket = await openSocket(app.url, { cookie: client.cookie });
      expect(
        await faultsAfter(
          socket,
          changed.map((each) => JSON.stringify(each) ?? ''),
        ),
      ).toEqual([]);
    }),
    NUM_RUNS,
  );
});

test('every text gets a refusal or closes its socket with a code for it', async () => {
  const texts = messages().chain((message) => changedText(JSON.stringify(message)));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      await using socket = await openSocket(app.url, { cookie: client.cookie });
      expect(await faultsAfter(socket, [text])).toEqual([]);
    }),
    NUM_RUNS,
  );
});

test('every initialisation is acknowledged or refused', async () => {
  const inits = fc.oneof(
    fc.constant({ type: 'connection_init', payload: { Authorization: 'Bearer x', note: [1] } }).chain(changedJson),
    anyJson().map((payload) => ({ type: 'connection_init', payload })),
  );
  await fc.assert(
    fc.asyncProperty(inits, async (init) => {
      await using socket = await openSocket(app.url, { cookie: client.cookie, init: null });
      expect(await faultsAfter(socket, [JSON.stringify(init) ?? ''])).toEqual([]);
    }),
    NUM_RUNS,
  );
});

test('all bytes behind a handshake leave other sockets alone, and end in a frame of the protocol or a wait for more', async () => {
  await using other = await openSocket(app.url, { cookie: client.cookie });
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | 26, 0, 0, 0, 0]), Buffer.from('{"type":"connection_init"}')]);
  const handshake = UPGRADE.replace('\r\n\r\n', `\r\nCookie: ${client.cookie}\r\n\r\n`);
  await fc.assert(
    fc.asyncProperty(changedBytes(frame.toString('latin1')), async (bytes) => {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
      const received: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => received.push(chunk));
      socket.on('error', () => {});
      // The end of this message ends each frame that waits for more bytes, unless its length is larger.
      socket.write(Buffer.concat([Buffer.from(handshake), bytes, randomBytes(1)]));
      await until(() => Buffer.concat(received).includes('\r\n\r\n'));
      socket.end();
      await until(() => socket.closed);
      const text = Buffer.concat(received).toString('latin1');
      expect(text).toMatch(/^HTTP\/1\.1 101 /);
      expect(text).not.toMatch(INTERNALS);
    }),
    NUM_RUNS,
  );
  other.send({ type: 'ping', payload: { still: true } });
  await other.message(({ payload }) => payload?.still === true);
});

test('nothing was stored, and nobody else was harmed', async () => {
  expect(await rowsIn(app.world)).toEqual(rows);
  expect(await harmTo(app)).toEqual([]);
});
