import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compressed, takesGzip } from '../../src/server/http/compressed.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { head, rawResponse, type HttpResponse } from './requests.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ role: 'api', env: { SESSIONS_PER_MINUTE: '0' } });
});
afterAll(() => app.close());

const GZIP = 'Accept-Encoding: gzip, deflate, br';
const LONG = '{ questionnaire(slug: "ipip-neo-120") { title description schema pages { title items { key title } } } }';

/** Unlike `fetch`, it does not decompress bodies. */
const post = (path: string, body: unknown, ...lines: string[]): Promise<HttpResponse> => {
  const text = JSON.stringify(body);
  const own = ['Connection: close', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`];
  return rawResponse(app.url, head(`POST ${path} HTTP/1.1`, ...own, ...lines) + text);
};
const get = (path: string, ...lines: string[]): Promise<HttpResponse> =>
  rawResponse(app.url, head(`GET ${path} HTTP/1.1`, 'Connection: close', ...lines));
const codingOf = ({ headers }: HttpResponse) => headers.get('content-encoding');
const unpacked = ({ text }: HttpResponse) => gunzipSync(Buffer.from(text, 'latin1')).toString();

describe('a response of more than 1 KB', () => {
  test('of GraphQL is compressed for a client that takes gzip, with its length and `vary`', async () => {
    const plain = await post('/graphql', { query: LONG });
    expect([codingOf(plain), plain.text.length]).toEqual([null, expect.any(Number)]);
    expect(plain.text.length).toBeGreaterThan(30_000);
    const packed = await post('/graphql', { query: LONG }, GZIP);
    expect(Object.fromEntries(packed.headers)).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(packed.text.length),
      'content-type': 'application/json; charset=utf-8',
      vary: 'origin, accept, accept-encoding, accept-language',
    });
    expect(packed.text.length).toBeLessThan(plain.text.length / 3);
    expect(unpacked(packed)).toBe(Buffer.from(plain.text, 'latin1').toString());
    expect(plain.headers.get('vary')).toBe('origin, accept, accept-encoding, accept-language');
  });

  test('of REST is compressed for a client that takes gzip, by HEAD with the same length', async () => {
    const [plain, packed] = await Promise.all([get('/api/openapi.json'), get('/api/openapi.json', GZIP)]);
    expect([codingOf(plain), codingOf(packed)]).toEqual([null, 'gzip']);
    expect(unpacked(packed)).toBe(Buffer.from(plain.text, 'latin1').toString());
    const described = await fetch(`${app.url}/api/openapi.json`, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(Object.fromEntries(described.headers)).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(packed.text.length),
    });
  });

  test('is not compressed by GET from GraphQL, where the address may be a link of another site', async () => {
    const response = await get(`/graphql?query=${encodeURIComponent(LONG)}`, GZIP);
    expect([response.status, codingOf(response)]).toEqual([200, null]);
    expect(response.text.length).toBeGreaterThan(30_000);
  });

  test('is not compressed if it has the token of a session, here or in a proxy', async () => {
    const fields = Array.from(
      { length: 12 },
      (_, at) => `session${at}: startSession(transport: BEARER) { token session { id } }`,
    );
    const response = await post('/graphql', { query: `mutation { ${fields.join(' ')} }` }, GZIP);
    expect(response.text.length).toBeGreaterThan(1_024);
    expect([codingOf(response), response.headers.get('cache-control')]).toEqual([null, 'no-store, no-transform']);
    const rest = await post('/api/session', {}, GZIP);
    expect([rest.status, rest.headers.get('cache-control')]).toEqual([201, 'no-store, no-transform']);
  });
});

test('a response of less than 1 KB is not compressed', async () => {
  const [graphql, rest] = await Promise.all([post('/graphql', { query: '{ __typename }' }, GZIP), get('/api/x', GZIP)]);
  expect([codingOf(graphql), codingOf(rest)]).toEqual([null, null]);
  expect(graphql.text).toBe('{"data":{"__typename":"Query"}}');
});

test('an event stream is not compressed', async () => {
  const body = JSON.stringify({ query: 'subscription { assessmentFinished { __typename } }' });
  const { cookie } = await app.client();
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'accept-encoding': 'gzip',
    cookie,
  };
  const left = new AbortController();
  const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body, signal: left.signal });
  expect([response.status, response.headers.get('content-encoding')]).toEqual([200, null]);
  left.abort();
});

test.each([
  ['gzip', true],
  ['GZIP', true],
  ['br, gzip;q=0.5', true],
  ['*', true],
  ['*;q=0.1', true],
  ['identity;q=0.5, gzip', true],
  ['identity, gzip;q=0.5', false],
  ['gzip;q=0', false],
  ['gzip;q=0.0, *', false],
  ['*;q=0', false],
  ['br', false],
  ['identity', false],
  ['', false],
  [undefined, false],
])('`Accept-Encoding: %s` takes gzip: %s', (header, takes) => {
  expect(takesGzip(header)).toBe(takes);
});

test('at most 16 responses are compressed at once, further ones are sent as they are', async () => {
  const request = new IncomingMessage(new Socket());
  request.headers['accept-encoding'] = 'gzip';
  const exchange = { request, response: new ServerResponse(request) };
  const some = () => Promise.all(Array.from({ length: 20 }, () => compressed(exchange, 'a text '.repeat(1_000))));
  for (const _ of ['at first', 'when the first are done'])
    expect((await some()).map((packed) => packed !== undefined)).toEqual([
      ...Array(16).fill(true),
      ...Array(4).fill(false),
    ]);
});
