import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { head, rawAnswer } from './edge.ts';
import { startFakeEdge } from './fake-edge.ts';

let edge: Awaited<ReturnType<typeof startFakeEdge>>;

beforeAll(async () => {
  edge = await startFakeEdge();
});
afterAll(() => edge[Symbol.asyncDispose]());

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

describe('an upgrade that is no WebSocket handshake is refused in the form of GraphQL errors:', () => {
  test.each([
    ['no key', 'GET', VERSION],
    ['a malformed key', 'GET', VERSION, 'Sec-WebSocket-Key: x'],
    ['no version', 'GET', KEY],
    ['another version', 'GET', KEY, 'Sec-WebSocket-Version: 12'],
    ['a malformed list of protocols', 'GET', KEY, VERSION, 'Sec-WebSocket-Protocol: a,,b'],
    ['another method', 'POST', KEY, VERSION],
  ])('%s', async (_, method, ...lines) => {
    const answer = await rawAnswer(edge.url, head(`${method} /graphql HTTP/1.1`, ...UPGRADE, ...lines));
    expect(answer).toBeRefused(method === 'GET' ? BAD : { ...BAD, status: 405 });
    expect(Object.keys(JSON.parse(answer.text))).toEqual(['errors']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ ...OF_API, 'sec-websocket-version': '13' });
  });
});

test('an upgrade at another path is refused in the form of the REST API', async () => {
  const answer = await rawAnswer(edge.url, head('GET /api/x HTTP/1.1', ...UPGRADE, KEY, VERSION));
  expect(answer).toBeRefused({ status: 404, code: 'NOT_FOUND' });
  expect(JSON.parse(answer.text).success).toBe(false);
  expect(Object.fromEntries(answer.headers)).toMatchObject(OF_API);
});

test('bytes that are no request get an answer with the headers of each answer', async () => {
  const answer = await rawAnswer(edge.url, 'hello\r\n\r\n');
  expect(answer).toBeRefused(BAD);
  expect(Object.fromEntries(answer.headers)).toMatchObject(OF_API);
});

test.each(['/graphql?query={session{id}}', '/api/assessment/x', '/healthz', '/', 'http://localhost/healthz'])(
  'a request without a host is refused, and may leave it out by HTTP/1.0: %s',
  async (target) => {
    const without = await rawAnswer(edge.url, `GET ${target} HTTP/1.1\r\nConnection: close\r\n\r\n`);
    expect(without).toBeRefused({ ...BAD, message: /"Host"/ });
    const old = await rawAnswer(edge.url, 'GET /healthz HTTP/1.0\r\n\r\n');
    expect(old.status).toBe(200);
  },
);

test.each(['/graphql', '/api/session', '/'])('an expectation that is not known is refused: %s', async (path) => {
  const answer = await rawAnswer(edge.url, head(`POST ${path} HTTP/1.1`, 'Expect: x', 'Connection: close'));
  expect(answer).toBeRefused({ status: 417, code: 'BAD_REQUEST' });
});
