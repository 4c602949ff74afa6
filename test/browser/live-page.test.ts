import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { garbage, gate, heldStream } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { answerWellbeing, openPage, openTab, shows } from './visitor.ts';

/** The scripted reply has three recommendations. Before this piece one of them is complete, before the next constant's two. */
const ONE_IS_COMPLETE = 4;
const TWO_ARE_COMPLETE = 6;

/** The boxes of recommendations to come move a little when one above them gets its text; nothing else does. */
const SHIFT_MAX = 0.02;

/** Adds up how far things on the screen are moved, in the attribute `data-shifted`. */
function watchShifts(): void {
  let shifted = 0;
  const add = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) if ('value' in entry) shifted += Number(entry.value);
    document.documentElement.setAttribute('data-shifted', String(shifted));
  };
  add([]);
  new PerformanceObserver((list) => add(list.getEntries())).observe({ type: 'layout-shift' });
}

const cancel = async (page: Page) => {
  await page.getByRole('button', { name: 'Stop the writing' }).click();
  await page.getByRole('button', { name: 'Yes, stop' }).click();
};
const spoken = (page: Page) => page.locator('[role=status].visually-hidden').innerText();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
/** Resolves once the page has got the first `assessmentUpdated`: it shows all drafts after that. */
const followed = async (page: Page) => {
  const socket = await page.waitForEvent('websocket');
  await socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes('assessmentUpdated'));
};
const drafted = (page: Page) => page.getByRole('region', { name: 'Recommendations' }).getByRole('article').count();

test('recommendations appear while the model writes, and the result takes their place without a jump', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { model } = app.world;
  const holds = { 0: gate(), [ONE_IS_COMPLETE]: gate(), [TWO_ARE_COMPLETE]: gate() };
  model.script([heldStream(holds)]);
  const { page, complaints } = await openPage(browser, app.url);
  await page.setViewportSize({ width: 320, height: 640 });
  // Boxes move a little while they enter, which is no jump.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await Promise.all([followed(page), page.getByRole('button', { name: 'Send answers' }).click()]);
  await shows(page, 'Being worked on now');
  await page.evaluate(watchShifts);

  holds[0].open();
  await shows(page, 'Being written: 1 so far');
  expect(await drafted(page)).toBe(1);
  expect(await spoken(page)).toContain('may still change');
  expect(model.calls).toMatchObject([{ stream: true, outcome: 'open' }]);
  const card = page.getByRole('article').first();
  const top = async () => (await card.boundingBox())?.y;
  const before = await top();
  await card.evaluate((element) => element.setAttribute('data-marked', ''));
  await page.getByRole('button', { name: 'Stop the writing' }).focus();

  holds[ONE_IS_COMPLETE].open();
  await shows(page, 'Being written: 2 so far');
  expect([await drafted(page), await top(), await focused(page)]).toEqual([2, before, 'Stop the writing']);

  holds[TWO_ARE_COMPLETE].open();
  await shows(page, 'Your result is ready.');
  expect(await page.getByRole('region', { name: 'Recommendations' }).getByRole('article').count()).toBe(3);
  expect([await top(), await card.getAttribute('data-marked')]).toEqual([before, '']);
  expect(await page.evaluate(() => Number(document.documentElement.getAttribute('data-shifted')))).toBeLessThan(
    SHIFT_MAX,
  );
  // The cancel button had the focus and is gone: the focus is on the heading, not at the top of the document.
  await until(async () => (await focused(page)) === 'Wellbeing check');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(complaints).toEqual([]);
});

test('the place in line falls, then the start is shown', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '1' } });
  await using browser = await openChromium();
  const { model } = app.world;
  const client = await app.client();
  model.hold();
  const ids = [await client.submit(), await client.submit(), await client.submit({ watch: true })];
  await model.waitForCalls(1);
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments/${ids[2]}`);
  await shows(page, '2nd in line');
  model.release(1);
  await shows(page, 'Next in line');
  expect(await spoken(page)).toBe('Your answers wait: next in line.');
  await model.waitForCalls(2);
  model.release(1);
  await shows(page, 'Being worked on now');
  model.release();
  await shows(page, 'Your result is ready.');
  expect(complaints).toEqual([]);
});

test('cancelled in the middle of a draft, both tabs show it and the call is aborted; retried, both tabs get the result', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { model } = app.world;
  model.script([heldStream({ [ONE_IS_COMPLETE]: gate() })]);
  const client = await app.client();
  const address = `${app.url}/assessments/${await client.submit({ watch: true })}`;
  const { page, complaints } = await openPage(browser, app.url, client);
  const other = await openTab(page.context(), app.url);
  await Promise.all([page.goto(address), other.page.goto(address)]);
  await Promise.all([page, other.page].map((tab) => shows(tab, 'Being w')));
  await cancel(page);

  await Promise.all([page, other.page].map((tab) => shows(tab, 'The writing was stopped.')));
  await model.waitFor(() => model.calls[0]?.outcome === 'aborted', 'the end of the call');
  expect(await page.getByRole('article').count()).toBe(0);
  expect(await focused(page)).toBe('Wellbeing check');

  model.hold();
  // The response to the mutation is enough: the page shows the retry though its later query gets no response.
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('query Assessment(')) await route.continue();
  });
  await page.getByRole('button', { name: 'Try again' }).click();
  await shows(page, 'Your result appears here by itself.');
  // The other tab does not follow a cancelled assessment, so it learns of the retry by an action of its own.
  await other.page.getByRole('button', { name: 'Try again' }).click();
  await shows(other.page, 'Your result appears here by itself.');
  model.release();
  await Promise.all([page, other.page].map((tab) => shows(tab, 'Your result is ready.')));
  expect(model.calls.map(({ key, outcome }) => [key?.round, outcome])).toEqual([
    [1, 'aborted'],
    [2, 'answered'],
  ]);
  expect([...complaints, ...other.complaints]).toEqual([]);
});

test('a cancellation has to be confirmed: a double click cancels nothing, and Escape dismisses the question', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.hold();
  const client = await app.client();
  const id = await client.submit();
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments/${id}`);
  const button = page.getByRole('button', { name: 'Stop the writing' });
  const back = page.getByRole('button', { name: 'Keep waiting' });
  for (const width of [320, 1_000]) {
    await page.setViewportSize({ width, height: 640 });
    await button.dblclick();
    if (await back.isVisible()) await back.click();
  }
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'Stop the writing?' }).waitFor();
  expect(await focused(page)).toBe('Keep waiting');
  await page.keyboard.press('Escape');
  await until(async () => (await focused(page)) === 'Stop the writing');
  expect(await client.read(id)).toMatchObject({ status: 'PROCESSING' });
  app.world.model.release();
  await shows(page, 'Your result is ready.');
  expect(complaints).toEqual([]);
});

test('reloaded in the middle of a draft, the page shows the state at once, and the whole draft with its next part', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const holds = { [ONE_IS_COMPLETE]: gate(), [TWO_ARE_COMPLETE]: gate() };
  app.world.model.script([heldStream(holds)]);
  const client = await app.client();
  const id = await client.submit({ watch: true });
  const { page, complaints } = await openPage(browser, app.url, client);
  await Promise.all([followed(page), page.goto(`${app.url}/assessments/${id}`)]);
  await Promise.all([followed(page), page.reload()]);
  await shows(page, 'Being w');
  holds[ONE_IS_COMPLETE].open();
  await shows(page, 'Being written: 2 so far');
  expect(await drafted(page)).toBe(2);
  holds[TWO_ARE_COMPLETE].open();
  await shows(page, 'Your result is ready.');
  expect(complaints).toEqual([]);
});

test('a refused retry says when to try again', async () => {
  await using app = await startApp({ env: { SUBMITS_PER_MINUTE: '1' } });
  await using browser = await openChromium();
  app.world.model.script(() => garbage('no answer'));
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments/${id}`);
  await page.getByRole('button', { name: 'Try again' }).click();
  await shows(page, 'Please try again in');
  expect(await page.getByRole('button', { name: 'Try again' }).isEnabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test('a tab that gets no socket, because the session has too many, speaks of no loss and shows the result', async () => {
  await using app = await startApp({ env: { MAX_SOCKETS_PER_SESSION: '1' } });
  await using browser = await openChromium();
  app.world.model.hold();
  const client = await app.client();
  const id = await client.submit();
  const { page, complaints } = await openPage(browser, app.url, client);
  await Promise.all([followed(page), page.goto(`${app.url}/assessments/${id}`)]);
  const second = await openTab(page.context(), app.url);
  const closed = second.page.waitForEvent('websocket').then((socket) => socket.waitForEvent('close'));
  await Promise.all([closed, second.page.goto(`${app.url}/assessments/${id}`)]);
  // The page asks again, so it knows of the refusal.
  await second.page.waitForRequest((request) => request.postData()?.includes('query Assessment(') === true);
  expect(await second.page.locator('main').innerText()).not.toContain('lost');
  app.world.model.release();
  await shows(second.page, 'Your result is ready.');
  expect([...complaints, ...second.complaints]).toEqual([]);
});
