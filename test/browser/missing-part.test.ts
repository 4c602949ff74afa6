import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { texts as german } from '../../web/src/texts/de.ts';
import { en } from '../../web/src/texts/en.ts';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { until } from '../support/wait.ts';
import { openPage } from './visitor.ts';

const { titles, because, load } = en.failed.missing;
const PART = '**/assets/about-page*.js';

test.each([
  { locale: 'en-US', words: en.failed.missing, about: 'About and privacy' },
  { locale: 'de-DE', words: german.failed.missing, about: /Datenschutz/ },
])(
  'a part of the page that cannot be loaded offline says so, and answers are there afterwards: $locale',
  async (given) => {
    const { locale, words, about } = given;
    await using app = await startApp({ role: 'api' });
    await using browser = await openChromium();
    const { page } = await openPage(browser, app.url, undefined, { locale });
    const first = await answerFirst(page, app.url);
    await page.context().setOffline(true);
    await page.getByRole('link', { name: about }).click();
    await expectHeading(page, words.titles.offline);
    expect(await page.getByRole('alert').innerText()).toContain(words.because.offline);

    const again = page.getByRole('button', { name: words.load });
    const asked = page.waitForEvent('requestfailed');
    await again.click();
    await asked;
    await page.getByText(words.because.offline).waitFor();
    await page.context().setOffline(false);
    await again.click();
    await page.getByRole('button', { name: /Delete everything|Alles löschen/ }).waitFor();
    await page.goBack();
    await first.waitFor();
    expect(await first.isChecked()).toBe(true);
  },
);

test('a part that an update has removed is loaded from the new page by itself, and answers are there afterwards', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  const first = await answerFirst(page, app.url);
  await update(page);
  await page.route(PART, (route) => route.fulfill({ status: 404 }), { times: 1 });
  const loads = countLoads(page);
  await page.getByRole('link', { name: 'About and privacy' }).click();
  await page.getByRole('button', { name: 'Delete everything' }).waitFor();
  expect(loads()).toBe(1);
  await page.goBack();
  await first.waitFor();
  expect(await first.isChecked()).toBe(true);
});

test('a part that is missing after the reload too says that the page was updated, and is not loaded for ever', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(app.url);
  await update(page);
  await page.route(PART, (route) => route.fulfill({ status: 404 }));
  const loads = countLoads(page);
  await page.getByRole('link', { name: 'About and privacy' }).click();
  await expectHeading(page, titles.updated);
  expect(await page.getByRole('alert').innerText()).toContain(because.updated);
  expect(loads()).toBe(1);
  await page.getByRole('button', { name: load }).click();
  await until(() => Promise.resolve(loads() === 2));
  await expectHeading(page, titles.updated);
  expect(loads()).toBe(2);
});

test('a part that is missing without an update or a loss of the network is not loaded again by itself', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(app.url);
  await page.route(PART, (route) => route.abort());
  const loads = countLoads(page);
  await page.getByRole('link', { name: 'About and privacy' }).click();
  await expectHeading(page, titles.unknown);
  expect(await page.getByRole('alert').innerText()).toContain(because.unknown);
  expect(loads()).toBe(0);
});

test('answers that are only in memory are not lost by a reload that nobody asked for', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new Error('denied');
      },
    });
  });
  const first = await answerFirst(page, app.url);
  await update(page);
  await page.route(PART, (route) => route.fulfill({ status: 404 }));
  const loads = countLoads(page);
  await page.getByRole('link', { name: 'About and privacy' }).click();
  await expectHeading(page, titles.updated);
  expect(loads()).toBe(0);
  await page.goBack();
  await first.waitFor();
  expect(await first.isChecked()).toBe(true);
});

async function answerFirst(page: Page, url: string) {
  await page.goto(`${url}/take/wellbeing-check?page=1`);
  const first = page.getByRole('radiogroup').first().getByRole('radio').nth(7);
  await first.check();
  return first;
}

/** The server's page has another script from now on; the browser's loads still get the one of before. */
const update = (page: Page) =>
  page.route(
    ({ pathname }) => pathname === '/',
    (route) =>
      route.request().isNavigationRequest()
        ? route.continue()
        : route.fulfill({ contentType: 'text/html', body: '<script type="module" src="/assets/next.js"></script>' }),
  );

function countLoads(page: Page): () => number {
  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });
  return () => loads;
}

async function expectHeading(page: Page, name: string): Promise<void> {
  const heading = page.getByRole('heading', { level: 1, name });
  await heading.waitFor();
  await until(() => heading.evaluate((element) => element === document.activeElement));
  expect(await page.title()).toBe(`${name} · Assay`);
}
