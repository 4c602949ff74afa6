import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wellbeing } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { ASSESSMENT_ID, startFakeServer, viewOf } from './fake-server.ts';
import { head, rawResponse, UPGRADE } from './requests.ts';

let server: Awaited<ReturnType<typeof startFakeServer>>;
/** The ids of all reads, in their order. The reads wait until `release` is called. */
let reads: string[];
let release: () => void;

beforeEach(async () => {
  server = await startFakeServer();
  reads = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  release = resolve;
  server.services['questionnaires'] = { byId: async () => wellbeing };
  server.services['reading'] = {
    byId: async (id: string) => {
      reads.push(id);
      await promise;
      return { ...viewOf('submitted'), id };
    },
  };
});
afterEach(() => server[Symbol.asyncDispose]());

const TYPE = 'Content-Type: application/json';
const idOf = (at: number): string => ASSESSMENT_ID.slice(0, -2) + String(10 + at);
const read = (at: number): string => head(`GET /api/assessment/${idOf(at)} HTTP/1.1`);
const readsOf = (count: number): string => Array.from({ length: count }, (_, at) => read(at)).join('');
const SUBSCRIPTION = JSON.stringify({
  query: `subscription { recommendationCompleted(assessmentId: "${ASSESSMENT_ID}") { assessment { id } } }`,
});
const STREAM =
  head('POST /graphql HTTP/1.1', 'Accept: text/event-stream', TYPE, `Content-Length: ${SUBSCRIPTION.length}`) +
  SUBSCRIPTION;

/** Sends the bytes in one write. */
function send(bytes: string): { socket: Socket; text: () => string; statuses: () => number[] } {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => {});
  socket.write(bytes);
  return {
    socket,
    text: () => received,
    statuses: () => [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status)),
  };
}

/** After a response on another connection, the server has begun all that it begins of earlier bytes. */
const passOneRequest = async () => expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

describe('pipelined requests of a connection', () => {
  test('are handled one after the other, with the responses in their order', async () => {
    const { socket, text, statuses } = send(readsOf(9));
    await until(() => reads.length > 0);
    await passOneRequest();
    expect(reads).toEqual([idOf(0)]);
    release();
    await until(() => statuses().length === 9);
    expect(reads).toEqual(Array.from({ length: 9 }, (_, at) => idOf(at)));
    expect([...text().matchAll(/"assessment_id":"([^"]+)"/g)].map(([, id]) => id)).toEqual(reads);
    socket.destroy();
  });

  test('are 9 at most: with more the connection is closed, and none but the first is handled', async () => {
    const { socket, text } = send(readsOf(500));
    await once(socket, 'close');
    release();
    await passOneRequest();
    expect({ reads, text: text() }).toEqual({ reads: [idOf(0)], text: '' });
  });

  test('with more than 48 KB of headers that wait close the connection', async () => {
    const large = (at: number): string => read(at).replace(/\r\n\r\n$/, `\r\nX-Long: ${'x'.repeat(14_000)}\r\n\r\n`);
    const { socket: within } = send(large(0) + large(1) + large(2));
    await until(() => reads.length === 1);
    await passOneRequest();
    expect(within.readableEnded).toBe(false);
    within.destroy();
    const { socket, text } = send(large(0) + large(1) + large(2) + large(3));
    // Sooner than the time-out for a client that reads nothing.
    await until(() => socket.closed);
    expect(text()).toBe('');
  });

  test('get 100 Continue only after the responses before it', async () => {
    const asks = head('POST /api/session HTTP/1.1', TYPE, 'Expect: 100-continue', 'Content-Length: 2');
    const { socket, text, statuses } = send(read(0) + asks);
    await until(() => reads.length > 0);
    await passOneRequest();
    expect(text()).toBe('');
    release();
    await until(() => statuses().length === 2);
    expect(statuses()).toEqual([200, 100]);
    socket.destroy();
  });

  test('followed by bytes that are not HTTP get their responses, then comes 400', async () => {
    const { socket, statuses } = send(`${readsOf(2)}hello\r\n\r\n`);
    await until(() => reads.length > 0);
    release();
    await once(socket, 'close');
    expect(statuses()).toEqual([200, 200, 400]);
  });

  test('followed by a body with malformed chunks get their responses, then comes 400', async () => {
    const chunked = head('POST /api/session HTTP/1.1', TYPE, 'Transfer-Encoding: chunked');
    const { socket, statuses } = send(`${read(0)}${chunked}zz\r\n`);
    await until(() => reads.length > 0);
    release();
    await once(socket, 'close');
    expect(statuses()).toEqual([200, 400]);
  });

  test('followed by a body that does not arrive get their responses, then comes 408', { timeout: 30_000 }, async () => {
    const { socket, statuses } = send(read(0) + head('POST /api/session HTTP/1.1', TYPE, 'Content-Length: 2'));
    await until(() => reads.length > 0);
    release();
    await once(socket, 'close');
    expect(statuses()).toEqual([200, 408]);
  });

  test("can't be followed by an upgrade: the connection is closed", async () => {
    const { socket, text } = send(read(0) + UPGRADE);
    await once(socket, 'close');
    expect(text()).toBe('');
    expect(server.ends).toEqual([]);
  });
});

describe('a server that is stopping', () => {
  test('does not wait for a request behind an event stream, nor begins it', { timeout: 15_000 }, async () => {
    const { socket, text } = send(STREAM + read(0));
    await until(() => text().includes('text/event-stream'));
    await server.stop(600_000);
    expect(reads).toEqual([]);
    socket.destroy();
  });

  test('finishes the current request with "Connection: close", and begins no request behind it', async () => {
    const { socket, text, statuses } = send(readsOf(3));
    await until(() => reads.length > 0);
    const stopped = server.stop(600_000);
    release();
    await Promise.all([stopped, once(socket, 'close')]);
    expect(statuses()).toEqual([200]);
    expect(text()).toMatch(/^connection: close\r$/im);
    expect(reads).toHaveLength(1);
  });

  test('refuses requests and WebSockets, and closes their connections; /healthz still responds', async () => {
    await server.stop(600_000);
    for (const bytes of [read(0), UPGRADE]) {
      const response = await rawResponse(server.url, bytes);
      expect(response).toBeRefused({ status: 503, code: 'SERVICE_UNAVAILABLE' });
      expect(Object.fromEntries(response.headers)).toMatchObject({ connection: 'close', 'retry-after': '2' });
    }
    const healthy = await rawResponse(server.url, head('GET /healthz HTTP/1.1'));
    expect({ status: healthy.status, connection: healthy.headers.get('connection') }).toEqual({
      status: 200,
      connection: 'close',
    });
  });
});
