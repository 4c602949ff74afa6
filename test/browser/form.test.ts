import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { everyKind } from '../support/every-kind.ts';
import { servedForm } from '../support/shown-form.ts';
import { until } from '../support/wait.ts';
import { answerWellbeing, openPage, openTab, shows } from './visitor.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const listed = (page: Page) => page.getByRole('region', { name: 'Your assessments' }).getByRole('listitem');
/** The answers that this device holds, whoever gave them. */
const stored = (page: Page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('assay:')));
const answerStatements = async (page: Page, pages: number) => {
  for (let index = 1; index <= pages; index++) {
    await page.getByText(`Page ${index} of 10`).waitFor();
    const rows = page.getByRole('radiogroup');
    await rows.first().getByRole('radio').first().focus();
    for (let row = await rows.count(); row > 0; row--) await page.keyboard.press(String((index % 5) + 1));
    await page.getByRole('button', { name: 'Next page' }).click();
  }
  await page.getByText(`Page ${pages + 1} of 10`).waitFor();
};

test('a tab closed after 72 answers and opened again continues with all of them, until they are removed', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  await answerStatements(page, 6);
  const answered = await page.locator('.progress label').innerText();
  await page.close();

  const again = await openTab(page.context(), app.url);
  await again.page.goto(app.url);
  const [, count, of] = /^(\d+) of (\d+)/.exec(answered) ?? [];
  await again.page.getByRole('link', { name: `Continue, ${count} of ${of}: Personality profile` }).click();
  await again.page.getByText('Page 7 of 10').waitFor();
  expect(await again.page.locator('.progress label').innerText()).toBe(answered);
  const { draft } = await again.page.evaluate(() => ({
    draft: Object.entries(localStorage).find(([key]) => key.startsWith('assay:draft:'))?.[1] as string,
  }));
  expect(Object.keys(JSON.parse(draft).answers)).toHaveLength(72);

  await again.page.goto(app.url);
  await again.page.getByRole('button', { name: 'Start over: Personality profile' }).click();
  await again.page.getByRole('button', { name: 'Yes, remove them' }).click();
  await again.page.getByRole('link', { name: 'Start: Personality profile' }).waitFor();
  expect(await stored(again.page)).toEqual([]);
  expect([...complaints, ...again.complaints]).toEqual([]);
});

test('two tabs of one form show the same answers, and those of an ended session are gone', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  const other = await openTab(page.context(), app.url);
  const address = `${app.url}/take/wellbeing-check?page=1`;
  await page.goto(address);
  await other.page.goto(address);
  const third = (tab: Page) => tab.getByRole('radiogroup').first().getByRole('radio').nth(3);
  await third(page).check();
  await until(() => third(other.page).isChecked());
  expect(await stored(page)).toHaveLength(1);

  await other.page.close();
  await page.close();
  await page.context().clearCookies();
  const next = await openTab(page.context(), app.url);
  await next.page.goto(address);
  await third(next.page).waitFor();
  expect(await third(next.page).isChecked()).toBe(false);
  await until(async () => (await stored(next.page)).length === 0);
});

test('where the browser forbids its storage, the form is shown, tells it, and is sent', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    }
  });
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await page.getByText('cannot be saved on this device').waitFor();
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'Your result is ready.');
  expect(complaints).toEqual([]);
});

test('a form whose session ends before it is sent keeps its answers, and is sent in the next session', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'Your session had ended, so a new one was started.');
  await page.getByText('11 of 11 answered').waitFor();
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'Your result is ready.');
  expect(await stored(page)).toEqual([]);
});

test('a form keeps its answers although the next session could not be started at the first try', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await page.context().clearCookies();
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('mutation StartSession') ? route.abort() : route.fallback(),
  );
  await page.getByRole('button', { name: 'Send answers' }).click();
  await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Try again' }).click();
  await shows(page, 'Your session had ended, so a new one was started.');
  await page.getByText('11 of 11 answered').waitFor();
  expect(await stored(page)).toHaveLength(1);
});

test('a session that is renewed in another tab leaves the answers of an open form, there and after the next answer', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  const { page: other } = await openTab(page.context(), app.url);
  for (const tab of [page, other]) await tab.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await other.getByText('11 of 11 answered').waitFor();
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'Your session had ended, so a new one was started.');
  await page.getByText('11 of 11 answered').waitFor();

  await other.getByRole('radiogroup').first().getByRole('radio').nth(7).check();
  await other.getByText('11 of 11 answered').waitFor();
  expect(await other.getByText('sent or removed in another tab').count()).toBe(0);
});

test('a draft of an earlier version is continued in it, and who starts over gets the newest', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  const third = page.getByRole('radiogroup').first().getByRole('radio').nth(3);
  await third.check();
  const [newest = ''] = await stored(page);
  const earlier = newest.replace('@2', '@1');
  await page.evaluate(
    ([from = '', to = '']) => {
      localStorage.setItem(to, localStorage.getItem(from) ?? '');
      localStorage.removeItem(from);
    },
    [newest, earlier],
  );
  await page.reload();
  await page.getByRole('button', { name: 'Start over' }).waitFor();
  await page.getByRole('radiogroup').first().getByRole('radio').nth(4).check();
  expect(await stored(page)).toEqual([earlier]);

  await app.world.sql(`UPDATE questionnaire SET withdrawn_at = now() WHERE id = 'wellbeing-check@1'`);
  const client = await app.client();
  const read = '{ questionnaire(slug: "wellbeing-check", version: 1) { withdrawn } }';
  await until(async () => (await client.graphql(read)).data.questionnaire.withdrawn === true);
  await page.reload();
  await shows(page, 'no longer offered, so these answers cannot be sent');

  await page.locator('main form').evaluate((form) => form.classList.add('of-earlier'));
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Yes, remove them' }).click();
  await page.locator('.of-earlier').waitFor({ state: 'detached' });
  await page.getByText('0 of 11 answered').waitFor();
  await third.check();
  expect(await stored(page)).toEqual([newest]);
});

const offline = (context: BrowserContext) => context.setOffline(true);
const sendOffline = async (page: Page, url: string) => {
  await page.goto(`${url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await offline(page.context());
  await page.getByRole('button', { name: 'Send answers' }).click();
};

test('Back from the result leads to no page in the middle of an empty form', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  await page.getByRole('button', { name: 'Send answers' }).click();
  await shows(page, 'Your result is ready.');
  await page.goBack();
  await page.getByText('Page 1 of 3').waitFor();
  await page.getByText('0 of 11 answered').waitFor();
  expect(complaints).toEqual([]);
});

test('a form that is sent offline goes out once, as soon as the page is online', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await sendOffline(page, app.url);
  await shows(page, 'You may close this page.');
  await page.context().setOffline(false);
  await shows(page, 'Your result is ready.');
  await page.goto(app.url);
  await listed(page).first().waitFor();
  expect([await listed(page).count(), await stored(page)]).toEqual([1, []]);
});

test('a form that waits for the network can be changed', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await sendOffline(page, app.url);
  await page.getByRole('button', { name: 'Change the answers' }).click();
  await page.getByText('11 of 11 answered').waitFor();
  expect(await stored(page)).toEqual([expect.stringMatching(/^assay:draft:/)]);
});

test('a form that is sent offline in a tab that is closed goes out once, when the page is opened again in two tabs', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await sendOffline(page, app.url);
  await shows(page, 'You may close this page.');
  const context = page.context();
  await page.close();
  await context.setOffline(false);
  const tabs = await Promise.all([openTab(context, app.url), openTab(context, app.url)]);
  await Promise.all(tabs.map((tab) => tab.page.goto(app.url)));
  const [tab] = tabs.map((each) => each.page);
  if (!tab) throw new Error('no tab');
  await listed(tab).first().waitFor();
  await until(async () => (await stored(tab)).length === 0);
  await tab.reload();
  await listed(tab).first().waitFor();
  expect(await listed(tab).count()).toBe(1);
});

/** Answers the next submissions in place of the server. */
const refuseSubmissions = (page: Page, kind: string, message: string) =>
  page.route('**/graphql', (route) => {
    if (!route.request().postData()?.includes('mutation SubmitAssessment')) return route.fallback();
    return route.fulfill({ json: { data: { submitAssessment: { assessment: null, errors: [{ kind, message }] } } } });
  });

test('a form that waits for the network and is refused for good is told, and is a form again with its answers', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await sendOffline(page, app.url);
  await shows(page, 'You may close this page.');
  await refuseSubmissions(page, 'QuestionnaireWithdrawnError', 'This version was withdrawn.');
  await page.context().setOffline(false);
  await shows(page, 'could not be sent. This version was withdrawn.');
  await page.getByText('11 of 11 answered').waitFor();
  expect(await stored(page)).toEqual([expect.stringMatching(/^assay:draft:/)]);
});

test('forms that waited for the network are told one by one, and leave another form on screen as it is', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/wellbeing-check?page=1&from=an-earlier-one`);
  await answerWellbeing(page);
  // Two copies of this form, as two tabs would leave them that were closed offline.
  await page.evaluate(() => {
    const [draft = ''] = Object.keys(localStorage).filter((key) => key.startsWith('assay:draft:'));
    const [, , session] = draft.split(':');
    const { answers, progress } = JSON.parse(localStorage.getItem(draft) ?? '');
    for (const idempotencyKey of ['first', 'second']) {
      const form = { slug: 'wellbeing-check', version: 1, language: 'en', title: idempotencyKey };
      const text = JSON.stringify({ ...form, answers, progress, idempotencyKey });
      localStorage.setItem(`assay:sealed:${session}:${idempotencyKey}`, text);
    }
    window.dispatchEvent(new StorageEvent('storage', { key: null }));
  });
  for (const title of ['first', 'second']) await shows(page, `Your answers to “${title}” have been sent.`);
  await page.getByText('Page 3 of 3').waitFor();
  expect(await app.world.sql('SELECT id FROM test_assessment')).toHaveLength(2);
});

test('an answer that is changed while the form is sent stays, although the device goes offline', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await answerWellbeing(page);
  const sent = Promise.withResolvers<() => Promise<void>>();
  await page.route('**/graphql', (route) => {
    if (!route.request().postData()?.includes('mutation SubmitAssessment')) return route.fallback();
    sent.resolve(() => route.abort());
    return undefined;
  });
  await page.getByRole('button', { name: 'Send answers' }).click();
  const lose = await sent.promise;
  await page.getByRole('textbox').fill('Changed meanwhile');
  await offline(page.context());
  await lose();
  await shows(page, 'You may close this page.');
  await page.getByRole('button', { name: 'Change the answers' }).click();
  await page.getByText('11 of 11 answered').waitFor();
  expect(await page.evaluate(() => JSON.stringify(localStorage))).toContain('Changed meanwhile');
});

test('answers of an earlier assessment are a form of their own, and a begun form keeps its answers', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.hold();
  const client = await app.client();
  const id = await client.submit();
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  const sleep = page.getByRole('radiogroup', { name: 'How well did you sleep?' }).getByRole('radio');
  await sleep.nth(9).check();
  await page.goto(`${app.url}/assessments/${id}`);
  await page.getByRole('button', { name: 'Stop the writing' }).click();
  await page.getByRole('button', { name: 'Yes, stop' }).click();
  await page.getByRole('button', { name: 'Look at the answers and send again' }).click();
  await page.getByText('Page 3 of 3').waitFor();
  expect(new URL(page.url()).searchParams.get('from')).toBe(id);
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  expect(await sleep.nth(9).isChecked()).toBe(true);
  expect(complaints).toEqual([]);
});

test('a scale is one row at 320 px, with large text too, and nothing scrolls sideways', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  await using context = await browser.newContext({ ...PHONE, viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  const steps = page.getByRole('radiogroup').first().locator('.step');
  await steps.first().waitFor();
  for (const size of ['100%', '200%']) {
    await page.evaluate((value) => document.documentElement.style.setProperty('font-size', value), size);
    const boxes = await steps.evaluateAll((all) => all.map((step) => step.getBoundingClientRect().toJSON()));
    expect([new Set(boxes.map(({ top }) => top)).size, boxes.length]).toEqual([1, 11]);
    expect(Math.min(...boxes.map(({ width }) => width))).toBeGreaterThanOrEqual(24);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
});

test('a tap brings the next open question to the upper half, and a correction scrolls nothing', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  await using context = await browser.newContext(PHONE);
  const page = await context.newPage();
  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  const rows = page.getByRole('radiogroup');
  const top = async (row: number) => (await rows.nth(row).boundingBox())?.y ?? NaN;
  for (const row of [0, 1, 2, 3]) {
    await rows.nth(row).getByRole('radio').nth(2).tap();
    await until(async () => (await top(row + 1)) < 422);
  }
  await until(async () => Math.abs((await top(4)) - 844 / 3) < 2);
  await page.evaluate(() => window.scrollTo(0, 0));
  const corrected = rows.first().getByRole('radio').nth(4);
  await corrected.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  await corrected.tap();
  await until(() => corrected.isChecked());
  // A scroll begins in the frame after the answer.
  const frames = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await page.evaluate(frames);
  expect(await page.evaluate(() => scrollY)).toBe(before);
  await page.getByText('4 of', { exact: false }).first().waitFor();
  const heights = await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
  expect(heights.reduce((sum, height) => sum + height, 0)).toBeLessThanOrEqual(1_600);
});

test('a press ends the scroll to the next question, so that it hits what is under the finger', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  await using context = await browser.newContext(PHONE);
  const page = await context.newPage();
  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  const fourth = page.getByRole('radiogroup').nth(3).getByRole('radio').nth(2);
  const [pressed, later] = await fourth.evaluate(async (radio: HTMLInputElement) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const press = (on: Element) => on.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    press(radio);
    radio.click();
    const start = scrollY;
    while (scrollY === start) await frame();
    press(document.body);
    const stopped = scrollY;
    for (let count = 0; count < 30; count++) await frame();
    return [stopped, scrollY];
  });
  expect(later).toBe(pressed);
});

test('a digit key that is held answers one question', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  await page.getByRole('radiogroup').first().getByRole('radio').first().focus();
  for (let count = 0; count < 3; count++) await page.keyboard.down('3');
  await page.keyboard.up('3');
  expect(await page.getByRole('radio', { checked: true }).count()).toBe(1);
  await page.keyboard.press('3');
  expect(await page.getByRole('radio', { checked: true }).count()).toBe(2);
});

test('after the last question the keyboard comes to the button that goes on, and the title names page and error', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/wellbeing-check?page=2`);
  const last = page.getByRole('radiogroup').last().getByRole('radio').nth(3);
  await last.check();
  await last.focus();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Next page');
  expect(await page.title()).toMatch(/^Page 2 of 3: .+ · Wellbeing check · Assay$/);
  await page.keyboard.press('Enter');
  await page.getByText('need your attention').waitFor();
  expect(await page.title()).toMatch(/^Error: Page 2 of 3: /);
  const links = page.locator('.problem-links button');
  const name = await links.last().innerText();
  await links.last().click();
  const named = page.getByRole('radiogroup', { name });
  await until(() => named.evaluate((row) => row.contains(document.activeElement)));
  expect(complaints).toEqual([]);
});

test('a new page of a form and a new row have the focus before they are painted, so that no key gets lost', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.route('**/graphql', (route) =>
    route.request().postDataJSON()?.operationName === 'Questionnaire'
      ? route.fulfill({ json: { data: { questionnaire: { __typename: 'Questionnaire', ...servedForm(everyKind) } } } })
      : route.continue(),
  );
  await page.goto(`${app.url}/take/kinds?page=1`);
  await page.getByRole('button', { name: 'Add another' }).waitFor();
  expect(await focusAtChange(page, 'Add another')).toBe('Entry 2');

  await page.unroute('**/graphql');
  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  await page.getByText('Page 1 of').waitFor();
  for (const row of await page.getByRole('radiogroup').all()) await row.getByRole('radio').first().check();
  expect(await focusAtChange(page, 'Next page')).toMatch(/^H2: /);
});

/** Clicks a button, and names the element with the focus as soon as the title or the rows have changed, before any paint. */
const focusAtChange = (page: Page, name: string): Promise<string> =>
  page.getByRole('button', { name }).evaluate(
    (button: HTMLButtonElement) =>
      new Promise<string>((resolve) => {
        const shown = () =>
          [...document.querySelectorAll('h2, .text-row')].map(({ textContent }) => textContent).join();
        const before = shown();
        const observer = new MutationObserver(() => {
          if (shown() === before) return;
          observer.disconnect();
          const focused = document.activeElement;
          resolve(focused?.getAttribute('aria-label') ?? `${focused?.tagName}: ${focused?.textContent}`);
        });
        observer.observe(button.form ?? document.body, { childList: true, subtree: true, characterData: true });
        button.click();
      }),
  );

test('every kind of question is answered, a hidden question and a hidden page are neither asked nor sent', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  const sent: unknown[] = [];
  await page.route('**/graphql', async (route) => {
    const body = route.request().postDataJSON();
    const isForm = body?.operationName === 'Questionnaire';
    if (isForm)
      return route.fulfill({
        json: { data: { questionnaire: { __typename: 'Questionnaire', ...servedForm(everyKind) } } },
      });
    if (body?.operationName === 'SubmitAssessment') sent.push(body.variables.input.answers);
    return route.continue();
  });
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto(`${app.url}/take/kinds?page=1`);
  const group = (name: string) => page.getByRole('radiogroup', { name });
  await group('Do you smoke?').getByRole('radio', { name: 'Yes' }).check();
  await page.getByLabel('How many a day?').fill('7');
  await page.getByText('Page 1 of 3').waitFor();
  await group('Do you smoke?').getByRole('radio', { name: 'No' }).check();
  await page.getByText('Page 1 of 2').waitFor();
  expect(await page.getByLabel('How many a day?').count()).toBe(0);
  const directions = await group('Do you smoke?').evaluate((question) =>
    [document.documentElement, question].map(
      (each) => `${each.getAttribute('lang')} ${getComputedStyle(each).direction}`,
    ),
  );
  expect(directions).toEqual(['ar rtl', 'ar rtl']);

  await page.getByLabel('Weight').fill('72,5');
  await page.getByLabel('Born').fill('2001-12-31');
  await page.getByLabel('E-mail').fill('me@host');
  await page.getByLabel('Postal code').fill('1234');
  await page.getByLabel('Entry 1').fill('walking');
  await page.getByRole('button', { name: 'Add another' }).click();
  await page.keyboard.type('reading');
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByText('2 questions on this page need your attention.').waitFor();
  await page.getByLabel('E-mail').fill('me@host.example');
  await page.getByLabel('Postal code').fill('12345');
  await page.getByRole('button', { name: 'Next page' }).click();

  await page.getByText('Page 2 of 2').waitFor();
  await group('Your day').getByRole('radio', { name: 'Another' }).check();
  await page.getByLabel('Another, in your own words').fill('By night');
  for (const name of ['one', 'three']) await page.getByRole('checkbox', { name }).check();
  await page.getByRole('checkbox', { name: 'two' }).click({ force: true });
  await page.getByText('You have chosen 2, which is the most.').waitFor();
  expect(await page.getByRole('checkbox', { name: 'two' }).isChecked()).toBe(false);
  await page.getByRole('checkbox', { name: 'Prefer not to say' }).check();
  await page.getByLabel('Country').selectOption({ label: 'Land 13' });
  for (const name of ['First statement', 'Second statement'])
    await group(name).getByRole('radio', { name: '2, Grade 2' }).check();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.getByRole('button', { name: 'Send answers' }).click();
  await until(() => sent.length > 0);
  expect(sent).toEqual([
    {
      smokes: false,
      weight: 72.5,
      born: '2001-12-31',
      mail: 'me@host.example',
      code: '12345',
      likes: ['walking', 'reading'],
      day: { other: 'By night' },
      goals: ['one', 'three'],
      income: { declined: true },
      country: 'Land 13',
      r1: 2,
      r2: 2,
    },
  ]);
  expect(complaints).toEqual([]);
});

const openEveryKind = async (page: Page, url: string) => {
  await page.route('**/graphql', (route) =>
    route.request().postDataJSON()?.operationName === 'Questionnaire'
      ? route.fulfill({
          json: { data: { questionnaire: { __typename: 'Questionnaire', ...servedForm(everyKind) } } },
        })
      : route.fallback(),
  );
  await page.goto(`${url}/take/kinds?page=1`);
  await page.getByRole('radiogroup', { name: 'Do you smoke?' }).getByRole('radio', { name: 'No' }).check();
};

test('a date of which a part is missing is told, also where it is optional, and goes on once it is whole or empty', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await openEveryKind(page, app.url);
  const born = page.getByLabel('Born');
  const problem = page.getByText('Please give a whole date: day, month and year.');
  await born.press('1');
  await page.keyboard.press('2');
  await page.keyboard.press('Enter');
  await problem.waitFor();
  for (const key of '12122001') await page.keyboard.press(key);
  expect([await born.inputValue(), await problem.count()]).toEqual(['2001-12-12', 0]);
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await problem.waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByText('Page 2 of 2').waitFor();
});

test('Delete on the button of a row or on a box takes no whole list away', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await openEveryKind(page, app.url);
  await page.getByLabel('Entry 1').fill('walking');
  await page.getByRole('button', { name: 'Add another' }).click();
  await page.keyboard.type('reading');
  await page.getByRole('button', { name: 'Remove entry 2' }).press('Delete');
  expect(await page.getByRole('textbox', { name: 'Entry 2' }).inputValue()).toBe('reading');
  await page.getByRole('button', { name: 'Next page' }).click();
  const boxes = page.getByRole('group', { name: 'Goals' }).getByRole('checkbox');
  for (const place of [0, 1]) await boxes.nth(place).check();
  await boxes.nth(1).press('Backspace');
  expect(await boxes.nth(0).isChecked()).toBe(true);
});

test('an optional answer is taken back by a second click, by Delete and by its button', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/ipip-neo-120?page=1`);
  const answered = page.locator('input:checked');
  const optional = page.getByRole('radiogroup').filter({ hasText: 'optional' });
  for (let index = 1; (await optional.count()) === 0; index++) {
    await page.goto(`${app.url}/take/ipip-neo-120?page=${index}`);
    await page.getByText(`Page ${index} of 10`).waitFor();
  }
  const step = optional.first().getByRole('radio').nth(2);
  const ways = [
    () => step.click(),
    () => step.press('Delete'),
    () => optional.first().getByRole('button', { name: 'Clear the answer' }).click(),
  ];
  for (const takeBack of ways) {
    await step.click();
    await until(async () => (await answered.count()) === 1);
    await takeBack();
    await until(async () => (await answered.count()) === 0);
  }
  expect(await stored(page)).toEqual([]);
});
