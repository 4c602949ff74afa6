import { expect, test } from 'vitest';
import { createTranslations } from '../../src/assessments/translations.ts';
import type { Overlay } from '../../src/entities/overlay.ts';
import { UnavailableError } from '../../src/errors.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';
import {
  german,
  publishedTranslation,
  translationsOf,
  translationStoreOf,
  wellbeingInGerman,
} from '../support/translations.ts';

const ID = 'wellbeing-check@1';
const questionnaires = { byId: async (id: string) => (id === ID ? wellbeing : undefined) };
const corrected: Overlay = { ...german, title: 'Ihr Befinden' };
const french: Overlay = { ...german, language: 'fr', title: 'Votre état' };
const settled = () => new Promise((resume) => setImmediate(resume));

/** A process whose database and clock are the test's. */
function startProcess(published: Overlay[]) {
  const state = { rows: published, now: 0, reads: 0, isAway: false };
  const store = translationStoreOf(() => state.rows);
  const newest = async () => {
    state.reads++;
    if (state.isAway) throw new UnavailableError('database', 'not-done');
    return await store.newest();
  };
  const translations = createTranslations(
    questionnaires,
    published.map(publishedTranslation),
    { ...store, newest },
    () => state.now,
  );
  return { state, translations };
}

test('a version comes in a language with the hash of its texts, and in its own language without', async () => {
  const translations = translationsOf(questionnaires, german);
  const { hash } = publishedTranslation(german);
  expect(await translations.byId(ID, 'de')).toEqual({ content: wellbeingInGerman, textHash: hash });
  expect(await translations.byId(ID, null)).toEqual({ content: wellbeing, textHash: null });
  expect(await translations.byId(ID, 'fr')).toBeUndefined();
  expect(await translations.byId('gone@1', 'de')).toBeUndefined();
  expect(translations.languagesOf(wellbeing)).toEqual(['en', 'de']);
  expect(translations.languagesOf(ipip)).toEqual(['en']);
});

test('the content in a language is made once', async () => {
  const translations = translationsOf(questionnaires, german);
  expect((await translations.byId(ID, 'de'))?.content).toBe(translations.inPreferred(wellbeing, ['de']));
});

test.each([
  [[], 'en'],
  [['de'], 'de'],
  [['fr', 'de-CH'], 'de'],
  [['en', 'de'], 'en'],
  [['fr'], 'en'],
])('for %j a questionnaire comes in %s', (ranges, language) => {
  const translations = translationsOf(questionnaires, german);
  expect(translations.inPreferred(wellbeing, ranges).language).toBe(language);
  expect(translations.inPreferred(ipip, ranges).language).toBe('en');
});

test('a submission has the named language, otherwise an accepted one; its own is stored as none', async () => {
  const translations = translationsOf(questionnaires, german);
  const of = (asked: string | null | undefined, ranges: string[]) =>
    translations.ofSubmission(wellbeing, asked, ranges);
  expect(await of(undefined, ['de-AT', 'en'])).toBe('de');
  expect(await of(null, ['fr'])).toBeNull();
  expect(await of('DE', ['en'])).toBe('de');
  expect(await of('en', ['de'])).toBeNull();
});

test.each([
  ['fr', 'wellbeing-check@1 is not offered in "fr". "language" may be en, de.'],
  ['de-AT', 'wellbeing-check@1 is not offered in "de-AT". "language" may be en, de.'],
  ['<b>\n', 'wellbeing-check@1 is not offered in this language. "language" may be en, de.'],
])('a submission in %j is refused by its name', async (asked, message) => {
  const translations = translationsOf(questionnaires, german);
  await expect(translations.ofSubmission(wellbeing, asked, [])).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    message,
  });
});

test('an unknown language is looked up, by all who ask at once together, and once a second at most', async () => {
  const { state, translations } = startProcess([german]);
  expect(await translations.byId(ID, 'fr')).toBeUndefined();
  state.rows = [german, french];
  state.now = 999;
  expect(await translations.byId(ID, 'fr')).toBeUndefined();
  expect(state.reads).toBe(1);
  state.now = 1_000;
  const found = await Promise.all([
    translations.byId(ID, 'fr'),
    translations.byId(ID, 'it'),
    translations.ofSubmission(wellbeing, 'fr', []),
  ]);
  expect(found).toMatchObject([{ content: { title: 'Votre état' } }, undefined, 'fr']);
  expect(state.reads).toBe(2);
});

test('a corrected text reaches a running process by the first use after 3 s', async () => {
  const { state, translations } = startProcess([german]);
  state.rows = [corrected];
  state.now = 2_999;
  translations.inPreferred(wellbeing, ['de']);
  await settled();
  expect(translations.inPreferred(wellbeing, ['de']).title).toBe(german.title);
  state.now = 3_000;
  translations.inPreferred(wellbeing, ['de']);
  await settled();
  expect(translations.inPreferred(wellbeing, ['de']).title).toBe('Ihr Befinden');
  expect(state.reads).toBe(1);
});

test('while the database is away the known texts are served, and a look-up fails', async () => {
  const { state, translations } = startProcess([german]);
  state.isAway = true;
  state.now = 10_000;
  expect(translations.inPreferred(wellbeing, ['de']).language).toBe('de');
  await settled();
  expect(state.reads).toBe(1);
  // Not "there is no such language": that is not known.
  for (state.now of [10_100, 12_000])
    await expect(translations.byId(ID, 'fr')).rejects.toBeInstanceOf(UnavailableError);
  expect(state.reads).toBe(2);
  expect((await translations.byId(ID, 'de'))?.content.language).toBe('de');
});
