import type { Page, Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { listTexts as german } from '../../web/src/texts/list.de.ts';
import { listTexts } from '../../web/src/texts/list.en.ts';
import { openPage, shows } from './visitor.ts';

/** As sent, with headers. */
const BYTES_MAX = 50 * 1024;

test.each([
  { locale: 'en-US', requestsMax: 5, empty: listTexts.empty },
  // The words are a request more.
  { locale: 'de-DE', requestsMax: 6, empty: german.empty },
])('the first load of the start page takes at most 50 KB and few requests, all compressed: $locale', async (given) => {
  const { locale, requestsMax, empty } = given;
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url, undefined, { locale, isMobile: true, hasTouch: true });
  const requests: Request[] = [];
  page.on('requestfinished', (request) => !request.url().includes('favicon') && requests.push(request));
  await page.goto(app.url);
  await shows(page, empty);
  const sizes = await Promise.all(requests.map((request) => request.sizes()));
  const bytes = sizes.reduce(
    (sum, { responseBodySize, responseHeadersSize }) => sum + responseBodySize + responseHeadersSize,
    0,
  );
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThan(BYTES_MAX);
  expect(requests.length).toBeLessThanOrEqual(requestsMax);
  const large = requests.filter((_, at) => (sizes[at]?.responseBodySize ?? 0) > 1_024);
  const codings = await Promise.all(large.map(async (each) => (await each.response())?.headers()['content-encoding']));
  expect(codings).toEqual(codings.map(() => expect.stringMatching(/^(br|gzip)$/)));
  expect(complaints).toEqual([]);
});

test('the questionnaires are shown before the session is there', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  const release = await hold(page, 'StartSession');
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
  expect(await page.getByText('Nothing yet').count()).toBe(0);
  release();
  await shows(page, 'Nothing yet');
  expect(complaints).toEqual([]);
});

test('the start page has the shortest questionnaire first, each with its summary', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(app.url);
  const cards = page.locator('main li.card');
  await cards.first().waitFor();
  const texts = await cards.allInnerTexts();
  const minutes = texts.map((text) => Number(/About (\d+) minutes/.exec(text)?.[1]));
  expect(minutes).toEqual([3, 3, 15]);
  expect(texts[2]).toContain('Five broad traits with six facets each, from 120 short statements.');
  expect(texts[2]).not.toContain('Say how accurately each one');
});

test('a browser with a session keeps it at the next load', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  for (const path of ['/', '/', '/take/wellbeing-check?page=1']) {
    await page.goto(app.url + path);
    await (path === '/' ? shows(page, 'Nothing yet') : page.getByRole('radiogroup').first().waitFor());
  }
  expect(await app.world.sql('SELECT id FROM session')).toHaveLength(1);
});

test('a form is not shown before the server has seen the cookie', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  const release = await hold(page, 'CurrentSession');
  const asked = page.waitForRequest((request) => request.postData()?.includes('CurrentSession') === true);
  const read = page.waitForResponse((response) => response.request().postData()?.includes('Questionnaire') === true);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await asked;
  await (await read).finished();
  // The page has drawn the response by the second frame after it.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  expect(await page.getByRole('radiogroup').count()).toBe(0);
  release();
  await page.getByRole('radiogroup').first().waitFor();
  expect(complaints).toEqual([]);
});

/** Holds the requests of an operation back until the returned function is called. */
async function hold(page: Page, operation: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes(operation)) await promise;
    await route.continue();
  });
  return resolve;
}
