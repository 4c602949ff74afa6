import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWebPage } from '../../src/server/http/rest/web-page.ts';
import { responseOf, head, rawResponse } from './requests.ts';
import { startFakeServer } from './fake-server.ts';

const SHELL = '<!doctype html><title>Page</title>';
const SCRIPT = 'console.log("a script")'.repeat(20);
const BROWSER = 'gzip, deflate, br, zstd';
const NOT_FOUND = { status: 404, code: 'NOT_FOUND' };

let folder: string;
let server: Awaited<ReturnType<typeof startFakeServer>>;

beforeAll(async () => {
  const outside = mkdtempSync(join(tmpdir(), 'assay-page-'));
  folder = join(outside, 'web');
  const put = (path: string, body: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), body);
  };
  for (const [path, body] of [
    ['index.html', SHELL],
    ['assets/app-1.js', SCRIPT],
  ] as const) {
    put(path, body);
    put(`${path}.br`, brotliCompressSync(body));
    put(`${path}.gz`, gzipSync(body));
  }
  put('assets/photo.png', Buffer.from([1, 2, 3]));
  put('data.gz', gzipSync('a download'));
  put('.env', 'SECRET=1');
  put('.git/config', 'SECRET=2');
  put('.well-known/security.txt', 'Contact: mailto:someone@example.org');
  writeFileSync(join(outside, 'package.json'), '{}');
  server = await startFakeServer({ webPage: openWebPage(folder) });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(dirname(folder), { recursive: true });
});

/** Unlike `fetch`, it does not decompress bodies. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  rawResponse(
    server.url,
    head(`${method} ${path} HTTP/1.1`, 'Connection: close', ...Object.entries(headers).map((pair) => pair.join(': '))),
  );

describe('a file', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/app-1.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/photo.png', 'image/png', 'public, max-age=31536000, immutable'],
    ['/data.gz', 'application/gzip', 'no-cache'],
    ['/.well-known/security.txt', 'text/plain; charset=utf-8', 'no-cache'],
  ])('has its content type, and cache headers by its name: %s', async (path, type, cache) => {
    const { status, headers, text } = await get(path);
    expect({ status, ...Object.fromEntries(headers) }).toMatchObject({
      status: 200,
      'content-type': type,
      'cache-control': cache,
      'content-length': String(Buffer.from(text, 'latin1').length),
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
      etag: expect.stringMatching(/^"[\w-]{20}"$/),
    });
  });

  test.each([
    [BROWSER, 'br'],
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip;q=1.0, br;q=0.0', 'gzip'],
    ['deflate, zstd', null],
    ['identity', null],
    ['br;q=0', null],
  ])('is sent as the build compressed it, if `Accept-Encoding` allows it: %s', async (accepted, encoding) => {
    const { headers, text } = await get('/assets/app-1.js', { 'Accept-Encoding': accepted });
    expect(headers.get('content-encoding')).toBe(encoding);
    expect(headers.get('vary')).toBe('accept-encoding');
    const body = Buffer.from(text, 'latin1');
    const unpacked = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body;
    expect(unpacked.toString()).toBe(SCRIPT);
  });

  test('is not sent again to a client with its etag in the same coding', async () => {
    const { headers } = await get('/', { 'Accept-Encoding': BROWSER });
    const etag = headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
      for (const method of ['GET', 'HEAD']) {
        const again = await get('/', { 'Accept-Encoding': BROWSER, 'If-None-Match': known }, method);
        expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
        expect(Object.fromEntries(again.headers)).toMatchObject({
          etag,
          vary: 'accept-encoding',
          'cache-control': 'no-cache',
          'content-security-policy': expect.stringContaining("default-src 'none'"),
        });
      }
    expect((await get('/', { 'If-None-Match': etag })).status).toBe(200);
    expect((await get('/', { 'Accept-Encoding': BROWSER, 'If-None-Match': '"other"' })).status).toBe(200);
  });

  test('has the same headers by HEAD as by GET', async () => {
    const own = (headers: Headers) =>
      [...headers].filter(([name]) => !/^(date|connection|keep-alive|x-request-id)$/.test(name));
    for (const path of ['/', '/assets/app-1.js', '/assets/photo.png']) {
      const headers = { 'accept-encoding': 'identity' };
      const [whole, described] = await Promise.all([get(path), fetch(server.url + path, { method: 'HEAD', headers })]);
      expect(own(described.headers)).toEqual(own(whole.headers));
    }
  });
});

test.each(['/take/wellbeing-check', '/take/ipip-neo-120@1/', '/assessments/0190a000-0000-7000-8000-000000000000'])(
  'an address of the page gets its shell, without `Accept` too: %s',
  async (path) => {
    const { status, headers, text } = await get(path);
    expect({ status, text, cache: headers.get('cache-control') }).toEqual({
      status: 200,
      text: SHELL,
      cache: 'no-cache',
    });
  },
);

test.each([
  '/index.html.br',
  '/index.html.gz',
  '/assets/app-1.js.br',
  '/assets/app-1.js.gz',
  '/assets',
  '/assets/',
  '/assets/app-2.js',
  '/.env',
  '/.git/config',
  '/../package.json',
  '/..%2fpackage.json',
  '/%2e%2e/package.json',
  '/..%5cpackage.json',
  '/..\\package.json',
  '/assets/../../package.json',
  '/assets//app-1.js',
  '//index.html',
  '/index.html%00',
  '/index.html%00.js',
  '/%69ndex.html',
  '/INDEX.HTML',
  '/take/',
  '/take/a/b',
  '/take/%2e%2e',
  '/assessment',
])('a path without a file or a page gets 404 as JSON, which no cache keeps: %s', async (path) => {
  const response = await get(path, { 'Accept-Encoding': BROWSER });
  expect(response).toBeRefused(NOT_FOUND);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('etag')).toBeNull();
});

const AS_BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'Accept-Encoding': BROWSER };

describe('a browser that opens an address', () => {
  test.each(['/', '/take/wellbeing-check', '/take/%C3%A4%2Fb?page=2', '/assessments/x/'])(
    'of the page gets its shell with 200: %s',
    async (path) => {
      const { status, headers, text } = await get(path, AS_BROWSER);
      expect({ status, ...Object.fromEntries(headers) }).toMatchObject({
        status: 200,
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-encoding': 'br',
        etag: expect.any(String),
      });
      expect(brotliDecompressSync(Buffer.from(text, 'latin1')).toString()).toBe(SHELL);
    },
  );

  test.each(['/nothing', '/history', '/take', '/take/a/b', '/take/%E0%A4', '//', '/assets/app-2.js', '/.env', '/apix'])(
    'unknown to the page gets its shell with 404, which no cache keeps: %s',
    async (path) => {
      const request = { ...AS_BROWSER, 'If-None-Match': '*' };
      const described = await fetch(server.url + path, { method: 'HEAD', headers: request });
      const whole = await get(path, request);
      expect(gunzipSync(Buffer.from(whole.text, 'latin1')).toString()).toBe(SHELL);
      expect((await get(path, { Accept: AS_BROWSER.Accept })).text).toBe(SHELL);
      for (const { status, headers } of [described, whole]) {
        expect({ status, ...Object.fromEntries(headers) }).toMatchObject({
          status: 404,
          'content-type': 'text/html; charset=utf-8',
          'content-encoding': 'gzip',
          'content-length': String(whole.text.length),
          'content-security-policy': expect.stringContaining("script-src 'self'"),
          'cache-control': 'no-store',
          vary: 'accept, accept-encoding',
        });
        expect(headers.get('etag')).toBeNull();
      }
    },
  );

  test.each(['/api', '/api/', '/api/nothing', '/graphql', '/graphql/', '/healthz/x', '/readyz/'])(
    'of an API gets its error: %s',
    async (path) => {
      expect(await get(path, AS_BROWSER)).toBeRefused(NOT_FOUND);
    },
  );

  test('gets an error where the page is not built', async () => {
    await using bare = await startFakeServer({ webPage: openWebPage(join(folder, 'nowhere')) });
    for (const path of ['/', '/take/x', '/nothing'])
      expect(await responseOf(await fetch(bare.url + path, { headers: { accept: AS_BROWSER.Accept } }))).toBeRefused(
        NOT_FOUND,
      );
  });
});

test.each(['*/*', 'application/json', 'image/*', 'text/html;q=0, */*', ''])(
  'an unknown address gets 404 as JSON where the client does not name text/html: Accept "%s"',
  async (accept) => {
    expect(await get('/nothing', { Accept: accept })).toBeRefused(NOT_FOUND);
  },
);

test('an unknown address takes no other method than GET and HEAD, from a browser either', async () => {
  expect(await get('/nothing', AS_BROWSER, 'POST')).toBeRefused(NOT_FOUND);
});

test('only GET / says that the page is not built, and only if it is not', async () => {
  await using bare = await startFakeServer({ webPage: openWebPage(join(folder, 'nowhere')) });
  const ask = async (url: string, path: string, method = 'GET') => responseOf(await fetch(url + path, { method }));
  const NOT_BUILT = /not built.*npm run build/;
  expect(await ask(bare.url, '/')).toBeRefused({ ...NOT_FOUND, message: NOT_BUILT });
  for (const [path, method] of [
    ['/take/x', 'GET'],
    ['/', 'POST'],
    ['/index.html', 'GET'],
  ] as const) {
    const response = await ask(bare.url, path, method);
    expect(response).toBeRefused(NOT_FOUND);
    expect(response.text).not.toMatch(NOT_BUILT);
  }
  expect((await ask(server.url, '/', 'POST')).text).not.toMatch(NOT_BUILT);
});

test('the build compresses each text file of the page by brotli and by gzip', () => {
  const built = join(import.meta.dirname, '../../dist/web');
  const plain = globSync('**/*.{html,js,css,svg}', { cwd: built });
  expect(plain.length).toBeGreaterThan(3);
  for (const name of plain) {
    const body = readFileSync(join(built, name));
    expect(brotliDecompressSync(readFileSync(join(built, `${name}.br`)))).toEqual(body);
    expect(gunzipSync(readFileSync(join(built, `${name}.gz`)))).toEqual(body);
  }
});
