import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { head, rawResponse, rowsIn, type HttpResponse } from '../server/requests.ts';
import { openSocket } from '../server/socket.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { anyText, changedText, RUNS } from './draws.ts';
import { faultsOf, harmTo } from './harmless.ts';

let app: TestApp;
let client: Client;
let rows: Awaited<ReturnType<typeof rowsIn>>;
beforeAll(async () => {
  app = await startApp({ role: 'api' });
  client = await app.client();
  rows = await rowsIn(app.world);
});
afterAll(() => app.close());

const CLOSE = 'Connection: close';
const line = (text: string): string => text.replace(/[\r\n]/g, '').slice(0, 4_000);

/** Values of a header that look like a session's, and are none. */
const strangers = (): fc.Arbitrary<string> => {
  const token = client.cookie.slice('sid='.length);
  const isOther = (text: string): boolean => !text.includes(token);
  return fc
    .oneof(
      anyText().map(line),
      fc.constantFrom(
        token.toLowerCase(),
        token.toUpperCase(),
        token.slice(0, -1),
        `${token.slice(0, -1)}=`,
        `x${token.slice(1)}`,
      ),
      changedText(token).map(line),
    )
    .filter(isOther);
};

const ask = (...lines: string[]): Buffer =>
  Buffer.from(head('GET /graphql?query={session{id}} HTTP/1.1', ...lines, CLOSE), 'utf8');
const isInSession = ({ status, text }: HttpResponse): boolean => status === 200 && text !== '{"data":{"session":null}}';
const REST = 'GET /api/assessment/0190a000-0000-7000-8000-000000000000 HTTP/1.1';

test('no malformed or made-up cookie is a session, over GraphQL and REST', async () => {
  const cookies = strangers().chain((value) =>
    fc.constantFrom(
      `sid=${value}`,
      value,
      `sid=${value}; sid=`,
      `sid="${value}"`,
      `SID=${value}`,
      `a=b; sid=${value};;`,
      `sid=;sid=${value}`,
    ),
  );
  await fc.assert(
    fc.asyncProperty(cookies, async (cookie) => {
      const response = await rawResponse(app.url, ask(`Cookie: ${cookie}`));
      expect(faultsOf(response)).toEqual([]);
      expect(isInSession(response)).toBe(false);
      expect(response.headers.get('set-cookie')).toBeNull();
      const rest = await rawResponse(app.url, Buffer.from(head(REST, `Cookie: ${cookie}`, CLOSE)));
      expect(faultsOf(rest)).toEqual([]);
      expect([400, 401, 431]).toContain(rest.status);
    }),
    RUNS,
  );
});

test('no malformed or made-up token is a session, and it wins over a good cookie', async () => {
  const schemes = fc.constantFrom('Bearer ', 'bearer  ', 'Bearer\t', 'BEARER ');
  await fc.assert(
    fc.asyncProperty(schemes, strangers(), async (scheme, token) => {
      const response = await rawResponse(app.url, ask(`Authorization: ${scheme}${token}`, `Cookie: ${client.cookie}`));
      expect(faultsOf(response)).toEqual([]);
      // With spaces inside it is no bearer token, so the cookie counts.
      const isBearer = !/[^ \t][ \t]+[^ \t]/.test(token);
      expect(isBearer && isInSession(response)).toBe(false);
    }),
    RUNS,
  );
});

test('no session that a client chooses is adopted when it starts one', async () => {
  const values = strangers()
    .map((value) => value.replace(/[^\x21-\x7e]/g, ''))
    .filter((value) => !value.includes(client.cookie.slice('sid='.length)));
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const body = JSON.stringify({ query: 'mutation { startSession { session { id } } }' });
      const request = head(
        'POST /graphql HTTP/1.1',
        `Cookie: sid=${value}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        CLOSE,
      );
      const response = await rawResponse(app.url, request + body);
      const given = /^sid=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
      expect(given).toMatch(/^as_[\w-]{43}$/);
      expect(given).not.toBe(value);
    }),
    { numRuns: 40 },
  );
  rows = await rowsIn(app.world);
});

test('a socket with a malformed or made-up token is closed with 4401', async () => {
  const own = client.cookie.slice('sid='.length);
  const tokens = strangers()
    .map((token) => token.replace(/[ \t]/g, ''))
    .filter((token) => !token.includes(own));
  await fc.assert(
    fc.asyncProperty(tokens, async (token) => {
      const init = { Authorization: `Bearer ${token}` };
      await using socket = await openSocket(app.url, { cookie: client.cookie, init });
      expect(await socket.closed).toMatchObject({ code: 4401 });
    }),
    { numRuns: 40 },
  );
});

test('nothing was stored, and nobody else was harmed', async () => {
  expect(await rowsIn(app.world)).toEqual(rows);
  expect(await harmTo(app)).toEqual([]);
});
