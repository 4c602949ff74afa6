import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { metricsOf } from '../support/metrics.ts';
import { responseOf, head, postGraphQL, rawResponse, rowsIn, START, type Refused } from './requests.ts';

let app: TestApp;
let rows: Awaited<ReturnType<typeof rowsIn>>;

beforeAll(async () => {
  app = await startApp({ role: 'api' });
  await app.client();
  rows = await rowsIn(app.world);
});
afterAll(() => app.close());

const BAD: Refused = { status: 400, code: 'BAD_REQUEST' };
const TOO_LARGE: Refused = { status: 413, code: 'PAYLOAD_TOO_LARGE' };
const BODY = JSON.stringify({ query: START });
const POST = 'POST /graphql HTTP/1.1';
const TYPE = 'Content-Type: application/json';
const CLOSE = 'Connection: close';
const LIMIT = 256 * 1024;

/** A valid mutation of exactly this many bytes. */
const padded = (bytes: number): string => BODY.padEnd(bytes, ' ');

describe('a body', () => {
  test('of exactly 256 KB is accepted, and one byte more is refused', async () => {
    expect((await postGraphQL(app.url, padded(LIMIT))).status).toBe(200);
    rows = await rowsIn(app.world);
    expect(await postGraphQL(app.url, padded(LIMIT + 1))).toBeRefused(TOO_LARGE);
    expect(await rowsIn(app.world)).toEqual(rows);
  });

  test('with a declared size over the limit is refused before it arrives', async () => {
    expect(await rawResponse(app.url, head(POST, TYPE, CLOSE, `Content-Length: ${LIMIT + 1}`))).toBeRefused(TOO_LARGE);
  });

  test('gets 100 Continue only with a declared size within the limit', async () => {
    const asks = (bytes: number): string => head(POST, TYPE, CLOSE, 'Expect: 100-continue', `Content-Length: ${bytes}`);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.write(asks(BODY.length));
    await until(() => received.startsWith('HTTP/1.1 100 Continue\r\n\r\n'));
    received = '';
    socket.destroy();
    const second = connect(Number(new URL(app.url).port), '127.0.0.1');
    second.on('data', (chunk: Buffer) => (received += chunk.toString()));
    second.write(asks(LIMIT + 1));
    await until(() => received.includes('\r\n\r\n'));
    second.destroy();
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each(['/graphql', '/api/session', '/api/assessment/submit'])(
    'of 50 MB in chunks is refused while it arrives, and its sender can read the refusal (%s)',
    async (path) => {
      const piece = new Uint8Array(64 * 1024).fill(32);
      let pieces = 0;
      const body = new ReadableStream({
        pull: (controller) => (++pieces > 800 ? controller.close() : controller.enqueue(piece)),
      });
      const response = await fetch(app.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        duplex: 'half',
      } as RequestInit);
      expect(await responseOf(response)).toBeRefused(TOO_LARGE);
    },
  );

  test('of 20 MB is refused so that a client that sends it whole before it reads gets the refusal', async () => {
    const bytes = 20 * 1024 * 1024;
    const request = Buffer.concat([Buffer.from(head(POST, TYPE, `Content-Length: ${bytes}`)), Buffer.alloc(bytes, 32)]);
    expect(await rawResponse(app.url, request)).toBeRefused(TOO_LARGE);
  });

  test('longer than its declared size is cut there: the rest of the JSON is missing', async () => {
    const request = head(POST, TYPE, CLOSE, `Content-Length: ${BODY.length - 10}`) + BODY;
    expect(await rawResponse(app.url, request)).toBeRefused(BAD);
  });

  test('with malformed chunks is refused', async () => {
    const request = `${head(POST, TYPE, 'Transfer-Encoding: chunked')}zz\r\n${BODY}\r\n0\r\n\r\n`;
    expect(await rawResponse(app.url, request)).toBeRefused(BAD);
  });
});

describe('a client that sends too slowly gets 408, and the connection is closed:', () => {
  test.concurrent.each([
    ['a body that does not come', head(POST, TYPE, `Content-Length: ${BODY.length}`)],
    ['a body that declares more than it has', head(POST, TYPE, `Content-Length: ${BODY.length + 1}`) + BODY],
    ['headers that do not end', `${POST}\r\nHost: localhost\r\nX-One: 1\r\n`],
    ['a request line that does not end', 'GET /heal'],
  ])('%s', { timeout: 30_000 }, async (_, bytes) => {
    expect(await rawResponse(app.url, bytes)).toBeRefused({ status: 408, code: 'BAD_REQUEST' });
  });

  test.concurrent('a body of one byte a second', { timeout: 30_000 }, async () => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', () => {});
    socket.write(head(POST, TYPE, `Content-Length: ${BODY.length}`));
    let at = 0;
    const drip = setInterval(() => socket.write(BODY[at++] ?? ' '), 1_000);
    await until(() => socket.closed, { timeoutMs: 25_000 });
    clearInterval(drip);
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(await rowsIn(app.world)).toEqual(rows);
  });
});

const TARGETS = ['/graphql?query={session{id}}', '/api/assessment/x', '/'];

describe('headers', () => {
  test('of 64 KB get 431', async () => {
    expect(await rawResponse(app.url, head('GET /healthz HTTP/1.1', `X-Long: ${'a'.repeat(64 * 1024)}`))).toBeRefused({
      status: 431,
      code: 'BAD_REQUEST',
    });
  });

  test.each([101, 1_000])('of %i lines get 431, so that no Origin behind them is ignored', async (count) => {
    const many = Array.from({ length: count }, () => 'a: b');
    const request = head('GET /graphql?query={session{id}} HTTP/1.1', CLOSE, ...many, 'Origin: https://evil.example');
    expect(await rawResponse(app.url, request)).toBeRefused({ status: 431, code: 'BAD_REQUEST' });
  });

  test.each([
    ['both lengths', head(POST, TYPE, 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
    ['two lengths', head(POST, TYPE, 'Content-Length: 5', 'Content-Length: 6') + 'hello'],
    ['a negative length', head(POST, TYPE, 'Content-Length: -1')],
    ['a length in hex', head(POST, TYPE, 'Content-Length: 0x10')],
    ['a coding behind "chunked"', head(POST, TYPE, 'Transfer-Encoding: chunked, gzip') + '0\r\n\r\n'],
    ['a space before the colon', head(POST, TYPE, 'Transfer-Encoding : chunked') + '0\r\n\r\n'],
    ['a folded line', head('GET /healthz HTTP/1.1', 'X-One: 1', ' folded')],
    ['a line that ends in CR only', 'GET /healthz HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n'],
    ['NUL in a value', head('GET /healthz HTTP/1.1', 'X-One: a\0b')],
    ['no request at all', 'hello\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('used for request smuggling are refused: %s', async (_, bytes) => {
    expect(await rawResponse(app.url, bytes)).toBeRefused(BAD);
  });

  test.each(['[', 'a b', 'x:99999999', '%', 'user@host:port', '<script>', ''])(
    'with the malformed host "%s" get 400, on each path',
    async (host) => {
      for (const target of [...TARGETS, '/healthz', `http://${host}/graphql`])
        expect(await rawResponse(app.url, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${CLOSE}\r\n\r\n`)).toBeRefused(
          BAD,
        );
    },
  );

  test('with two hosts get 400', async () => {
    for (const other of ['localhost', 'other.example'])
      expect(await rawResponse(app.url, head('GET /healthz HTTP/1.1', `Host: ${other}`))).toBeRefused(BAD);
  });

  test.each(['rebound.example', 'localhost.evil.example', '127.0.0.1.nip.example', '10.0.0.1', 'localhost.'])(
    'with the host %s get 421 without PUBLIC_URL: another site may point its name at this machine',
    async (host) => {
      for (const target of [...TARGETS, '/readyz', `http://${host}/graphql`])
        expect(
          await rawResponse(app.url, `GET ${target} HTTP/1.1\r\nHost: ${host}:80\r\n${CLOSE}\r\n\r\n`),
        ).toBeRefused({
          status: 421,
          code: 'FORBIDDEN',
        });
    },
  );

  test('that offer HTTP/2 get a response in HTTP/1.1', async () => {
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    expect(await rawResponse(app.url, head('GET /healthz HTTP/1.1', ...offer))).toMatchObject({
      status: 200,
      text: '{"status":"ok"}',
    });
  });
});

describe('a path', () => {
  test.each([
    '/nothing',
    '//',
    '//evil.example/',
    '/%00',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/../etc/passwd',
    '/../../../../etc/passwd',
    '/assets/../../package.json',
    '/..\\package.json',
    '/.env',
    '/graphql/',
    '/graphql/health',
    '/graphiql',
    '/GRAPHQL',
    '/api',
    '/api/',
    '/api/assessment',
    '/api/assessment/a/b',
    '/metrics',
    '/take/../../x',
    '*',
  ])('that is unknown gets 404 as JSON: %s', async (path) => {
    const method = path === '*' ? 'OPTIONS' : 'GET';
    expect(await rawResponse(app.url, head(`${method} ${path} HTTP/1.1`, CLOSE))).toBeRefused({
      status: 404,
      code: 'NOT_FOUND',
    });
  });

  test('may have scheme and host in front, as a proxy sends it', async () => {
    const response = await rawResponse(app.url, head('GET http://localhost:3005/healthz?x HTTP/1.1', CLOSE));
    expect(response.status).toBe(200);
    const query = await rawResponse(app.url, head('GET http://localhost/graphql?query={session{id}} HTTP/1.1', CLOSE));
    expect(query).toMatchObject({ status: 200, text: '{"data":{"session":null}}' });
  });
});

describe('a method', () => {
  test.each([
    ['PUT', '/graphql', 'GET, POST'],
    ['DELETE', '/graphql', 'GET, POST'],
    ['PATCH', '/graphql', 'GET, POST'],
    ['TRACE', '/graphql', 'GET, POST'],
    ['QUERY', '/graphql', 'GET, POST'],
    ['GET', '/api/session', 'POST'],
    ['PUT', '/api/assessment/submit', 'POST, GET, HEAD'],
    ['DELETE', '/api/assessment/0190a000-0000-7000-8000-000000000000', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['PROPFIND', '/take/wellbeing-check', 'GET, HEAD'],
    ['OPTIONS', '/index.html', 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/readyz', 'GET, HEAD'],
  ])('that a path does not allow gets 405, with the allowed methods in Allow: %s %s', async (method, path, allow) => {
    const response = await rawResponse(app.url, head(`${method} ${path} HTTP/1.1`, TYPE, CLOSE));
    expect(response).toBeRefused({ status: 405, code: 'BAD_REQUEST' });
    expect(response.headers.get('allow')).toBe(allow);
    // TRACE would echo the cookie.
    expect(response.text).not.toContain('localhost');
  });

  test('HEAD gets status 200 without a body', async () => {
    const response = await fetch(`${app.url}/healthz`, { method: 'HEAD' });
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: '' });
  });

  test('CONNECT opens no tunnel', async () => {
    await expect(rawResponse(app.url, head('CONNECT example.org:443 HTTP/1.1'))).rejects.toThrow(
      'no whole response: ""',
    );
  });
});

test('a client that leaves in the middle of its body causes no error in the log', async () => {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write(head(POST, TYPE, 'Content-Length: 100') + BODY.slice(0, 10));
  const before = await requestsSeen();
  socket.resetAndDestroy();
  await until(async () => (await requestsSeen()) > before);
  expect(app.logs.filter(({ level }) => level === 'error')).toEqual([]);
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
});

/** Requests to /graphql that have ended, with or without a response. */
async function requestsSeen(): Promise<number> {
  const text = await metricsOf(app);
  return [...text.matchAll(/^assay_http_request_seconds_count\{route="graphql".*\} (\d+)$/gm)]
    .map(([, count]) => Number(count))
    .reduce((sum, count) => sum + count, 0);
}

test.each([
  ['another path', 'GET /other HTTP/1.1', 'Host: localhost'],
  ['a foreign origin', 'GET /graphql HTTP/1.1', 'Host: localhost\r\nOrigin: https://evil.example'],
  ['a foreign host', 'GET /graphql HTTP/1.1', 'Host: evil.example'],
])(
  'a refused upgrade (%s) whose client resets the connection at once does not stop the server',
  async (_, line, host) => {
    for (let count = 0; count < 300; count++) {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`${line}\r\n${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`, () =>
        socket.resetAndDestroy(),
      );
      await until(() => socket.closed);
    }
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  },
);
