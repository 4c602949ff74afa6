import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { until } from '../support/wait.ts';
import { openPage } from './visitor.ts';

const NOT_STARTED = 'This page could not be started.';

test('a page whose script is blocked or fails says so after 8 seconds, one that starts never does', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
  expect(await page.getByText(NOT_STARTED).count()).toBe(0);

  for (const fault of ['blocked', 'failing']) {
    await page.unrouteAll();
    await page.route('**/assets/*.js', (route) =>
      fault === 'blocked'
        ? route.abort()
        : route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("no")' }),
    );
    await page.goto(app.url);
    expect(await page.getByText(NOT_STARTED).isVisible()).toBe(false);
    const delays = await page.evaluate(() =>
      document.getAnimations().map((animation) => {
        animation.finish();
        return animation.effect?.getTiming().delay;
      }),
    );
    expect(new Set(delays)).toEqual(new Set([8_000]));
    await page.getByText(NOT_STARTED).waitFor();
    expect(await page.getByText('Loading …').isVisible()).toBe(false);
  }
});

test('without JavaScript the page says that it needs it, and nothing else', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(app.url);
  expect(await page.getByRole('main').innerText()).toBe(
    'JavaScript is needed\n\nPlease allow JavaScript for this site, then load the page again.',
  );
});

test('a browser without modules runs a script that says it is too old', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.goto(app.url);
  const source = await page.locator('script[nomodule]').getAttribute('src');
  await page.addScriptTag({ url: source ?? '' });
  expect(await page.getByText('This browser is too old for this page.').isVisible()).toBe(true);
});

test('a start that fails has a heading with the focus, a title and the id of the request, and can be tried again', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  const requestId = '00000000-0000-4000-8000-000000000000';
  const extensions = { code: 'SERVICE_UNAVAILABLE', requestId };
  await page.route('**/graphql', (route) =>
    route.fulfill({ status: 503, json: { errors: [{ message: 'no', extensions }] } }),
  );
  for (const path of ['/', '/take/wellbeing-check?page=1']) {
    await page.goto(app.url + path);
    await expectFailure(page);
    expect(await page.getByText(requestId).count()).toBe(1);
  }
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { level: 1, name: 'Wellbeing check' }).waitFor();
});

test('an error while a page is drawn leaves a heading with the focus, a title and a way back', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('Questionnaires')
      ? route.fulfill({ json: { data: { questionnaires: [null] } } })
      : route.continue(),
  );
  await page.goto(app.url);
  await expectFailure(page);
  await page.unrouteAll();
  await page.getByRole('link', { name: 'Back to the start' }).click();
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
  expect(await page.title()).toBe('Start · Assay');
});

test.each(['/', '/take/wellbeing-check', '/take/wellbeing-check?page=1'])(
  'a browser that keeps no cookies is told so before the first question, and starts one session: %s',
  async (path) => {
    await using app = await startApp({ role: 'api' });
    await using browser = await openChromium();
    const { page } = await openPage(browser, app.url);
    await keepNoCookies(page);
    await page.goto(app.url + path);
    await page.getByText('your browser does not keep it').waitFor();
    await expectFailure(page);
    expect(await page.getByRole('radio').count()).toBe(0);
    expect(await app.world.sql('SELECT id FROM session')).toHaveLength(1);
  },
);

test('an unknown address answers 404 and shows the page, with a way to the start', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  const response = await page.goto(`${app.url}/nothing/here`);
  expect(response?.status()).toBe(404);
  await page.getByText('There is nothing at this address.').waitFor();
  expect(await page.title()).toBe('Not found · Assay');
  await page.getByRole('link', { name: 'Back to the start' }).click();
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
});

async function expectFailure(page: Page): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  await page.getByRole('heading', { level: 1, name: 'This page cannot be shown' }).waitFor();
  expect(await heading.count()).toBe(1);
  expect(await page.title()).toBe('This page cannot be shown · Assay');
  await until(() => heading.evaluate((element) => element === document.activeElement));
}

/** By requests of this process: those of the browser would keep the cookie. */
const keepNoCookies = (page: Page) =>
  page.route('**/graphql', async (route) => {
    const request = route.request();
    const { accept = '*/*', origin = '' } = request.headers();
    const headers = { 'content-type': 'application/json', accept, origin };
    const response = await fetch(request.url(), { method: 'POST', headers, body: request.postData() });
    await route.fulfill({ status: response.status, contentType: 'application/json', body: await response.text() });
  });
