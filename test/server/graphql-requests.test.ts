import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { responseOf, JSON_TYPE, postGraphQL, rowsIn, START, type Refused } from './requests.ts';

let app: TestApp;
let rows: Awaited<ReturnType<typeof rowsIn>>;

beforeAll(async () => {
  app = await startApp({ role: 'api' });
  await app.client();
  rows = await rowsIn(app.world);
});
afterAll(() => app.close());

const BAD: Refused = { status: 400, code: 'BAD_REQUEST' };
const PERSISTED: Refused = {
  status: 200,
  code: 'PERSISTED_QUERY_NOT_SUPPORTED',
  message: /^PersistedQueryNotSupported$/,
};
const json = (body: unknown): string => JSON.stringify(body);
const batchOf = (length: number): string => json(Array.from({ length }, () => ({ query: START })));

test.each<[string, string | Uint8Array<ArrayBuffer>, Refused]>([
  ['no body', '', BAD],
  ['half of a body', '{"query": ', BAD],
  ['null', 'null', BAD],
  ['an empty list', '[]', BAD],
  ['a string', '"x"', BAD],
  ['a number', '1', BAD],
  ['a batch of two', batchOf(2), { ...BAD, message: /batch/i }],
  ['a batch of 4,000', batchOf(4_000), { ...BAD, message: /batch/i }],
  ['a batch of 10,000', batchOf(10_000), { status: 413, code: 'PAYLOAD_TOO_LARGE' }],
  ['no query', '{}', BAD],
  ['the hash of a document', json({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } }), PERSISTED],
  ['the id of a document', json({ documentId: 'sha256:a' }), PERSISTED],
  ['an empty query', '{"query":""}', BAD],
  ['a query that is a number', '{"query":1}', BAD],
  ['a query that is null', '{"query":null}', BAD],
  ['an unknown parameter', json({ query: START, foo: 1 }), { ...BAD, message: /"foo"/ }],
  ['an unknown parameter that is null', json({ query: START, foo: null }), { ...BAD, message: /"foo"/ }],
  ['__proto__ as parameter', `{"query":${json(START)},"__proto__":{"x":1}}`, { ...BAD, message: /"__proto__"/ }],
  ['variables that are a list', json({ query: START, variables: [] }), BAD],
  ['variables that are a string', json({ query: START, variables: '{}' }), BAD],
  ['extensions that are a string', json({ query: START, extensions: 'x' }), BAD],
  ['an operation name that is a number', json({ query: START, operationName: 5 }), BAD],
  ['an unknown operation name', json({ query: START, operationName: 'Other' }), { ...BAD, message: /operationName/ }],
  [
    'two operations and no name',
    json({ query: `mutation A { endSession { ended } } ${START.replace('{', 'B {')}` }),
    BAD,
  ],
  [
    'only a fragment',
    json({ query: 'fragment F on Session { id }' }),
    { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' },
  ],
  ['a byte order mark', `\uFEFF${json({ query: START })}`, BAD],
  ['bytes that are no UTF-8', Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d]), BAD],
  ['UTF-16 without a charset', Uint8Array.from(Buffer.from(json({ query: START }), 'utf16le')), BAD],
  ['a hundred thousand levels', `{"query":"{session{id}}","variables":{"a":${'['.repeat(100_000)}`, BAD],
  ['a syntax error', json({ query: 'mutation { startSession {' }), { status: 200, code: 'GRAPHQL_PARSE_FAILED' }],
  ['an unknown field', json({ query: '{ nothing }' }), { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' }],
])('a POST with %s is refused before execution', async (_, body, refused) => {
  expect(await postGraphQL(app.url, body)).toBeRefused(refused);
  expect(await rowsIn(app.world)).toEqual(rows);
});

test('with application/graphql-response+json, an invalid document gets 400', async () => {
  const headers = { ...JSON_TYPE, accept: 'application/graphql-response+json' };
  expect(await postGraphQL(app.url, json({ query: '{' }), headers)).toBeRefused({
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  });
  expect(await postGraphQL(app.url, json({ query: '{ nothing }' }), headers)).toBeRefused({
    status: 400,
    code: 'GRAPHQL_VALIDATION_FAILED',
  });
});

const mutation = { query: START };
const form = new URLSearchParams(mutation);
const multipart = (): FormData => {
  const data = new FormData();
  data.set('operations', json(mutation));
  data.set('map', '{}');
  return data;
};

/** A form of another site can send such bodies with the cookie, without a CORS preflight. */
test.each<[string, () => BodyInit, Record<string, string>]>([
  ['application/x-www-form-urlencoded', () => form, {}],
  ['multipart/form-data', multipart, {}],
  ['text/plain', () => json(mutation), { 'content-type': 'text/plain' }],
  ['no type at all', () => new Blob([json(mutation)]), {}],
  ['application/graphql', () => START, { 'content-type': 'application/graphql' }],
  ['application/jsonx', () => json(mutation), { 'content-type': 'application/jsonx' }],
  ['text/plain that mentions JSON', () => json(mutation), { 'content-type': 'text/plain; application/json' }],
  ['JSON in UTF-16', () => json(mutation), { 'content-type': 'application/json; charset=utf-16' }],
  ['JSON in latin1', () => json(mutation), { 'content-type': 'application/json;charset="latin1"' }],
  ['compressed JSON', () => json(mutation), { ...JSON_TYPE, 'content-encoding': 'gzip' }],
])('a mutation by POST as %s gets 415, and is not executed', async (_, body, headers) => {
  const { cookie } = await app.client();
  const before = await rowsIn(app.world);
  for (const path of ['/graphql', '/api/session'])
    expect(
      await responseOf(await fetch(app.url + path, { method: 'POST', headers: { ...headers, cookie }, body: body() })),
    ).toBeRefused({ status: 415, code: 'BAD_REQUEST' });
  expect(await rowsIn(app.world)).toEqual(before);
  rows = before;
});

const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql?${new URLSearchParams(parameters)}`, { headers }).then(responseOf);

test('a query by GET needs no special header', async () => {
  const response = await get({ query: '{ questionnaires { slug } }' });
  expect(response.status).toBe(200);
  expect(JSON.parse(response.text).data.questionnaires.length).toBeGreaterThan(0);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test.each<[string, Record<string, string>, Refused]>([
  ['no parameter', {}, BAD],
  ['an empty query', { query: '' }, BAD],
  ['the hash of a document', { extensions: json({ persistedQuery: { version: 1, sha256Hash: 'a' } }) }, PERSISTED],
  ['variables that are no JSON', { query: '{ session { id } }', variables: '{' }, BAD],
  ['variables that are a list', { query: '{ session { id } }', variables: '[]' }, BAD],
  ['extensions that are no JSON', { query: '{ session { id } }', extensions: '{' }, BAD],
  ['an unknown operation name', { query: 'query A { session { id } }', operationName: 'B' }, BAD],
])('a GET with %s is refused', async (_, parameters, refused) => {
  expect(await get(parameters)).toBeRefused(refused);
});

test('a mutation by GET gets 405 with the header Allow, and is not executed', async () => {
  const response = await get({ query: START });
  expect(response).toBeRefused({ status: 405, code: 'BAD_REQUEST' });
  expect(response.headers.get('allow')).toBe('POST');
  const both = await get({ query: `query A { session { id } } ${START.replace('{', 'B {')}`, operationName: 'B' });
  expect(both).toBeRefused({ status: 405, code: 'BAD_REQUEST' });
  expect(await rowsIn(app.world)).toEqual(rows);
});

test.each(['image/png', 'text/html', 'multipart/mixed', 'application/json;q=0', 'application/json; charset=latin1'])(
  'a mutation that accepts only %s gets 406 before it is executed',
  async (accept) => {
    const response = await postGraphQL(app.url, json(mutation), { ...JSON_TYPE, accept });
    expect(response).toBeRefused({ status: 406, code: 'BAD_REQUEST' });
    expect(await rowsIn(app.world)).toEqual(rows);
  },
);

test('a subscription that does not accept an event stream gets 406', async () => {
  const query = 'subscription { recommendationCompleted(assessmentId: "x") { assessment { id } } }';
  const response = await postGraphQL(app.url, json({ query }), { ...JSON_TYPE, accept: 'application/json' });
  expect(response).toBeRefused({ status: 406, code: 'BAD_REQUEST', message: /WebSocket.*text\/event-stream/ });
});

test('a browser at /graphql gets 404 where GraphiQL is off', async () => {
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  expect(await get({}, { accept })).toBeRefused({ status: 404, code: 'NOT_FOUND' });
});

test('a token in the query string or in the variables is ignored', async () => {
  const started = await fetch(`${app.url}/api/session`, { method: 'POST', headers: JSON_TYPE, body: '{}' });
  const { data } = (await started.json()) as { data: { token: string } };
  const query = '{ session { id } }';
  for (const response of [
    await get({ query, token: data.token, sid: data.token, authorization: `Bearer ${data.token}` }),
    await postGraphQL(app.url, json({ query, variables: { token: data.token, authorization: data.token } })),
  ])
    expect(JSON.parse(response.text)).toEqual({ data: { session: null } });
});
