import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { head, rawResponse, rowsIn, START } from '../server/requests.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { anyText, changedBytes, changedText, FEWER_RUNS, RUNS } from './draws.ts';
import { faultsOf, faultsOfRefusal, harmTo } from './harmless.ts';

let app: TestApp;
let rows: Awaited<ReturnType<typeof rowsIn>>;
beforeAll(async () => {
  app = await startApp({ role: 'api' });
  await app.client();
  rows = await rowsIn(app.world);
});
afterAll(() => app.close());

const POST = 'POST /graphql HTTP/1.1';
const TYPE = 'Content-Type: application/json';
const CLOSE = 'Connection: close';
/** A mutation: a request that is executed by mistake stores a row. */
const BODY = JSON.stringify({ query: START });
const line = (text: string): string => text.replace(/[\r\n\0]/g, '');

test('every malformed length gets a 4xx, and nothing is executed', async () => {
  const malformed = fc.oneof(
    fc.constantFrom(
      '',
      '-1',
      '+5',
      '5.0',
      '5e1',
      '0x10',
      '5,5',
      '5, 6',
      '5 5',
      '5;',
      'NaN',
      'Infinity',
      '٣',
      '5\t6',
      '"5"',
    ),
    fc.bigInt({ min: 2n ** 64n }).map(String),
    fc.integer({ max: -1 }).map(String),
    anyText()
      .map(line)
      .filter((text) => !/^[ \t]*\d+[ \t]*$/.test(text) && text.length < 200),
  );
  await fc.assert(
    fc.asyncProperty(malformed, async (length) => {
      expect(
        faultsOfRefusal(
          await rawResponse(app.url, Buffer.from(`${head(POST, TYPE, CLOSE, `Content-Length: ${length}`)}${BODY}`)),
        ),
      ).toEqual([]);
    }),
    RUNS,
  );
  expect(await rowsIn(app.world)).toEqual(rows);
});

test('every length over the limit gets 413 before the body', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.maxSafeNat().filter((length) => length > 256 * 1024),
      async (length) => {
        const response = await rawResponse(app.url, head(POST, TYPE, CLOSE, `Content-Length: ${length}`));
        expect(response).toBeRefused({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
      },
    ),
    FEWER_RUNS,
  );
});

test('every malformed size of a chunk gets a 4xx, and nothing is executed', async () => {
  const malformed = fc.oneof(
    fc.constantFrom('', 'g', '-1', '0x5', '5 5', '1'.repeat(17), 'ffffffffffffffffff', '5\0', '+5'),
    anyText()
      .map(line)
      .filter((text) => !/^[0-9a-f]+[ \t]*(;|$)/i.test(text) && text.length < 200),
  );
  await fc.assert(
    fc.asyncProperty(malformed, async (size) => {
      const request = `${head(POST, TYPE, CLOSE, 'Transfer-Encoding: chunked')}${size}\r\n${BODY}\r\n0\r\n\r\n`;
      expect(faultsOfRefusal(await rawResponse(app.url, Buffer.from(request)))).toEqual([]);
    }),
    RUNS,
  );
  expect(await rowsIn(app.world)).toEqual(rows);
});

test('a body that is not a type of JSON in UTF-8 gets 415, and is not executed', async () => {
  const types = fc.oneof(
    fc.constantFrom(
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/json',
      'application/jsonp',
      'application/json; charset=utf-16',
      'application/json; charset="latin1"',
      'application/graphql',
      '*/*',
      '',
    ),
    changedText('application/json')
      .map(line)
      .filter((type) => !/^[ \t]*application\/(json|graphql\+json)\s*(;|$)/i.test(type) && type.length < 200),
  );
  await fc.assert(
    fc.asyncProperty(types, async (type) => {
      const request = head(POST, `Content-Type: ${type}`, CLOSE, `Content-Length: ${BODY.length}`);
      const response = await rawResponse(app.url, Buffer.from(request + BODY));
      expect(faultsOf(response)).toEqual([]);
      // Node refuses control characters in a value by 400.
      expect([400, 415]).toContain(response.status);
    }),
    RUNS,
  );
  expect(await rowsIn(app.world)).toEqual(rows);
});

test('a head with changed bytes is refused or served, and the connection never hangs', async () => {
  const whole = head('GET /healthz HTTP/1.1', 'Accept: application/json', CLOSE);
  await fc.assert(
    fc.asyncProperty(changedBytes(whole.trimEnd()), async (bytes) => {
      // The end of the head is sent in any case; otherwise the request only waits for its time-out (test/server/http.test.ts).
      const request = Buffer.concat([
        Buffer.from('GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\nX-A: '),
        bytes,
        Buffer.from('\r\n\r\n\r\n\r\n'),
      ]);
      expect(faultsOf(await rawResponse(app.url, request))).toEqual([]);
    }),
    RUNS,
  );
});

test('every path is refused or served, whichever characters it has', async () => {
  const parts = fc.constantFrom(
    '/',
    '..',
    '.',
    '%2e',
    '%2F',
    '%00',
    '%',
    '%zz',
    '\\',
    '//',
    '?',
    '#',
    'graphql',
    'api',
    'assessment',
    'session',
    'assets',
    'index.html',
    'etc/passwd',
    '@',
    ':80',
    ';',
    '%ff',
    'é',
    '~',
  );
  const paths = fc.oneof(
    fc.array(parts, { minLength: 1, maxLength: 8 }).map((all) => `/${all.join('')}`),
    anyText()
      .map((text) => `/${text.replace(/[\s\0]/g, '')}`)
      .filter((text) => text.length < 4_000),
  );
  await fc.assert(
    fc.asyncProperty(paths, async (path) => {
      const response = await rawResponse(
        app.url,
        Buffer.from(head(`GET ${path} HTTP/1.1`, 'Accept: application/json', CLOSE)),
      );
      expect(response.status).toBeLessThan(500);
      expect(response.text).not.toMatch(/root:|"dependencies"/);
    }),
    RUNS,
  );
});

test('nothing was stored, and nobody else was harmed', async () => {
  expect(await rowsIn(app.world)).toEqual(rows);
  expect(await harmTo(app)).toEqual([]);
});
