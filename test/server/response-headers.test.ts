import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { JSON_TYPE, START } from './requests.ts';

const ALLOWED = 'https://app.example';

let app: TestApp;
/** With a PUBLIC_URL, so behind TLS. */
let open: TestApp;

beforeAll(async () => {
  [app, open] = await Promise.all([
    startApp({ role: 'api', env: { GRAPHIQL: '1' } }),
    startApp({ role: 'api', env: { ALLOWED_ORIGINS: ALLOWED, PUBLIC_URL: 'https://assay.example/' } }),
  ]);
});
afterAll(async () => {
  await Promise.all([app.close(), open.close()]);
});

/** `fetch` joins repeated headers with a comma, so these values also prove that each comes once. */
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
};
const OF_DOCUMENT = { ...ALWAYS, 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' };
const OF_API = { ...ALWAYS, 'cache-control': 'no-store', vary: 'origin, accept, accept-encoding' };

const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { ...JSON_TYPE, ...headers },
  body,
});
const start = JSON.stringify({ query: START });

type Case = [what: string, path: string, request: RequestInit, status: number, headers: Record<string, string>];
const cases: Case[] = [
  ['a result', '/graphql', post('{"query":"{ __typename }"}'), 200, OF_API],
  [
    'a result in a language',
    '/graphql',
    post('{"query":"{ questionnaires { slug } }"}'),
    200,
    { ...OF_API, vary: `${OF_API.vary}, accept-language` },
  ],
  ['a result with a cookie', '/graphql', post(start), 200, OF_API],
  ['a refused document', '/graphql', post('{"query":"{"}'), 200, OF_API],
  ['a body that is no JSON', '/graphql', post('{'), 400, OF_API],
  ['a method that is not allowed', '/graphql', { method: 'PUT' }, 405, { ...OF_API, allow: 'GET, POST' }],
  ['a token', '/api/session', post('{}'), 201, { ...OF_API, 'cache-control': 'no-store, no-transform' }],
  ['a REST error', '/api/assessment/x', {}, 401, OF_API],
  ['an unknown route', '/api/x', {}, 404, OF_API],
  ['health', '/healthz', {}, 200, ALWAYS],
  ['the page', '/', {}, 200, { ...OF_DOCUMENT, 'cache-control': 'no-cache' }],
  ['a path with nothing at it', '/x', {}, 404, ALWAYS],
  [
    'GraphiQL',
    '/graphql',
    { headers: { accept: 'text/html' } },
    200,
    { ...OF_DOCUMENT, 'cache-control': 'no-cache', vary: 'accept, accept-encoding' },
  ],
];

describe.each(cases)('%s', (_, path, request, status, headers) => {
  test('has the headers of its kind, each once, and a request id', async () => {
    const response = await fetch(app.url + path, request);
    await response.body?.cancel();
    expect({ status: response.status, ...Object.fromEntries(response.headers) }).toMatchObject({ status, ...headers });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('strict-transport-security')).toBeNull();
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; ([^,]*; )?frame-ancestors 'none'$/);
    expect(policy.includes("script-src 'unsafe-inline'")).toBe(
      path === '/graphql' && 'accept' in (request.headers ?? {}),
    );
  });

  test('insists on TLS where PUBLIC_URL is an https address', async () => {
    const { headers: got, body } = await fetch(open.url + path, request);
    await body?.cancel();
    expect(got.get('strict-transport-security')).toBe('max-age=31536000');
  });
});

test('a cookie and CORS headers come beside the headers of the kind', async () => {
  const { headers } = await fetch(`${open.url}/graphql`, post(start, { origin: ALLOWED }));
  expect(Object.fromEntries(headers)).toMatchObject({
    ...OF_API,
    'access-control-allow-origin': ALLOWED,
    'content-type': 'application/json; charset=utf-8',
  });
  expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-sid=[^;]+; Max-Age=\d+; Path=\/; HttpOnly/)]);
});
