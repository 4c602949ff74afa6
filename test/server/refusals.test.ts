import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { head, rawResponse } from './requests.ts';
import { startFakeServer } from './fake-server.ts';

let server: Awaited<ReturnType<typeof startFakeServer>>;

beforeAll(async () => {
  server = await startFakeServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const BAD = { status: 400, code: 'BAD_REQUEST' };
const OF_API = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
};
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const VERSION = 'Sec-WebSocket-Version: 13';

describe('an invalid WebSocket handshake is refused in the form of GraphQL errors:', () => {
  test.each([
    ['no key', 'GET', VERSION],
    ['a malformed key', 'GET', VERSION, 'Sec-WebSocket-Key: x'],
    ['no version', 'GET', KEY],
    ['another version', 'GET', KEY, 'Sec-WebSocket-Version: 12'],
    ['a malformed list of protocols', 'GET', KEY, VERSION, 'Sec-WebSocket-Protocol: a,,b'],
    ['another method', 'POST', KEY, VERSION],
  ])('%s', async (_, method, ...lines) => {
    const response = await rawResponse(server.url, head(`${method} /graphql HTTP/1.1`, ...UPGRADE, ...lines));
    expect(response).toBeRefused(method === 'GET' ? BAD : { ...BAD, status: 405 });
    expect(Object.keys(JSON.parse(response.text))).toEqual(['errors']);
    expect(Object.fromEntries(response.headers)).toMatchObject({ ...OF_API, 'sec-websocket-version': '13' });
  });
});

test('an upgrade at another path is refused in the form of the REST API', async () => {
  const response = await rawResponse(server.url, head('GET /api/x HTTP/1.1', ...UPGRADE, KEY, VERSION));
  expect(response).toBeRefused({ status: 404, code: 'NOT_FOUND' });
  expect(JSON.parse(response.text).success).toBe(false);
  expect(Object.fromEntries(response.headers)).toMatchObject(OF_API);
});

test('bytes that are not HTTP get an error with the headers of the API', async () => {
  const response = await rawResponse(server.url, 'hello\r\n\r\n');
  expect(response).toBeRefused(BAD);
  expect(Object.fromEntries(response.headers)).toMatchObject(OF_API);
});

test.each(['/graphql?query={session{id}}', '/api/assessment/x', '/healthz', '/', 'http://localhost/healthz'])(
  'a request without a Host is refused, except in HTTP/1.0: %s',
  async (target) => {
    const without = await rawResponse(server.url, `GET ${target} HTTP/1.1\r\nConnection: close\r\n\r\n`);
    expect(without).toBeRefused({ ...BAD, message: /"Host"/ });
    const old = await rawResponse(server.url, 'GET /healthz HTTP/1.0\r\n\r\n');
    expect(old.status).toBe(200);
  },
);

test.each(['/graphql', '/api/session', '/'])('an unknown Expect is refused: %s', async (path) => {
  const response = await rawResponse(server.url, head(`POST ${path} HTTP/1.1`, 'Expect: x', 'Connection: close'));
  expect(response).toBeRefused({ status: 417, code: 'BAD_REQUEST' });
});
