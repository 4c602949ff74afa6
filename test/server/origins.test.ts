import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { responseOf, JSON_TYPE, rowsIn, type HttpResponse } from './requests.ts';
import { upgradeStatus } from './upgrade-status.ts';

const FRIEND = 'https://app.example';
const HOME = 'https://assay.example';

/** `app` has a PUBLIC_URL, as in production; `local` has none, as on a developer's machine. */
let app: TestApp;
let local: TestApp;
let client: Client;

beforeAll(async () => {
  [app, local] = await Promise.all([
    startApp({ role: 'api', env: { ALLOWED_ORIGINS: FRIEND, PUBLIC_URL: `${HOME}/` } }),
    startApp({ role: 'api' }),
  ]);
  client = await local.client();
});
afterAll(async () => {
  await Promise.all([app.close(), local.close()]);
});

const FOREIGN = [
  'https://evil.example',
  'null',
  'http://app.example',
  'https://app.example.evil.example',
  'https://app.example:444',
  'https://APP.example',
  'http://localhost',
  'http://127.0.0.1',
  '',
];
const FORBIDDEN = { status: 403, code: 'FORBIDDEN' };
const MUTATION = JSON.stringify({ query: 'mutation { startSession(transport: BEARER) { token } }' });

const noCors = ({ headers }: HttpResponse): void =>
  expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);

describe.each(FOREIGN)('the origin "%s"', (origin) => {
  test.each(['POST /graphql', 'POST /api/session', 'GET /graphql?query={session{id}}', 'GET /api/assessment/x'])(
    'is refused with the cookie, gets no CORS headers, and has no effect: %s',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      for (const { url, world } of [app, local]) {
        const before = await rowsIn(world);
        const headers = { ...JSON_TYPE, cookie: client.cookie, origin };
        const response = await responseOf(
          await fetch(url + path, { method, headers, ...(method === 'POST' ? { body: MUTATION } : {}) }),
        );
        expect(response).toBeRefused(FORBIDDEN);
        noCors(response);
        expect(await rowsIn(world)).toEqual(before);
      }
    },
  );

  test('is refused in a preflight', async () => {
    for (const { url } of [app, local]) {
      const headers = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      };
      const response = await responseOf(await fetch(`${url}/graphql`, { method: 'OPTIONS', headers }));
      expect(response).toBeRefused(FORBIDDEN);
      noCors(response);
    }
  });

  test('can open no WebSocket', async () => {
    for (const { url } of [app, local])
      expect(await upgradeStatus(url, { origin, cookie: client.cookie })).toEqual({ status: 403, code: 'FORBIDDEN' });
  });
});

describe('an origin in ALLOWED_ORIGINS or PUBLIC_URL', () => {
  test.each([FRIEND, HOME])('may send a POST and open a WebSocket, and read the response: %s', async (origin) => {
    const preflight = await fetch(`${app.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringContaining('content-type'),
      vary: expect.stringContaining('origin'),
    });
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, origin },
      body: MUTATION,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect(await upgradeStatus(app.url, { origin })).toEqual({ status: 101 });
  });

  test('can read a refusal', async () => {
    const headers = { 'content-type': 'text/plain', origin: FRIEND };
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: MUTATION });
    expect(response.status).toBe(415);
    expect(response.headers.get('access-control-allow-origin')).toBe(FRIEND);
  });

  test('may send a GET from another site', async () => {
    const headers = { origin: FRIEND, 'sec-fetch-site': 'cross-site', accept: 'application/json' };
    expect((await fetch(`${app.url}/graphql?query={session{id}}`, { headers })).status).toBe(200);
  });
});

test("without PUBLIC_URL, pages of localhost are accepted under each of its names, with the server's own port only", async () => {
  const { port } = new URL(local.url);
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    expect(await upgradeStatus(local.url, { origin: `http://${host}:${port}` })).toEqual({ status: 101 });
    expect(await upgradeStatus(local.url, { origin: `http://${host}:${Number(port) + 1}` })).toMatchObject(FORBIDDEN);
  }
  // DNS rebinding: another site's name for this address, in `Host` as well.
  const origin = `http://rebound.example:${port}`;
  const host = `rebound.example:${port}`;
  expect(await upgradeStatus(local.url, { origin, host })).toEqual({ status: 421, code: 'FORBIDDEN' });
});

test('with PUBLIC_URL, pages of localhost are refused', async () => {
  const origin = `http://localhost:${new URL(app.url).port}`;
  expect(await upgradeStatus(app.url, { origin })).toEqual(FORBIDDEN);
});

test('a request without Origin comes from another client than a browser, and is accepted', async () => {
  for (const { url } of [app, local]) {
    expect((await fetch(`${url}/graphql?query={session{id}}`)).status).toBe(200);
    expect(await upgradeStatus(url, {})).toEqual({ status: 101 });
  }
});

describe('a GET by an element (script, img) of a page', () => {
  test.each([
    ['a query', 'query={session{id}}', 'application/json'],
    [
      'a subscription',
      'query=subscription{recommendationCompleted(assessmentId:"x"){assessment{id}}}',
      'text/event-stream',
    ],
  ])('of another site is refused: %s', async (_, query, accept) => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site, cookie: client.cookie, accept };
      expect(await responseOf(await fetch(`${local.url}/graphql?${query}`, { headers }))).toBeRefused(FORBIDDEN);
    }
  });

  test.each(['same-origin', 'none'])('is accepted with Sec-Fetch-Site: %s', async (site) => {
    const headers = { 'sec-fetch-site': site, accept: 'application/json' };
    expect((await fetch(`${local.url}/graphql?query={session{id}}`, { headers })).status).toBe(200);
  });
});
