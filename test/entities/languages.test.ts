import { expect, test } from 'vitest';
import { languageFor, languageLike, wantedLanguages } from '../../src/entities/languages.ts';

const OFFERED = ['de', 'en', 'pt-BR'];

test.each([
  [undefined, []],
  ['', []],
  ['de', ['de']],
  ['en;q=0.5, de-AT, fr;q=0.9', ['de-AT', 'fr', 'en']],
  ['en;q=0, de;q=0.1', ['de']],
  ['*, de', ['de']],
  ['de;q=2, <script>, en ; q=1.0', ['en']],
])('the header %s asks for the languages %s', (header, wanted) => {
  expect(wantedLanguages(header)).toEqual(wanted);
});

test('of a header of any length only the beginning is read', () => {
  expect(wantedLanguages('de,'.repeat(100_000)).length).toBeLessThanOrEqual(20);
  expect(wantedLanguages(`${' '.repeat(1_000)}de`)).toEqual([]);
});

test.each([
  [['DE'], 'de'],
  [['de-AT', 'en'], 'de'],
  [['pt'], 'pt-BR'],
  [['fr', 'pt-PT', 'de'], 'pt-BR'],
  [['fr'], 'en'],
  [[], 'en'],
])('who wants %s gets %s', (wanted, language) => {
  expect(languageFor(wanted, OFFERED)).toBe(language);
});

test('without English, an unknown language is the first one, and no text counts as one in another language', () => {
  expect(languageFor(['fr'], ['de', 'it'])).toBe('de');
  expect(languageLike('fr', OFFERED)).toBeUndefined();
});
