import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { refusal } from '../support/model-behaviours.ts';
import { ipipAnswers, wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { openPage, shows, SHOWN_MS } from './visitor.ts';

test('the history shows the way of each area, all assessments part by part, and those that are asked for', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  app.world.model.script([refusal()]);
  const failed = await client.submit();
  await client.completion(failed);
  const inventory = { questionnaire: 'ipip-neo-120', answers: ipipAnswers((index) => (index % 5) + 1) };
  await client.completion(await client.submit(inventory));
  const ids = await Promise.all(
    Array.from({ length: 10 }, (_, mood) => client.submit({ answers: { ...wellbeingAnswers, mood } })),
  );
  await Promise.all(ids.map((id) => client.completion(id)));
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments`);
  await page.getByRole('heading', { level: 1, name: 'Your assessments' }).waitFor({ timeout: SHOWN_MS });
  const rows = page.locator('.assessments > li');
  await until(async () => (await rows.count()) === 10);

  const trend = page.getByRole('region', { name: 'Over time: Wellbeing check', exact: true });
  await trend.getByText('10 results').waitFor();
  await until(async () => (await trend.getByRole('listitem').count()) === 5);
  await trend.getByText('Show as a table').click();
  expect(await trend.getByRole('row').count()).toBe(11);
  expect(await trend.getByRole('link').first().getAttribute('href')).toMatch(/^\/assessments\/[0-9a-f-]{36}$/);

  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

  await page.getByRole('button', { name: 'Load more' }).click();
  await until(async () => (await rows.count()) === 12);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Personality profile');
  expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);

  await page.getByRole('combobox', { name: 'State' }).selectOption('Did not work');
  await until(async () => (await rows.count()) === 1);
  expect(await rows.getByRole('link').getAttribute('href')).toBe(`/assessments/${failed}`);
  await page
    .getByRole('combobox', { name: 'Questionnaire' })
    .selectOption({ label: 'Personality profile (IPIP-NEO-120)' });
  await shows(page, 'There are none of this kind.');
  await page.getByRole('combobox', { name: 'State' }).selectOption('Ready');
  await until(async () => (await rows.count()) === 1);
  expect(await page.locator('.trend').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('an empty history leads to the questionnaires, and one that can not be read can be tried again', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('query YourAssessments')) await route.abort();
    else await route.continue();
  });
  await page.goto(`${app.url}/assessments`);
  await shows(page, 'The server cannot be reached at the moment.');
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Try again' }).click();
  await shows(page, 'Nothing yet');
  await page.getByRole('link', { name: 'Begin a questionnaire' }).click();
  await page.getByRole('heading', { level: 1, name: 'What would you like to look at?' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
});

test('each point of a trend is a link of 24 px by its day and value, by pointer and by keyboard, also of 30', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const moods = Array.from({ length: 30 }, (_, index) => (index * 7) % 11);
  const ids: string[] = [];
  for (const mood of moods) ids.push(await client.submit({ answers: { ...wellbeingAnswers, mood } }));
  await Promise.all(ids.map((id) => client.completion(id)));
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${app.url}/assessments`);
  for (const rows of [10, 20]) {
    await until(async () => (await page.locator('.assessments > li').count()) === rows);
    await page.getByRole('button', { name: 'Load more' }).click();
  }
  const mood = page.getByRole('group', { name: 'Mood' });
  const points = mood.getByRole('link', { name: /^[A-Z].+: \d+$/ });
  await until(async () => (await points.count()) === 30);
  expect(await points.evaluateAll((all) => all.map((each) => each.getAttribute('href')))).toEqual(
    ids.map((id) => `/assessments/${id}`),
  );
  const values = await points.evaluateAll((all) =>
    all.map((each) => Number(each.getAttribute('title')?.split(' ').at(-1))),
  );
  expect(new Set(values).size).toBe(11);

  const targets = await points.evaluateAll((all) => all.map((each) => each.getBoundingClientRect()));
  for (const [index, { left, width, height }] of targets.entries()) {
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
    expect(left).toBeGreaterThanOrEqual((targets[index - 1]?.right ?? -Infinity) - 0.1);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  // The newest are in view, the oldest come into view with the focus.
  const isInView = (index: number) =>
    points.nth(index).evaluate((point) => {
      const [frame, own] = [point.closest('.spark-frame'), point].map((each) => each?.getBoundingClientRect());
      return frame !== undefined && own !== undefined && own.left >= frame.left - 1 && own.right <= frame.right + 1;
    });
  expect([await isInView(0), await isInView(29)]).toEqual([false, true]);
  expect(await points.evaluateAll((all) => all.filter((each) => each.getAttribute('tabindex') === '0').length)).toBe(1);
  await points.last().focus();
  await page.keyboard.press('ArrowLeft');
  expect(await points.nth(28).evaluate((point) => point === document.activeElement)).toBe(true);
  await page.keyboard.press('Home');
  expect(await points.first().evaluate((point) => point === document.activeElement)).toBe(true);
  await until(() => isInView(0));
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/assessments/${ids[1]}`);
  await page.goBack();
  await points.last().click();
  await page.waitForURL((url) => /assessments\/./.test(url.pathname));
  expect(complaints).toEqual([]);
});
