import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { footerTexts as germanFooter, listTexts as germanList, texts as german } from '../../web/src/texts/de.ts';
import { en } from '../../web/src/texts/en.ts';
import { listTexts } from '../../web/src/texts/list.en.ts';
import { resultTexts as germanResult } from '../../web/src/texts/result.de.ts';
import { resultTexts } from '../../web/src/texts/result.en.ts';
import { startApp } from '../support/app.ts';
import { patternsIn } from '../support/catalogue-words.ts';
import { openChromium } from '../support/chromium.ts';
import { refusal } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { openPage, openTab, shows, SHOWN_MS } from './visitor.ts';

const GERMAN = { locale: 'de-AT' };

const words = {
  de: [german, germanList, germanResult].flatMap(patternsIn),
  en: [en, listTexts, resultTexts].flatMap(patternsIn),
};

/** Texts and labels of the page's catalogues on screen that stand in an element of another language, or are English. */
const misplaced = (page: Page): Promise<string[]> =>
  page.evaluate(({ de, en: english }) => {
    const inGerman = new RegExp(de.join('|'), 'u');
    const inEnglish = new RegExp(english.filter((pattern) => !de.includes(pattern)).join('|'), 'u');
    const found: string[] = [];
    const look = (text: string, element: Element | null) => {
      const { lang } = element?.closest<HTMLElement>('[lang]') ?? document.documentElement;
      if (inEnglish.test(text) && lang === 'de') found.push(`English: ${text}`);
      if (inGerman.test(text) && lang !== 'de') found.push(`in ${lang}: ${text}`);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) look(texts.currentNode.textContent?.trim() ?? '', texts.currentNode.parentElement);
    for (const each of document.querySelectorAll('[aria-label]')) look(each.getAttribute('aria-label') ?? '', each);
    return found;
  }, words);

const languageOf = (element: Locator) => element.evaluate((each) => each.closest<HTMLElement>('[lang]')?.lang);

const answerGerman = async (page: Page) => {
  for (const index of [1, 2, 3]) {
    await page.getByText(`Seite ${index} von 3`).waitFor();
    for (const scale of await page.locator('.question-scale').all())
      await scale.getByRole('radio', { name: '3', exact: true }).check();
    for (const slider of await page.getByRole('slider').all()) await slider.fill('3');
    expect(await misplaced(page)).toEqual([]);
    if (index < 3) await page.getByRole('button', { name: 'Nächste Seite' }).click();
  }
  await page.getByRole('button', { name: 'Antworten senden' }).click();
  await page.getByText('2 Fragen auf dieser Seite brauchen Ihre Aufmerksamkeit.').waitFor();
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole('radio', { name: 'Wechselnde Schichten' }).check();
  await page.getByRole('checkbox', { name: 'Schlaf' }).check();
  await page.getByRole('button', { name: 'Antworten senden' }).click();
};

test('a German browser has all pages in German, and the questionnaire too', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url, undefined, GERMAN);
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(app.url);
  await page.getByRole('heading', { level: 1, name: german.start.heading }).waitFor();
  await shows(page, germanList.empty);
  expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([
    'de',
    'ltr',
  ]);
  expect(await misplaced(page)).toEqual([]);

  await page.getByRole('link', { name: 'Beginnen: Wie geht es Ihnen?' }).click();
  await page.getByText('12 Fragen').waitFor();
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole('link', { name: german.intro.begin, exact: true }).click();
  await answerGerman(page);
  await shows(page, germanResult.waiting.ready);
  expect(await page.title()).toBe('Fertig: Wie geht es Ihnen? · Assay');
  expect(await misplaced(page)).toEqual([]);
  expect((await app.world.sql<{ language: string }>('SELECT language FROM test_assessment'))[0]?.language).toBe('de');

  await page.getByRole('link', { name: germanResult.actions.answers }).click();
  await page.getByRole('heading', { level: 1, name: germanResult.answers.heading }).waitFor();
  await page.getByText('Wechselnde Schichten').waitFor();
  expect(await misplaced(page)).toEqual([]);

  await page.getByRole('link', { name: germanList.heading }).click();
  await page.getByRole('combobox', { name: germanList.status }).selectOption(germanList.states.COMPLETED);
  await page.locator('.assessments > li').filter({ hasText: germanList.statuses.COMPLETED }).waitFor();
  await page.getByRole('option', { name: 'Wie geht es Ihnen?' }).waitFor({ state: 'attached' });
  expect(await misplaced(page)).toEqual([]);

  await page.goto(`${app.url}/nothing`);
  await page.getByRole('heading', { level: 1, name: german.failed.notFound }).waitFor();
  expect(await misplaced(page)).toEqual([]);
  expect(loaded.filter((path) => /(result|list)\.en/.test(path))).toEqual([]);
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
});

test('in a German page an English questionnaire is marked as English, and the words of the page around it as German', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const id = await client.submit({ language: 'en' });
  await client.completion(id);
  const { page, complaints } = await openPage(browser, app.url, client, GERMAN);
  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  const question = page.getByRole('radiogroup').first();
  await question.waitFor();
  expect(await languageOf(question)).toBe('en');
  expect(await languageOf(page.getByRole('heading', { level: 1 }))).toBe('en');
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(await misplaced(page)).toEqual([]);
  await page.getByRole('link', { name: 'Assay' }).click();
  await page.getByRole('heading', { level: 1, name: german.start.heading }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('de');
  await page.goto(`${app.url}/take/ipip-neo-120?page=3`);
  await page.getByText(german.form.optional, { exact: true }).first().waitFor();
  expect(await misplaced(page)).toEqual([]);

  await page.goto(`${app.url}/assessments/${id}`);
  await shows(page, germanResult.waiting.ready);
  expect(await languageOf(page.getByRole('heading', { level: 1 }))).toBe('en');
  for (const part of ['.area-title', '.poles', '.area-text', '.summary', '.card h3', '.action p', '.legend span span'])
    expect([part, await languageOf(page.locator(part).first())]).toEqual([part, 'en']);
  expect(await misplaced(page)).toEqual([]);

  await page.goto(`${app.url}/assessments/${id}/answers`);
  expect(await languageOf(page.getByText('Caring for others most of the day'))).toBe('en');
  expect(await misplaced(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('a failure is told in German, though the server has English words for it', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.script(() => refusal());
  const client = await app.client();
  const id = await client.submit({ language: 'de' });
  await client.completion(id);
  const { page } = await openPage(browser, app.url, client, GERMAN);
  await page.goto(`${app.url}/assessments/${id}`);
  await shows(page, germanResult.ends.failures.AI_REFUSED ?? '');
  expect(await misplaced(page)).toEqual([]);
});

test('a refused deletion and a refused end of a session are told in German, or else marked as English', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  await client.completion(await client.submit({ language: 'de' }));
  const { page } = await openPage(browser, app.url, client, GERMAN);
  const refuse = (operation: string, kind: string) =>
    page.route('**/graphql', (route) => {
      if (route.request().postData()?.includes(`mutation ${operation}`) !== true) return route.fallback();
      const errors = [{ __typename: kind, kind, message: 'English words of the server.' }];
      return route.fulfill({ json: { data: { payload: { __typename: 'Payload', errors } } } });
    });
  await refuse('DeleteAssessment', 'TooManyAssessmentsError');
  await refuse('EndSession', 'QuestionnaireWithdrawnError');
  await refuse('DeleteMyData', 'NewError');
  const tried = async ({ call, yes }: { call: string; yes: string }) => {
    await page.getByRole('button', { name: call }).first().click();
    await page.getByRole('button', { name: yes }).click();
    return page.getByRole('alert');
  };

  await page.goto(`${app.url}/assessments`);
  const { delete: one, deleteAll } = germanResult.actions;
  const { refusals } = german.server;
  expect(await (await tried(one)).innerText()).toBe(refusals['TooManyAssessmentsError']);
  await page.goto(`${app.url}/about`);
  expect(await (await tried(germanFooter.leave)).innerText()).toBe(refusals['QuestionnaireWithdrawnError']);
  await page.goto(`${app.url}/about`);
  expect(await (await tried(deleteAll)).locator('[lang="en"]').innerText()).toBe('English words of the server.');
});

test('the choice of a language goes before those of the browser, and is kept on the device', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url, undefined, { locale: 'en-GB' });
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await page.getByRole('radiogroup').first().getByRole('radio').nth(3).check();
  expect(loaded.filter((path) => /\bde-/.test(path))).toEqual([]);
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await page.getByText('Seite 1 von 3').waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('de');
  const first = page.getByRole('radiogroup', { name: 'Wie gut haben Sie geschlafen?' });
  expect(await first.getByRole('radio').nth(3).isChecked()).toBe(true);

  const tab = await openTab(page.context(), app.url);
  await tab.page.goto(app.url);
  await tab.page.getByRole('heading', { level: 1, name: german.start.heading }).waitFor();
  await tab.page.getByRole('combobox', { name: german.language }).selectOption('English');
  await tab.page.getByRole('heading', { level: 1, name: en.start.heading }).waitFor();
  await page.reload();
  await page.getByText('Page 1 of 3').waitFor();
  expect([...complaints, ...tab.complaints]).toEqual([]);
});

test('a page whose German words cannot be loaded is in English', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url, undefined, GERMAN);
  await page.route('**/assets/de-*.js', (route) => route.abort());
  await page.goto(app.url);
  await page.getByRole('heading', { level: 1, name: en.start.heading }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

const SHIPPED = join(import.meta.dirname, '../../questionnaires');
const ARABIC = 'كيف كانت حالك في الأسبوعين الماضيين';
/** Each text of the German overlay in Arabic script, of the same order and number. */
const inArabic = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') return ['slug', 'source'].includes(key) ? value : `${ARABIC} ${value.length}`;
  if (Array.isArray(value)) return value.map((each) => inArabic(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inArabic(each, name)]));
};

/** The questionnaires with an Arabic wellbeing check. */
const withArabic = () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-arabic-'));
  cpSync(SHIPPED, folder, { recursive: true });
  const overlay = inArabic(JSON.parse(readFileSync(join(folder, 'wellbeing-check.v2.de.json'), 'utf8')));
  const arabic = JSON.stringify({ ...(overlay as object), language: 'ar' });
  writeFileSync(join(folder, 'wellbeing-check.v2.ar.json'), arabic);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
};

/** The middle of an element across the window. */
const across = async (element: Locator): Promise<number> => {
  const box = await element.boundingBox();
  if (!box) throw new Error('The element is not on screen.');
  return box.x + box.width / 2;
};
const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

test('from right to left the form and the result fit 320 px, and scales and charts run from the right', async () => {
  using questionnaires = withArabic();
  await using app = await startApp({ env: { QUESTIONNAIRES_DIR: questionnaires.folder } });
  await using browser = await openChromium();
  const client = await app.client();
  const { page, complaints } = await openPage(browser, app.url, client, { viewport: { width: 320, height: 700 } });
  // As a page in Arabic would ask.
  await page.route('**/graphql', async (route) => {
    const body = route.request().postDataJSON();
    const isForm = body?.operationName === 'Questionnaire';
    if (isForm) body.variables.language = 'ar';
    await route.continue(isForm ? { postData: JSON.stringify(body) } : {});
  });
  const turn = () => page.evaluate(() => (document.documentElement.dir = 'rtl'));
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  const scale = page.getByRole('radiogroup').first();
  await scale.waitFor();
  await turn();
  expect(await languageOf(scale)).toBe('ar');
  const steps = scale.locator('.step');
  expect(await across(steps.first())).toBeGreaterThan(await across(steps.last()));
  for (const index of [1, 2, 3]) {
    await page.getByText(`Page ${index} of 3`).waitFor();
    expect(await fits(page)).toBe(true);
    for (const each of await page.locator('.question-scale').all()) await each.getByRole('radio').nth(1).check();
    for (const each of await page.getByRole('slider').all()) await each.fill('1');
    if (index < 3) await page.getByRole('button', { name: 'Next page' }).click();
  }
  await page.locator('.question-choice').getByRole('radio').first().check();
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'Your result is ready.');
  expect(await fits(page)).toBe(true);
  const row = page.locator('.area').first();
  const poles = row.locator('.poles > span');
  expect(await across(poles.first())).toBeGreaterThan(await across(poles.last()));
  // The value is near the low end, which is at the right.
  expect(await across(row.locator('.chart-now'))).toBeGreaterThan(await across(row.locator('.chart')));
  for (const path of ['/assessments', '/']) {
    await page.goto(app.url + path);
    await page.locator('.assessments > li').first().waitFor({ timeout: SHOWN_MS });
    await turn();
    await until(() => fits(page));
  }
  expect(complaints).toEqual([]);
});
