import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { until } from '../support/wait.ts';
import { answerWellbeing, openPage } from './visitor.ts';

/** Time for a result to arrive on a busy machine. The demo model takes less than a second. */
const RESULT_MS = 20_000;

test('a person answers and sends, and the result appears without a reload and stays after one', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);

  await page.goto(app.url);
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).click();
  await page.getByRole('heading', { level: 1, name: 'Wellbeing check' }).waitFor();
  await markDocument(page);
  await page.getByRole('link', { name: 'Begin' }).click();
  await answerWellbeing(page);
  await page.getByRole('button', { name: 'Send answers' }).click();

  await page.getByText('Your result is ready.').waitFor({ timeout: RESULT_MS });
  expect(await isMarked(page)).toBe(true);
  expect(new URL(page.url()).pathname).toMatch(/^\/assessments\/[0-9a-f-]{36}$/);
  await expectResult(page);

  await page.reload();
  await page.getByText('Your result is ready.').waitFor();
  expect(await isMarked(page)).toBe(false);
  await expectResult(page);

  await page.getByRole('link', { name: 'Back to the start' }).click();
  const listed = page.getByRole('region', { name: 'Your assessments' }).getByRole('listitem');
  await listed.filter({ hasText: 'Ready' }).waitFor();
  expect(await listed.count()).toBe(1);
  expect(complaints).toEqual([]);
});

test('unsent answers survive a reload, and a double click sends one assessment', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);

  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await page.reload();
  await page.getByText('Page 3 of 3').waitFor();
  expect(await page.getByRole('radio', { name: 'Changing shifts' }).isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Send answers' }).dblclick();
  await page.getByText('Your result is ready.').waitFor({ timeout: RESULT_MS });

  await page.goto(app.url);
  const listed = page.getByRole('region', { name: 'Your assessments' }).getByRole('listitem');
  await listed.first().waitFor();
  expect(await listed.count()).toBe(1);
  expect(await page.getByRole('link', { name: 'Start: Wellbeing check' }).count()).toBe(1);
  expect(complaints).toEqual([]);
});

test('a missing answer keeps the page open, and its question has a message and the focus', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);

  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await page.getByRole('radiogroup').first().getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByText('3 questions on this page need your attention.').waitFor();
  await page.getByText('Page 1 of 3').waitFor();
  const second = page.getByRole('radiogroup').nth(1);
  expect(await second.getByText('Please choose an answer.').count()).toBe(1);
  await until(async () => second.evaluate((question) => question.contains(document.activeElement)));
  expect(complaints).toEqual([]);
});

test('the long inventory is answered and sent with the keyboard alone', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);

  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  await page.getByText('Page 1 of').waitFor();
  const pageCount = Number((await page.locator('.page-number').innerText()).split(' ').at(-1));
  await page.getByRole('heading', { level: 2 }).focus();
  for (let index = 1; index <= pageCount; index++) {
    await page.getByText(`Page ${index} of ${pageCount}`).waitFor();
    await page.keyboard.press('Tab');
    const questionCount = await page.getByRole('radiogroup').count();
    for (let question = 0; question < questionCount; question++) await page.keyboard.press(String((question % 5) + 1));
    await page.keyboard.press('Enter');
  }
  await page.getByText('Your result is ready.').waitFor({ timeout: RESULT_MS });
  expect(await page.getByRole('region', { name: 'Your profile' }).getByRole('listitem').count()).toBe(35);
  expect(complaints).toEqual([]);
});

test('two tabs that are opened at once share one session', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  await using context = await browser.newContext();
  const tabs = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all(tabs.map((tab) => tab.goto(app.url)));
  await Promise.all(tabs.map((tab) => tab.getByText('Nothing yet').waitFor()));
  expect(await app.world.sql('SELECT id FROM session')).toHaveLength(1);
});

const expectResult = async (page: Page) => {
  expect((await page.getByRole('region', { name: 'Summary' }).innerText()).length).toBeGreaterThan(20);
  expect(await page.getByRole('article').count()).toBeGreaterThan(0);
  expect(await page.getByRole('region', { name: 'Your profile' }).getByRole('listitem').count()).toBe(5);
};

const markDocument = (page: Page) => page.evaluate(() => document.documentElement.setAttribute('data-marked', ''));

const isMarked = (page: Page) => page.evaluate(() => document.documentElement.hasAttribute('data-marked'));
