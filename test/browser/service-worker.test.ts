import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openWebPage } from '../../src/server/http/rest/web-page.ts';
import { startFakeServer } from '../server/fake-server.ts';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { answerWellbeing, shows } from './visitor.ts';

const BUILT = join(import.meta.dirname, '../../dist/web');

/** Paths of all that is in Cache Storage. */
const kept = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys())));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

const keptTexts = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const cache = await caches.open('assay');
    const responses = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
    return Promise.all(responses.map(async (response) => (await response?.text()) ?? ''));
  });

const isControlled = (page: Page): Promise<boolean> => page.evaluate(() => navigator.serviceWorker.controller !== null);

/** Opens an address, and waits until the service worker keeps it. */
async function openKept(context: BrowserContext, url: string, query: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await until(() => isControlled(page));
  await until(async () => (await kept(page)).includes(`/offline/${query}`));
  return page;
}

test('a form is reloaded offline with its answers after one visit, and is sent once when the device is online', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  await using context = await browser.newContext();
  const page = await openKept(context, `${app.url}/take/wellbeing-check?page=1`, 'wellbeing-check');
  const first = page.getByRole('radiogroup').first().getByRole('radio').nth(7);
  await first.check();
  await context.setOffline(true);
  await page.reload();
  await first.waitFor();
  expect(await first.isChecked()).toBe(true);
  await answerWellbeing(page);
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'You may close this page.');
  await page.reload();
  await shows(page, 'You may close this page.');

  await context.setOffline(false);
  await until(async () => (await app.world.sql('SELECT id FROM test_assessment')).length > 0);
  await page.goto(app.url);
  const listed = page.getByRole('region', { name: 'Your assessments' }).getByRole('listitem');
  await listed.first().waitFor();
  expect(await listed.count()).toBe(1);
  expect(await app.world.sql('SELECT id FROM session')).toHaveLength(1);
});

test('the start page is shown offline with its questionnaires, and leads into a form that was opened', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  await using context = await browser.newContext();
  const page = await openKept(context, `${app.url}/take/wellbeing-check?page=1`, 'wellbeing-check');
  await page.goto(app.url);
  await until(async () => (await kept(page)).includes('/offline/_all'));
  await context.setOffline(true);
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).click();
  await page.getByRole('link', { name: 'Begin' }).click();
  await page.getByRole('radiogroup').first().waitFor();
  expect(await page.evaluate(() => navigator.onLine)).toBe(false);
});

test('Cache Storage has questionnaires and files of the page, and nothing of a session', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  await using context = await browser.newContext();
  const page = await openKept(context, `${app.url}/take/wellbeing-check?page=1`, 'wellbeing-check');
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'Your result is ready.');
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await page.reload();
  await shows(page, 'Your result is ready.');
  await page.goto(app.url);
  await page.getByRole('region', { name: 'Your assessments' }).getByRole('listitem').first().waitFor();
  // A query with the same header, by which a session is asked for under the name of a questionnaire.
  const found = await page.evaluate(async () => {
    const query = '{ questionnaire: session { id } questionnaires { id } }';
    const headers = { 'content-type': 'application/json', 'x-offline': 'mine' };
    const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { data } = (await response.json()) as { data: { questionnaire: { id: string } } };
    return data.questionnaire.id;
  });
  await until(async () => (await kept(page)).includes('/offline/_all'));
  const paths = (await kept(page)).filter((path) => !/^\/assets\/[\w.-]+\.(js|css|svg)$/.test(path));
  expect(paths.toSorted()).toEqual([
    '/',
    '/offline/_all',
    '/offline/wellbeing-check',
    expect.stringMatching(/^\/offline\/wellbeing-check\/\d+$/),
  ]);
  const texts = (await keptTexts(page)).join('\n');
  expect(texts).toContain('How well did you sleep?');
  for (const secret of [id, found, 'No markup']) expect(texts).not.toContain(secret);
});

test('a new release is shown at the next load, and the files of the old one are dropped', async () => {
  await using app = await startApp({ role: 'api' });
  await using release = await otherRelease();
  await using browser = await openChromium();
  await using context = await browser.newContext();
  const proxy = await startProxy(app.url);
  const url = `http://127.0.0.1:${proxy.port}`;
  await using own = await startApp({ role: 'api', env: { PUBLIC_URL: url } });
  proxy.moveTo(own.url);
  const page = await openKept(context, `${url}/take/wellbeing-check?page=1`, 'wellbeing-check');
  const before = (await kept(page)).find((path) => path.startsWith('/assets/index-'));
  proxy.moveTo(release.url);
  await page.goto(url);
  await page.locator('[data-release="next"]').waitFor({ state: 'attached' });
  // The old worker serves tabs of the old release until they are closed.
  await until(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting !== null));
  // The next page is kept by then, and so are its files: they need no other cache.
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache');
  await context.setOffline(true);
  await page.reload();
  await page.locator('[data-release="next"]').waitFor({ state: 'attached' });
  await page.getByRole('heading', { name: 'What would you like to look at?' }).waitFor();
  await context.setOffline(false);
  await page.close();
  const next = await context.newPage();
  await next.goto(url);
  await until(async () => !(await kept(next)).includes(before ?? ''));
  expect(await kept(next)).toContain('/assets/next.js');
  await proxy.close();
});

test('with SERVICE_WORKER=0 browsers drop the worker and all that it has kept at their next load', async () => {
  await using browser = await openChromium();
  await using context = await browser.newContext();
  const proxy = await startProxy(1);
  const url = `http://127.0.0.1:${proxy.port}`;
  await using app = await startApp({ role: 'api', env: { PUBLIC_URL: url } });
  await using without = await startApp({ role: 'api', env: { PUBLIC_URL: url, SERVICE_WORKER: '0' } });
  proxy.moveTo(app.url);
  const page = await openKept(context, `${url}/take/wellbeing-check?page=1`, 'wellbeing-check');
  proxy.moveTo(without.url);
  await page.goto(url);
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
  await until(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length === 0));
  expect(await kept(page)).toEqual([]);
  await page.reload();
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
  expect(await isControlled(page)).toBe(false);
  await proxy.close();
});

/** A server with a later build of the page: another script, and a mark in index.html. */
async function otherRelease() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-release-'));
  cpSync(BUILT, folder, { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) });
  const index = join(folder, 'index.html');
  const worker = join(folder, 'service-worker.js');
  const html = readFileSync(index, 'utf8');
  const [, script = ''] = /src="\/assets\/(index-[^"]+)"/.exec(html) ?? [];
  renameSync(join(folder, 'assets', script), join(folder, 'assets/next.js'));
  const rewrite = (path: string, change: (text: string) => string) =>
    writeFileSync(path, change(readFileSync(path, 'utf8').replaceAll(script, 'next.js')));
  rewrite(index, (text) => text.replace('<body>', '<body data-release="next">'));
  rewrite(worker, (text) => text);
  const server = await startFakeServer({ webPage: openWebPage(folder) });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
