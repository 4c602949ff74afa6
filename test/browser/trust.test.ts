import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { refusal } from '../support/model-behaviours.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { openPage, openTab, shows, SHOWN_MS } from './visitor.ts';

const DISTRESSED = { ...wellbeingAnswers, note: 'I want to die.' };
const HELP = 'You do not have to cope with this alone';
/** Of open pages, after a deletion. */
const TOLD_MS = 1_000;

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
const onDevice = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('assay:')));
const cookiesOf = async (context: BrowserContext) => (await context.cookies()).map(({ value }) => value);
const confirm = async (page: Page, call: string, yes: string) => {
  await page.getByRole('button', { name: call }).click();
  await page.getByRole('button', { name: yes }).click();
};

/** Answers one question of the form and comes to rest: the answer is on the device. */
const beginForm = async (page: Page, url: string) => {
  await page.goto(`${url}/take/wellbeing-check?page=1`);
  await page.getByRole('radiogroup').first().getByRole('radio').first().check();
  await until(async () => (await onDevice(page)).some((key) => key.startsWith('assay:draft:')));
};

test('help of the operator is first on the page while the model hangs and after a refusal, and not without a call for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-texts-'));
  const contacts = [
    { name: 'Night line', detail: 'every night', url: 'tel:+4912345' },
    { name: 'By chat', url: 'https://help.example/chat' },
  ];
  writeFileSync(
    join(folder, 'en.json'),
    JSON.stringify({
      help: { title: HELP, text: 'Please talk to someone today.', contacts },
      privacy: { title: 'Your answers', text: ['Kept here.'] },
      contact: { title: 'Contact', text: 'Ask us.' },
      distressWords: ['want to die'],
    }),
  );
  await using app = await startApp({ env: { TEXTS_DIR: folder } });
  await using browser = await openChromium();
  const client = await app.client();
  app.world.model.hold();
  const id = await client.submit({ answers: DISTRESSED });
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments/${id}`);
  const help = page.getByRole('region', { name: HELP });
  await help.waitFor({ timeout: SHOWN_MS });
  expect(await page.locator('main h2').first().innerText()).toBe(HELP);
  const links = await help.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(links).toEqual(['tel:+4912345', 'https://help.example/chat']);
  expect(await help.getByText('every night').count()).toBe(1);

  app.world.model.release();
  app.world.model.script(() => refusal());
  const refused = await client.submit({ answers: DISTRESSED });
  await client.completion(refused);
  await page.goto(`${app.url}/assessments/${refused}`);
  await page.getByRole('heading', { name: 'The advice could not be written' }).waitFor();
  expect(await page.locator('main h2').first().innerText()).toBe(HELP);

  await page.getByRole('link', { name: 'Your answers' }).click();
  await heading(page, 'Your answers').waitFor();
  await page.getByText('I want to die.').waitFor();
  expect(await page.getByText(HELP).count()).toBe(0);
  const calm = await client.submit();
  await page.goto(`${app.url}/assessments/${calm}`);
  await page.getByRole('region', { name: 'Your profile' }).waitFor({ timeout: SHOWN_MS });
  expect(await page.getByText(HELP).count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('help by a flag of the questionnaire names what the answers touch on', async () => {
  await using app = await startApp({ env: { QUESTIONNAIRES_DIR: 'examples/questionnaires' } });
  await using browser = await openChromium();
  const client = await app.client();
  const numbers = Array.from({ length: 10 }, (_, index) => [`q${index + 1}`, index === 8 ? 1 : 0]);
  const answers = Object.fromEntries(numbers);
  const id = await client.submit({ questionnaire: 'phq-9', answers });
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments/${id}`);
  const help = page.getByRole('region', { name: HELP });
  await help.getByText('Your answers touch on: Thoughts of death or of self-harm').waitFor({ timeout: SHOWN_MS });
  expect(complaints).toEqual([]);
});

test('a person is told who gets the answers before the first question and beside the button that sends them', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  await page.goto(`${app.url}/take/mini-ipip`);
  const intro = page.getByRole('region', { name: 'What happens with your answers' });
  await intro.getByText('Nobody else is given them, except the language model').waitFor();
  expect(await intro.getByText('kept until you delete it').count()).toBe(1);
  expect(await page.getByText('20 questions').count()).toBe(1);
  expect(await page.getByRole('radio').count()).toBe(0);
  await page.getByRole('link', { name: 'Begin' }).click();
  await page.getByRole('radiogroup').first().waitFor();
  await page.getByText('About this questionnaire').click();
  await intro.getByRole('link', { name: 'About and privacy' }).click();
  await heading(page, 'About and privacy').waitFor();

  // Page 3 of the wellbeing check is its last.
  await page.goto(`${app.url}/take/wellbeing-check?page=3`);
  await page.getByRole('button', { name: 'Send answers' }).waitFor();
  expect(await intro.count()).toBe(0);
  const note = page.locator('form').getByText('What you send is kept until you delete it.');
  expect(await note.getByRole('link').getAttribute('href')).toBe('/about');
  expect(complaints).toEqual([]);
});

test('a form can be filled in although the texts of the operator can not be read', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('query OperatorTexts')) return route.fallback();
    await held;
    return route.abort();
  });
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  await page.getByRole('radiogroup').first().getByRole('radio').first().check();
  release();
  await page.getByText('About this questionnaire').click();
  const intro = page.getByRole('region', { name: 'What happens with your answers' });
  await page.locator('.trust:not(.trust-loading)').waitFor();
  await intro.getByText('kept until you delete it').waitFor();
  await page.goto(`${app.url}/about`);
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Contact' }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('the page about privacy is in the footer of every page, and has the words of the operator', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page, complaints } = await openPage(browser, app.url);
  for (const path of ['/', '/take/mini-ipip?page=1', '/assessments', '/about', '/nothing']) {
    await page.goto(app.url + path);
    const footer = page.getByRole('contentinfo');
    await footer.getByRole('button', { name: 'Leave this device' }).waitFor();
    expect(await footer.getByRole('link').allInnerTexts()).toEqual(['About and privacy']);
  }
  await page.getByRole('contentinfo').getByRole('link').click();
  await heading(page, 'About and privacy').waitFor();
  expect(await focused(page)).toBe('About and privacy');
  for (const title of ['How it works', 'Your answers', HELP, 'Contact', 'On a shared computer', 'Delete everything']) {
    await page.getByRole('heading', { level: 2, name: title }).waitFor();
  }
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
});

test('an assessment is deleted from the list by keyboard: it is asked, its row goes, and the next row has the focus', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const ids = [];
  for (let count = 0; count < 3; count++) ids.push(await client.submit());
  const [oldest, middle, newest] = ids;
  await Promise.all(ids.map((id) => client.completion(id)));
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments`);
  const rows = page.locator('.assessments > li');
  await until(async () => (await rows.count()) === 3);
  const call = rows.nth(1).getByRole('button', { name: /^Delete: Wellbeing check, / });

  await call.press('Enter');
  expect(await focused(page)).toBe('Keep it');
  await page.keyboard.press('Escape');
  expect(await focused(page)).toBe('Delete');
  expect(await client.read(middle ?? '')).not.toBeNull();

  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await shows(page, 'It is deleted.');
  expect(await rows.evaluateAll((all) => all.map((row) => row.id))).toEqual([`listed-${newest}`, `listed-${oldest}`]);
  await until(() => page.evaluate((row) => document.activeElement?.id === row, `listed-${oldest}`));
  expect(await client.read(middle ?? '')).toBeNull();
  await page.reload();
  await until(async () => (await rows.count()) === 2);
  expect(complaints).toEqual([]);
});

test('an assessment is deleted from its page, with what this device has of it, and the list without it comes', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.goto(`${app.url}/assessments/${id}`);
  await page.getByRole('checkbox', { name: /^Done/ }).first().check();
  expect(await onDevice(page)).toEqual([`assay:done:${id}`]);
  await confirm(page, 'Delete', 'Yes, delete it');
  await heading(page, 'Your assessments').waitFor();
  expect(await focused(page)).toBe('Your assessments');
  await shows(page, 'Nothing yet');
  expect(await onDevice(page)).toEqual([]);
  expect(await client.read(id)).toBeNull();
  expect(complaints).toEqual([]);
});

test('a deletion that is refused or does not arrive says so, and the assessment stays', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const { page } = await openPage(browser, app.url, client);
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('mutation DeleteAssessment') ? route.abort() : route.fallback(),
  );
  await page.goto(`${app.url}/assessments/${id}`);
  await confirm(page, 'Delete', 'Yes, delete it');
  await page.getByRole('alert').getByText('It is not certain that this has arrived.').waitFor();
  await page.unrouteAll();
  await confirm(page, 'Delete', 'Yes, delete it');
  await heading(page, 'Your assessments').waitFor();
  expect(await client.read(id)).toBeNull();
});

test('an open page of an assessment that is deleted says so within a second, while it waits and after its end', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const ended = await client.submit();
  await client.completion(ended);
  app.world.model.hold();
  const waiting = await client.submit();
  const { page: first, complaints } = await openPage(browser, app.url, client);
  const { page: second } = await openTab(first.context(), app.url);
  await second.clock.install();
  const subscribed = (page: Page, name: string) =>
    page
      .waitForEvent('websocket')
      .then((socket) => socket.waitForEvent('framesent', ({ payload }) => String(payload).includes(name)));
  for (const [page, id, name] of [
    [first, ended, 'ListChanged'],
    [second, waiting, 'AssessmentUpdated'],
  ] as const) {
    const sent = subscribed(page, name);
    await page.goto(`${app.url}/assessments/${id}`);
    await page.getByRole('region', { name: 'Your profile' }).waitFor({ timeout: SHOWN_MS });
    await sent;
  }
  // A subscription that is sent is not yet open: the answer to another request over the same server comes later.
  await until(async () => (await client.read(waiting)).status === 'PROCESSING');
  for (const [page, id] of [
    [first, ended],
    [second, waiting],
  ] as const) {
    const { data } = await client.graphql(
      'mutation ($id: ID!) { deleteAssessment(id: $id) { assessmentId errors { message } } }',
      { id },
    );
    expect(data.deleteAssessment.assessmentId).toBe(id);
    await heading(page, 'This assessment was deleted').waitFor({ timeout: TOLD_MS });
    await until(async () => (await focused(page)) === 'This assessment was deleted');
  }
  // Nothing comes after a deletion, so nothing is asked for: not at the times of a wait, and not after other deletions.
  const asked: string[] = [];
  for (const page of [first, second])
    page.on('request', (request) => void asked.push(JSON.parse(request.postData() ?? '{}').query ?? ''));
  await second.clock.runFor(60_000);
  await second.evaluate(() => fetch('/graphql', { method: 'POST', body: '{}' }));
  expect(asked.filter((query) => query.includes('query Assessment('))).toEqual([]);
  app.world.model.release();
  expect(complaints).toEqual([]);
});

test('everything is deleted: assessments, session, cookie and drafts, and there is no session until the person goes on', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  for (let count = 0; count < 2; count++) await client.completion(await client.submit());
  const { page, complaints } = await openPage(browser, app.url, client);
  await beginForm(page, app.url);
  await page.getByRole('contentinfo').getByRole('link', { name: 'About and privacy' }).click();
  await page.getByRole('button', { name: 'Delete everything' }).press('Enter');
  expect(await focused(page)).toBe('Keep them');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await heading(page, 'Everything is deleted').waitFor();
  expect(await focused(page)).toBe('Everything is deleted');
  await shows(page, '2 assessments went');
  expect(await cookiesOf(page.context())).toEqual([]);
  expect(await onDevice(page)).toEqual([]);
  expect(await app.world.sql('SELECT id FROM session')).toEqual([]);
  expect(await app.world.sql('SELECT id FROM test_assessment')).toEqual([]);

  await page.getByRole('link', { name: 'Back to the start' }).click();
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
  await shows(page, 'Nothing yet');
  expect(await app.world.sql('SELECT id FROM session')).toHaveLength(1);
  expect(complaints).toEqual([]);
});

test('who leaves the device finds a start page that says so, without drafts; the other tab is emptied too', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const { page, complaints } = await openPage(browser, app.url, client);
  await beginForm(page, app.url);
  await page.evaluate((key) => localStorage.setItem(key, '[0]'), `assay:done:${id}`);
  const { page: other } = await openTab(page.context(), app.url);
  await other.goto(`${app.url}/take/wellbeing-check?page=1`);
  await other.getByRole('radiogroup').first().getByRole('radio', { checked: true }).waitFor();
  const cookies = await cookiesOf(page.context());

  await page.getByRole('button', { name: 'Leave this device' }).click();
  expect(await focused(page)).toBe('Stay');
  await page.getByRole('button', { name: 'Yes, leave' }).click();
  await page.getByRole('status').getByText('You have left this device').waitFor();
  await page.getByRole('link', { name: 'Start: Wellbeing check' }).waitFor();
  await until(async () => (await focused(page)) === 'What would you like to look at?');
  await shows(page, 'Nothing yet');
  expect(await onDevice(page)).toEqual([]);
  expect(await cookiesOf(page.context())).not.toEqual(cookies);
  await other.getByText('sent or removed in another tab').waitFor();
  expect(await other.getByRole('radio', { checked: true }).count()).toBe(0);

  await page.goto(`${app.url}/assessments/${id}`);
  await heading(page, 'This result belongs to another browser').waitFor();
  expect((await client.graphql('{ session { id } }')).data.session).toBeNull();
  expect(complaints).toEqual([]);
});

test('a session that could not be ended goes on, and its drafts stay', async () => {
  await using app = await startApp({ role: 'api' });
  await using browser = await openChromium();
  const { page } = await openPage(browser, app.url);
  await beginForm(page, app.url);
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('mutation EndSession') ? route.abort() : route.fallback(),
  );
  await confirm(page, 'Leave this device', 'Yes, leave');
  await page.getByRole('alert').getByText('It is not certain that this has arrived.').waitFor();
  expect(await onDevice(page)).toHaveLength(1);
  await page.unrouteAll();
  await confirm(page, 'Leave this device', 'Yes, leave');
  await page.getByRole('status').getByText('You have left this device').waitFor();
});
