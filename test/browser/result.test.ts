import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { score } from '../../src/entities/scoring.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openChromium } from '../support/chromium.ts';
import { refusal, reply, status } from '../support/model-behaviours.ts';
import { ipipAnswers, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { resultTexts as german } from '../../web/src/texts/result.de.ts';
import { resultTexts } from '../../web/src/texts/result.en.ts';
import { openPage, shows, SHOWN_MS } from './visitor.ts';

const profile = (page: Page) => page.getByRole('region', { name: 'Your profile' });

/** The rows of the profile, as `Sleep 25`. */
const shownScores = async (page: Page) => {
  await profile(page).waitFor({ timeout: SHOWN_MS });
  return profile(page)
    .locator('.area')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [row.querySelector('.area-title'), row.querySelector('.area-number')].map((part) => part?.textContent),
      ),
    );
};
const SCORES = score(wellbeing, wellbeingAnswers).map(({ title, raw }) => [title, String(raw)]);

const openResult = async (app: TestApp, page: Page, id: string) => {
  await page.goto(`${app.url}/assessments/${id}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
};

test('the profile stands there while the model writes nothing, and after a cancellation', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.hold();
  const client = await app.client();
  const id = await client.submit();
  const { page, complaints } = await openPage(browser, app.url, client);
  await openResult(app, page, id);
  expect(await shownScores(page)).toEqual(SCORES);
  expect(await page.title()).toBe('Waiting: Wellbeing check · Assay');

  await page.getByRole('button', { name: 'Stop the writing' }).click();
  await page.getByRole('button', { name: 'Yes, stop' }).click();
  await shows(page, 'The writing was stopped.');
  expect(await shownScores(page)).toEqual(SCORES);
  expect(await page.title()).toBe('Stopped: Wellbeing check · Assay');
  app.world.model.release();
  expect(complaints).toEqual([]);
});

test('after a refusal the profile stays, and the reason is under the details', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.script(() => refusal());
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const { page, complaints } = await openPage(browser, app.url, client);
  await openResult(app, page, id);
  await page.getByRole('alert').getByRole('heading', { name: 'The advice could not be written' }).waitFor();
  expect(await shownScores(page)).toEqual(SCORES);
  await page.getByText('Details').click();
  expect(await page.getByRole('definition').allInnerTexts()).toEqual(['AI_REFUSED', id]);
  expect(complaints).toEqual([]);
});

test('a provider that is busy is told, with the time of the next try', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.script(() => status(503));
  const client = await app.client();
  const id = await client.submit();
  const { page, complaints } = await openPage(browser, app.url, client);
  await openResult(app, page, id);
  await shows(page, 'The writing service is busy. It is tried again at');
  app.world.model.script([]);
  await shows(page, 'Your result is ready.');
  expect(complaints).toEqual([]);
});

test('waiting moves nothing but transforms and opacity, and nothing at all with reduced motion', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  app.world.model.hold();
  const client = await app.client();
  const id = await client.submit();
  const { page } = await openPage(browser, app.url, client, { reducedMotion: 'no-preference' });
  await openResult(app, page, id);
  await profile(page).waitFor();
  const moved = () =>
    page.evaluate(() =>
      document.getAnimations().flatMap(({ effect }) => {
        const frames = effect instanceof KeyframeEffect ? effect.getKeyframes() : [];
        return frames.flatMap((frame) => Object.keys(frame));
      }),
    );
  const OF_EACH = ['composite', 'computedOffset', 'easing', 'offset'];
  expect([...new Set(await moved())].filter((name) => !OF_EACH.includes(name))).toEqual(['transform']);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await until(async () => (await moved()).length === 0);
  app.world.model.release();
});

test('a result is printed on one page, and one of 35 scores on two: dark on white, without what can only be clicked', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const long = await client.submit({ questionnaire: 'ipip-neo-120', answers: ipipAnswers((index) => (index % 5) + 1) });
  await client.completion(long);
  const advice = (place: number) => ({
    area: 'sleep',
    priority: 'HIGH',
    title: `Dem Schlaf einen festen Rahmen geben, ${place}`,
    rationale: 'Beim Schlaf liegen Ihre Antworten niedrig, und der Schlaf trägt alles andere. '.repeat(3),
    action: `Wählen Sie eine Uhrzeit zum Aufstehen und bleiben Sie an ${place} Tagen dabei.`,
  });
  const summary = 'Ihr Wert ist am höchsten für Stimmung und am niedrigsten für Schlaf. '.repeat(4);
  app.world.model.script(() => reply({ summary, recommendations: [1, 2, 3].map(advice) }));
  const short = await client.submit();
  const note = 'Ich will mich umbringen.';
  const helped = await client.submit({ language: 'de', answers: { ...wellbeingAnswers, note } });
  await Promise.all([short, helped].map((id) => client.completion(id)));
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.emulateMedia({ colorScheme: 'dark' });
  // As wide as a phone, where facets are closed.
  await page.setViewportSize({ width: 390, height: 700 });
  for (const [id, pages, areas] of [
    [short, 1, 5],
    [helped, 1, 5],
    [long, 2, 35],
  ] as const) {
    await openResult(app, page, id);
    await shows(page, 'Your result is ready.');
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(pages);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await page.locator('.area').filter({ visible: true }).count()).toBe(areas);
    expect(await page.evaluate(palestOnWhite)).toBeGreaterThan(4.5);
    for (const screenOnly of ['button', 'nav', 'a[href="/"]', 'summary:not(.facets > summary)']) {
      expect(await page.locator(screenOnly).filter({ visible: true }).count()).toBe(0);
    }
    expect(await page.getByText(`/assessments/${id}`).isVisible()).toBe(true);
    expect(await page.locator('.help').isVisible()).toBe(id === helped);
    await page.emulateMedia({ media: null });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.locator('details[open]').count()).toBe(0);
  }
  expect(complaints).toEqual([]);
});

test('a result of another browser says why it is not shown here; an address of none is not found', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const id = await (await app.client()).submit();
  const { page, complaints } = await openPage(browser, app.url);
  for (const path of ['', '/answers']) {
    await page.goto(`${app.url}/assessments/${id}${path}`);
    await page.getByRole('heading', { level: 1, name: 'This result belongs to another browser' }).waitFor();
    expect(await page.title()).toBe('This result belongs to another browser · Assay');
  }
  expect(complaints).toEqual([]);
  await page.goto(`${app.url}/assessments/none`);
  await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
});

test('a result is compared with the one before, is kept as a file, and leads to the answers', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  for (const mood of [3, 9]) {
    await client.completion(await client.submit({ answers: { ...wellbeingAnswers, mood } }));
  }
  const [newest] = (await client.graphql('{ session { assessments { nodes { id } } } }')).data.session.assessments
    .nodes;
  const { page, complaints } = await openPage(browser, app.url, client);
  await openResult(app, page, newest.id);
  await page.locator('#area-mood').getByText('+30 since').waitFor({ timeout: SHOWN_MS });
  await page.locator('#area-sleep').getByText('as before').waitFor();

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^wellbeing-check-\d{4}-\d\d-\d\d\.json$/);
  const kept = JSON.parse(Buffer.concat(await (await file.createReadStream()).toArray()).toString());
  expect(kept).toMatchObject({ id: newest.id, answers: { ...wellbeingAnswers, mood: 9 }, scores: { length: 5 } });

  await page.getByRole('link', { name: 'Your answers' }).click();
  await page.getByRole('heading', { level: 1, name: 'Your answers' }).waitFor();
  expect(await page.getByText('9 (0, Very low – 10, Very good)').count()).toBe(1);
  expect(await page.getByText('Caring for others most of the day').count()).toBe(1);
  await page.getByRole('link', { name: 'Back to the result' }).click();
  await shows(page, 'Your result is ready.');
  expect(complaints).toEqual([]);
});

test('the area of a recommendation leads to its row, and a tick at what is done stays on this device', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const answers = ipipAnswers((index) => (index % 5) + 1);
  const id = await client.submit({ questionnaire: 'ipip-neo-120', answers });
  await client.completion(id);
  const { page, complaints } = await openPage(browser, app.url, client);
  await page.setViewportSize({ width: 390, height: 700 });
  await openResult(app, page, id);
  await shows(page, 'Your result is ready.');
  const { result } = await client.read(id);
  const [{ area, title }] = result.recommendations;
  await page.getByRole('article').first().getByRole('link').click();
  await until(() => page.evaluate((row) => document.activeElement?.id === row, `area-${area}`));
  expect(await page.locator(`#area-${area}`).isVisible()).toBe(true);

  await page.getByRole('checkbox', { name: `Done: ${title}` }).check();
  await page.reload();
  await until(() => page.getByRole('checkbox', { name: `Done: ${title}` }).isChecked());
  expect(complaints).toEqual([]);
});

test('a form looks the same before and after a result was shown', async () => {
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const id = await client.submit();
  await client.completion(id);
  const { page, complaints } = await openPage(browser, app.url, client);
  const look = async () => {
    await page.getByRole('radiogroup').first().waitFor();
    return page.locator('.step').evaluateAll((steps) =>
      steps.map((step) => {
        const { display, flex, color, fontSize } = getComputedStyle(step);
        return [display, flex, color, fontSize, getComputedStyle(step, '::before').content];
      }),
    );
  };
  // Without the styles of later pages, which a form loads ahead.
  await page.route(/result-.*\.css/, (route) => route.abort());
  await page.goto(`${app.url}/take/wellbeing-check?page=1`);
  const before = await look();
  await page.unrouteAll();
  await openResult(app, page, id);
  await shows(page, 'Your result is ready.');
  await page.getByRole('link', { name: 'Take it again' }).click();
  await page.getByRole('link', { name: 'Begin' }).click();
  expect(await look()).toEqual(before);
  expect(complaints.filter((text) => !text.includes('ERR_FAILED') && !text.includes('preload'))).toEqual([]);
});

/** The lowest contrast of the visible texts with white paper. Browsers leave out backgrounds. */
function palestOnWhite(): number {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no canvas');
  const linear = (part: number) => (part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const contrastOf = (color: string) => {
    for (const fill of ['#fff', color]) {
      context.fillStyle = fill;
      context.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return 1.05 / (0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) + 0.05);
  };
  const texts = [...document.querySelectorAll('body *')].filter(
    (element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      !element.closest('.visually-hidden, script') &&
      [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim()),
  );
  return Math.min(...texts.map((element) => contrastOf(getComputedStyle(element).color)));
}

test.each([
  { locale: 'en-US', ready: resultTexts.waiting.ready },
  { locale: 'de-DE', ready: german.waiting.ready },
])('on a phone the word of a band is beside its number, or under it, also with large text: $locale', async (given) => {
  const { locale, ready } = given;
  await using app = await startApp();
  await using browser = await openChromium();
  const client = await app.client();
  const inventory = { questionnaire: 'ipip-neo-120', answers: ipipAnswers((index) => (index % 5) + 1) };
  const ids = [await client.submit({ language: locale.slice(0, 2) }), await client.submit(inventory)];
  await Promise.all(ids.map((id) => client.completion(id)));
  const { page } = await openPage(browser, app.url, client, { locale, viewport: { width: 390, height: 844 } });
  for (const id of ids) {
    await openResult(app, page, id);
    await shows(page, ready);
    for (const size of ['100%', '200%']) {
      await page.evaluate((large) => (document.documentElement.style.fontSize = large), size);
      expect(await page.evaluate(bandsApart)).toEqual([]);
    }
  }
});

/** The rows whose band has no word, a small one, or one that is away from its number or over it. */
const bandsApart = (): string[] =>
  [...document.querySelectorAll<HTMLElement>('.area')]
    .filter((row) => row.checkVisibility())
    .flatMap((row) => {
      const [number, band] = [row.querySelector('.area-number'), row.querySelector('.area-number + .soft')];
      if (!number || !band) return [`no word: ${row.innerText}`];
      const [near, word, frame] = [number, band, row].map((each) => each.getBoundingClientRect());
      if (!near || !word || !frame) return [];
      const isBeside = word.top < near.bottom - 4 && word.left >= near.right && word.left < near.right + 24;
      const isUnder =
        word.top >= near.bottom - 4 && word.top < near.bottom + 8 && Math.abs(word.right - near.right) < 2;
      const isReadable = parseFloat(getComputedStyle(band).fontSize) >= 14;
      const isInside = word.left >= frame.left && word.right <= frame.right + 1 && word.right <= innerWidth;
      return (isBeside || isUnder) && isReadable && isInside ? [] : [row.innerText];
    });
