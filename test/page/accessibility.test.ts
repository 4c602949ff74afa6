import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page, Route } from 'playwright-core';
import { expect, test } from 'vitest';
import { answerWellbeing, openPage, shows, SHOWN_MS } from '../browser/visitor.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import type { Client } from '../support/client.ts';
import { everyKind } from '../support/every-kind.ts';
import { gate, heldStream, refusal, status } from '../support/model-behaviours.ts';
import { ipipAnswers, wellbeingAnswers } from '../support/questionnaires.ts';
import { servedForm } from '../support/shown-form.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
};
const WIDTHS = [1280, 390, 320];
const LOOKS = [
  { colorScheme: 'light', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'none' },
  { colorScheme: 'light', forcedColors: 'active' },
] as const;

interface Scene {
  app: TestApp;
  client: Client;
  page: Page;
  open: (path: string) => Promise<unknown>;
}
type State = (scene: Scene) => Promise<unknown>;

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name }).waitFor({ timeout: SHOWN_MS });
const firstRow = (page: Page) => page.getByRole('radiogroup').first();
const inventory = { questionnaire: 'ipip-neo-120', answers: ipipAnswers((index) => (index % 5) + 1) };

const submitted = async ({ client, open }: Scene, input?: Record<string, unknown>): Promise<string> => {
  const id = await client.submit({ watch: true, ...input });
  await open(`/assessments/${id}`);
  return id;
};
const ready = async (scene: Scene, input?: Record<string, unknown>) => {
  const { client, page, open } = scene;
  const id = await client.submit(input);
  await client.completion(id);
  await open(`/assessments/${id}`);
  await shows(page, 'Your result is ready.');
  return id;
};
/** Answers the operations of this name by these means. */
const answering = (page: Page, operation: string, response: Parameters<Route['fulfill']>[0]) =>
  page.route('**/graphql', (route) =>
    route.request().postData()?.includes(operation) ? route.fulfill(response) : route.fallback(),
  );
const unavailable = {
  status: 503,
  json: { errors: [{ message: 'no', extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
};
const filledIn = async ({ page, open }: Scene) => {
  await open('/take/wellbeing-check?page=1');
  await answerWellbeing(page);
};
const kinds = async ({ page, open }: Scene) => {
  const questionnaire = { __typename: 'Questionnaire', ...servedForm(everyKind) };
  await answering(page, 'query Questionnaire(', { json: { data: { questionnaire } } });
  await open('/take/kinds?page=1');
  await firstRow(page).waitFor();
};
const listed = async ({ app, client }: Scene) => {
  app.world.model.script([refusal()]);
  for (const input of [undefined, inventory, { answers: { ...wellbeingAnswers, mood: 9 } }, undefined])
    await client.completion(await client.submit(input));
};

const STATES: Record<string, State> = {
  'start, empty': async ({ page, open }) => {
    await open('/');
    await shows(page, 'Nothing yet');
  },
  'start, with a draft and the question before it is removed': async ({ page, open }) => {
    await open('/take/wellbeing-check?page=1');
    await firstRow(page).getByRole('radio').nth(3).check();
    await open('/');
    await page.getByRole('button', { name: 'Start over: Wellbeing check' }).click();
    await page.getByRole('button', { name: 'Yes, remove them' }).waitFor();
  },
  'the intro of a form': async ({ page, open }) => {
    await open('/take/ipip-neo-120');
    await page.getByRole('link', { name: 'Begin' }).waitFor();
  },
  'start, with assessments': async (scene) => {
    await listed(scene);
    await scene.open('/');
    await scene.page.locator('.assessments > li').nth(2).waitFor();
  },
  'start, questionnaires unreachable': async ({ page, open }) => {
    await answering(page, 'query Questionnaires', unavailable);
    await open('/');
    await page.getByRole('button', { name: 'Try again' }).first().waitFor();
  },
  'a failed start': async ({ page, open }) => {
    await answering(page, '', unavailable);
    await open('/');
    await heading(page, 'This page cannot be shown');
  },
  'the script is blocked': async ({ page, open }) => {
    await page.route('**/assets/*.js', (route) => route.abort());
    await open('/');
    const late = page.locator('#late');
    await late.evaluate((element) => element.getAnimations().forEach((animation) => animation.finish()));
    await late.filter({ visible: true }).waitFor();
  },
  'an error while a page is drawn': async ({ page, open }) => {
    await answering(page, 'query Questionnaires', { json: { data: { questionnaires: [null] } } });
    await open('/');
    await heading(page, 'This page cannot be shown');
  },
  'form, first page': async ({ page, open }) => {
    await open('/take/wellbeing-check?page=1');
    await firstRow(page).waitFor();
  },
  'form, with errors': async ({ page, open }) => {
    await open('/take/wellbeing-check?page=2');
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByText('need your attention').waitFor();
  },
  'form, every kind of question': kinds,
  'form, every kind, with errors': async (scene) => {
    await kinds(scene);
    await scene.page.getByRole('radio', { name: 'Yes' }).check();
    await scene.page.getByLabel('E-mail').fill('me@host');
    await scene.page.getByRole('button', { name: 'Next page' }).click();
    await scene.page.getByText('need your attention').waitFor();
  },
  'form, choices and a matrix': async (scene) => {
    await kinds(scene);
    await scene.page.getByRole('radio', { name: 'No', exact: true }).check();
    await scene.page.getByRole('button', { name: 'Next page' }).click();
    await scene.page.getByText('Page 2 of 2').waitFor();
    await scene.page.getByRole('radio', { name: 'Another' }).check();
    for (const name of ['one', 'three']) await scene.page.getByRole('checkbox', { name }).check();
    await scene.page.getByRole('button', { name: 'Send answers' }).click();
    await scene.page.getByText('attention').waitFor();
  },
  'form, statements': async ({ page, open }) => {
    await open('/take/ipip-neo-120?page=1');
    await firstRow(page).getByRole('radio').nth(3).check();
  },
  'form, last page': filledIn,
  'form, unknown questionnaire': async ({ page, open }) => {
    await open('/take/nothing');
    await heading(page, 'Not found');
  },
  'form, sending': async (scene) => {
    await filledIn(scene);
    await scene.page.route('**/graphql', () => {});
    await scene.page.getByRole('button', { name: 'Send answers' }).click();
    await scene.page.getByRole('button', { name: 'Sending …' }).waitFor();
  },
  'form, sealed offline': async (scene) => {
    await filledIn(scene);
    await scene.page.context().setOffline(true);
    await scene.page.getByRole('button', { name: 'Send answers' }).click();
    await shows(scene.page, 'You may close this page.');
  },
  'waiting in line': async (scene) => {
    scene.app.world.model.hold();
    await scene.client.submit();
    await scene.client.submit();
    await scene.app.world.model.waitForCalls(1);
    await submitted(scene);
    await shows(scene.page, '2nd in line');
  },
  'being worked on': async (scene) => {
    scene.app.world.model.hold();
    await submitted(scene);
    await shows(scene.page, 'Being worked on now');
  },
  'provider busy': async (scene) => {
    scene.app.world.model.script(() => status(503));
    await submitted(scene);
    await shows(scene.page, 'The writing service is busy.');
  },
  'writing, with a draft': async (scene) => {
    const begin = gate();
    scene.app.world.model.script([heldStream({ 0: begin, 4: gate() })]);
    const followed = scene.page
      .waitForEvent('websocket')
      .then((socket) =>
        socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes('assessmentUpdated')),
      );
    await Promise.all([followed, submitted(scene)]);
    begin.open();
    await scene.page.getByRole('article').first().waitFor({ timeout: SHOWN_MS });
  },
  'connection lost': async (scene) => {
    scene.app.world.model.hold();
    await submitted(scene);
    await shows(scene.page, 'Being worked on now');
    await scene.page.context().setOffline(true);
    await shows(scene.page, 'onnection');
  },
  'the question before the writing is stopped': async (scene) => {
    scene.app.world.model.hold();
    await submitted(scene);
    await scene.page.getByRole('button', { name: 'Stop the writing' }).click();
    await scene.page.getByRole('button', { name: 'Yes, stop' }).waitFor();
  },
  'result of the wellbeing check': (scene) => ready(scene),
  'result compared with the one before, as a table': async (scene) => {
    await scene.client.completion(await scene.client.submit({ answers: { ...wellbeingAnswers, mood: 9 } }));
    await ready(scene);
    await scene.page.locator('#area-mood').getByText('since').waitFor({ timeout: SHOWN_MS });
    await scene.page.getByText('as a table').first().click();
  },
  'result of the inventory': (scene) => ready(scene, inventory),
  failed: async (scene) => {
    scene.app.world.model.script([refusal()]);
    await submitted(scene);
    await scene.page.getByText('Details').click();
  },
  cancelled: async (scene) => {
    scene.app.world.model.hold();
    await submitted(scene);
    await scene.page.getByRole('button', { name: 'Stop the writing' }).click();
    await scene.page.getByRole('button', { name: 'Yes, stop' }).click();
    await shows(scene.page, 'The writing was stopped.');
  },
  answers: async (scene) => {
    const id = await ready(scene);
    await scene.open(`/assessments/${id}/answers`);
    await heading(scene.page, 'Your answers');
  },
  'history, empty': async ({ page, open }) => {
    await open('/assessments');
    await heading(page, 'Your assessments');
    await page
      .getByRole('link', { name: /questionnaires?/i })
      .first()
      .waitFor();
  },
  'history, filled': async (scene) => {
    await listed(scene);
    await scene.open('/assessments');
    await scene.page.locator('.trend').first().waitFor({ timeout: SHOWN_MS });
  },
  'history, filtered to nothing': async (scene) => {
    await listed(scene);
    await scene.open('/assessments');
    await scene.page.getByRole('combobox', { name: 'State' }).selectOption('Cancelled');
    await shows(scene.page, 'There are none of this kind.');
  },
  "another browser's link": async ({ app, page, open }) => {
    await open(`/assessments/${await (await app.client()).submit()}`);
    await heading(page, 'This result belongs to another browser');
  },
  'unknown address': async ({ page, open }) => {
    await open('/nothing/here');
    await shows(page, 'There is nothing at this address.');
  },
};

test.each(Object.keys(STATES))(
  'axe finds nothing at three widths, light, dark and in forced colours: %s',
  async (name) => {
    await using app = await startApp({ env: { WORKER_CONCURRENCY: '1' } });
    await using browser = await openChromium();
    const client = await app.client();
    const { page } = await openPage(browser, app.url, client);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await STATES[name]?.({ app, client, page, open: (path) => page.goto(app.url + path) });
    await page.evaluate(AXE);
    const found: string[] = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 844 });
      for (const look of LOOKS) {
        await page.emulateMedia({ reducedMotion: 'reduce', ...look });
        const { violations } = await page.evaluate(
          (rules) =>
            (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(rules),
          RULES,
        );
        for (const { id, nodes } of violations)
          found.push(
            `${id}, ${width} px, ${look.colorScheme}, forced ${look.forcedColors}: ${nodes[0]?.html.slice(0, 200)}`,
          );
      }
    }
    app.world.model.release();
    expect(found).toEqual([]);
  },
);

test('at least 25 states are looked at', () => {
  expect(Object.keys(STATES).length).toBeGreaterThanOrEqual(25);
});
