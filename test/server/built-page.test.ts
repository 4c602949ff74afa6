import { globSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWebPage } from '../../src/server/http/rest/web-page.ts';
import { startFakeServer } from './fake-server.ts';

/** As the build (vite.config.ts) has made it. */
const folder = join(import.meta.dirname, '../../dist/web');

/** Bytes as sent to a browser that takes Brotli. With the data of the start page, the first load is below 50 KB. */
const SCRIPT_BYTES_MAX = 40 * 1024;
const HTML_BYTES_MAX = 5 * 1024;
const ALL_BYTES_MAX = 46 * 1024;

const sent = (path: string): number =>
  statSync(join(folder, existsSync(join(folder, `${path}.br`)) ? `${path}.br` : path)).size;
const html = (): string => readFileSync(join(folder, 'index.html'), 'utf8');

test('the first load is one page with its style, and one script, of a limited size', () => {
  const wanted = [
    ...html().matchAll(
      /<(?:script type="module"|link rel="(?:stylesheet|modulepreload)")[^>]*? (?:src|href)="\/([^"]+)"/g,
    ),
  ];
  const [script = '', ...others] = wanted.map(([, path = '']) => path);
  expect([script, others]).toEqual([expect.stringMatching(/^assets\/index-[\w-]+\.js$/), []]);
  expect(sent(script)).toBeLessThan(SCRIPT_BYTES_MAX);
  expect(sent('index.html')).toBeLessThan(HTML_BYTES_MAX);
  expect(sent(script) + sent('index.html')).toBeLessThan(ALL_BYTES_MAX);
  expect(html().match(/<style>/g)).toHaveLength(1);
});

test('the Content-Security-Policy of the page allows its own style by a hash, and no other', async () => {
  await using server = await startFakeServer({ webPage: openWebPage(folder) });
  const style = /<style>([^]*?)<\/style>/.exec(html())?.[1] ?? '';
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(style));
  const allowed = `style-src 'self' 'sha256-${Buffer.from(digest).toString('base64')}';`;
  for (const path of ['/', '/take/wellbeing-check', '/nothing']) {
    const { headers } = await fetch(server.url + path, { headers: { accept: 'text/html' } });
    expect(headers.get('content-security-policy')).toContain(allowed);
  }
});

test('the manifest names icons that exist and have the size that it tells', async () => {
  await using server = await startFakeServer({ webPage: openWebPage(folder) });
  const [, path = ''] = /<link rel="manifest" href="([^"]+)"/.exec(html()) ?? [];
  const response = await fetch(server.url + path);
  expect(response.headers.get('content-type')).toMatch(/^application\/manifest\+json/);
  const { icons } = (await response.json()) as { icons: { src: string; sizes: string }[] };
  const [, touchIcon = ''] = /<link rel="apple-touch-icon" href="([^"]+)"/.exec(html()) ?? [];
  const pictures = [...icons, { src: touchIcon, sizes: '180x180' }];
  expect(pictures).toHaveLength(3);
  for (const { src, sizes } of pictures) {
    const png = Buffer.from(await (await fetch(server.url + src)).arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // Width and height are the first members of a PNG.
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
    expect(png.length).toBeLessThan(2_048);
  }
});

test('a link to the page has a title and a description for a preview', () => {
  for (const name of ['og:title', 'og:description', 'og:site_name', 'theme-color', 'description'])
    expect(html()).toMatch(new RegExp(`<meta\\s+(name|property)="${name}"\\s+content="[^"]+"`));
});

test('the service worker is at most 2 KB besides the list of the files that it keeps, which is whole', async () => {
  const worker = readFileSync(join(folder, 'service-worker.js'), 'utf8');
  const [list = ''] = /\[`\/assets\/[^\]]+\]/.exec(worker) ?? [];
  expect(worker.length - list.length).toBeLessThanOrEqual(2_048);
  const built = globSync('assets/*.{js,css,svg}', { cwd: folder }).map((name) => `/${name}`);
  const [first, ...others] = [...list.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
  expect([first ?? '', ...others].toSorted()).toEqual(built.toSorted());
  expect(html()).toContain(`src="${first}"`);
});

test('the service worker is asked for anew each time, may be one by the Content-Security-Policy, and SERVICE_WORKER=0 replaces it', async () => {
  for (const serviceWorker of [true, false]) {
    await using server = await startFakeServer({ webPage: openWebPage(folder, { serviceWorker }) });
    for (const coding of ['identity', 'br', 'gzip']) {
      const response = await fetch(`${server.url}/service-worker.js`, { headers: { 'accept-encoding': coding } });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': expect.stringContaining("worker-src 'self'"),
      });
      expect((await response.text()).includes('unregister')).toBe(!serviceWorker);
    }
  }
});
