import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { head, rawResponse } from './requests.ts';
import { startFakeServer } from './fake-server.ts';

type Server = Awaited<ReturnType<typeof startFakeServer>>;
let on: Server;
let off: Server;

beforeAll(async () => {
  [on, off] = await Promise.all([startFakeServer({ graphiql: true }), startFakeServer()]);
});
afterAll(() => Promise.all([on[Symbol.asyncDispose](), off[Symbol.asyncDispose]()]));

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const get = (server: Server, accept: string, target = '/graphql') =>
  rawResponse(server.url, head(`GET ${target} HTTP/1.1`, `Accept: ${accept}`, 'Connection: close'));

describe('GraphiQL', () => {
  test('has the same headers by HEAD as by GET', { timeout: 60_000 }, async () => {
    const headers = { accept: HTML, 'accept-encoding': 'gzip' };
    const [whole, described] = await Promise.all(
      ['GET', 'HEAD'].map((method) => fetch(`${on.url}/graphql`, { method, headers })),
    );
    const own = (response: Response | undefined) =>
      [...(response?.headers ?? [])].filter(([name]) => !/^(date|connection|keep-alive|x-request-id)$/.test(name));
    expect({ status: described?.status, headers: own(described) }).toEqual({ status: 200, headers: own(whole) });
    expect(await whole?.text()).toMatch(/<!doctype html>[^]*GraphiQL/i);
    expect(await described?.text()).toBe('');
  });

  test.each(['text/html;q=0, */*', 'text/html; q=0.0, application/json', 'application/json', '*/*', ''])(
    'is not sent to a client that accepts %j',
    async (accept) => {
      const { status, headers } = await get(on, accept, '/graphql?query={__typename}');
      expect({ status, type: headers.get('content-type') }).toEqual({
        status: 200,
        type: expect.stringMatching(/^application\/json/),
      });
    },
  );

  test.each(['query', 'qu%65ry', 'a=b&query', '&query'])(
    'is not served where it is off and the URL has a query, which is executed: %s',
    async (name) => {
      const response = await get(off, HTML, `/graphql?${name}={__typename}`);
      expect({ status: response.status, text: response.text }).toEqual({
        status: 200,
        text: '{"data":{"__typename":"Query"}}',
      });
    },
  );
});

test('an empty operation name counts as absent, by GET and by POST', async () => {
  const expected = { data: { __typename: 'Query' } };
  const byGet = await fetch(`${off.url}/graphql?query={__typename}&operationName=`);
  expect(await byGet.json()).toEqual(expected);
  const byPost = await fetch(`${off.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{__typename}', operationName: '' }),
  });
  expect(await byPost.json()).toEqual(expected);
});

test('an empty chunked body counts as absent, any other one needs its content type', async () => {
  const post = (pieces: string) =>
    rawResponse(
      off.url,
      head('POST /api/session HTTP/1.1', 'Transfer-Encoding: chunked', 'Connection: close') + pieces,
    );
  expect((await post('0\r\n\r\n')).status).toBe(201);
  expect(await post('2\r\n{}\r\n0\r\n\r\n')).toBeRefused({ status: 415, code: 'BAD_REQUEST' });
});
