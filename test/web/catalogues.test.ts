import { expect, test } from 'vitest';
import schema from '../../possible-types.json' with { type: 'json' };
import { storageIssues } from '../../src/assessments/storage-issues.ts';
import { readDeletion } from '../../web/src/api/deletion.ts';
import { createDeviceStorage, type DeviceStorage } from '../../web/src/form/device-storage.ts';
import { sortIssues } from '../../web/src/form/issues.ts';
import { readOutcome } from '../../web/src/form/submission.ts';
import {
  footerTexts as germanFooter,
  listTexts as germanList,
  texts as german,
  trustTexts as germanTrust,
} from '../../web/src/texts/de.ts';
import { en } from '../../web/src/texts/en.ts';
import { footerTexts } from '../../web/src/texts/footer.en.ts';
import { openTexts } from '../../web/src/texts/index.ts';
import { canKeepLanguage, chosenLanguage, directionOf, keepLanguage, lookUp } from '../../web/src/texts/languages.ts';
import { listTexts } from '../../web/src/texts/list.en.ts';
import { resultTexts as germanResult } from '../../web/src/texts/result.de.ts';
import { resultTexts } from '../../web/src/texts/result.en.ts';
import { trustTexts } from '../../web/src/texts/trust.en.ts';
import { wordsIn } from '../support/catalogue-words.ts';

const catalogues = [
  ['the page', en, german],
  ['lists', listTexts, germanList],
  ['results', resultTexts, germanResult],
  ['the footer', footerTexts, germanFooter],
  ['privacy', trustTexts, germanTrust],
] as const;

/** Words that are the same in both languages. */
const SAME = ['–'];
/** Functions that put texts together and have no words of their own. */
const SAME_FORM = [
  'number',
  'start.call',
  'question.step',
  'question.end',
  'answers.end',
  'answers.row',
  'profile.band',
  'print',
  'deleted.one',
  'trend.point',
];

test.each(catalogues)('the German words of %s have the keys of the English ones', (_, english, other) => {
  // The server's messages are English, so only other languages have words of their own for them.
  const isOwn = (path: string) => !/^(server|ends\.failures)\b/.test(path);
  const keysOf = (catalogue: object) =>
    wordsIn(catalogue)
      .map(([path]) => path)
      .filter(isOwn)
      .toSorted();
  expect(keysOf(other)).toEqual(keysOf(english));
});

test.each(catalogues)(
  'the German words of %s differ from the English ones, but for those that are equal',
  (_, english, other) => {
    const words = new Map(wordsIn(english));
    const equal = wordsIn(other).filter(([path, text]) => words.get(path) === text && !SAME_FORM.includes(path));
    expect(equal.map(([, text]) => text).filter((text) => !SAME.includes(text))).toEqual([]);
  },
);

test('numbers, plurals and days are those of the language', () => {
  expect(resultTexts.waiting.written(1_112)).toContain('1,112');
  expect(germanResult.waiting.written(1_112)).toContain('1.112');
  expect([1, 2].map(german.start.minutes)).toEqual(['Etwa eine Minute', 'Etwa 2 Minuten']);
  expect([1, 2].map(en.start.minutes)).toEqual(['About a minute', 'About 2 minutes']);
  expect([1, 2].map(germanResult.advice.more)).toEqual(['1 weitere Empfehlung', '2 weitere Empfehlungen']);
  expect([1, 3].map(german.form.problems)).toEqual([
    'Eine Frage auf dieser Seite braucht Ihre Aufmerksamkeit.',
    '3 Fragen auf dieser Seite brauchen Ihre Aufmerksamkeit.',
  ]);
  expect(germanResult.profile.value(-2.5, 10, null)).toBe('−2,5 von 10');
  expect(german.check.notBefore('2001-12-31')).toContain('31. Dezember 2001');
  expect(en.check.notBefore('2001-12-31')).toContain('December 31, 2001');
});

test.each([
  [['de-AT', 'en'], 'de'],
  [['fr', 'de'], 'de'],
  [['en-GB', 'de'], 'en'],
  [['DE'], 'de'],
  [['de-1996-x-private'], 'de'],
  [['den', 'toString', ''], 'en'],
  [[], 'en'],
])('of the browser’s languages %j the page has %s', (wanted, language) => {
  expect(lookUp(wanted)).toBe(language);
});

const device = (): { storage: DeviceStorage; kept: Map<string, string> } => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  };
  return { storage: createDeviceStorage(() => storage as Storage), kept };
};

test('a choice on the device goes before the browser’s languages; one that the page does not have is none', () => {
  const { storage, kept } = device();
  expect(chosenLanguage(storage, ['de'])).toBe('de');
  expect(keepLanguage(storage, 'en')).toBe(true);
  expect(chosenLanguage(storage, ['de'])).toBe('en');
  for (const key of kept.keys()) kept.set(key, 'xx');
  expect(chosenLanguage(storage, ['de'])).toBe('de');
});

test('the look whether a choice would last leaves the storage as it was', () => {
  const { storage, kept } = device();
  expect(canKeepLanguage(storage)).toBe(true);
  expect(kept.size).toBe(0);
  keepLanguage(storage, 'de');
  expect(canKeepLanguage(storage)).toBe(true);
  expect(chosenLanguage(storage, [])).toBe('de');
  const forbidden = createDeviceStorage(() => {
    throw new Error('denied');
  });
  expect(canKeepLanguage(forbidden)).toBe(false);
});

test('the direction is that of the script of a language', () => {
  expect(['ar', 'he-IL', 'fa', 'en', 'de', 'az'].map(directionOf)).toEqual(['rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr']);
});

test('in German the page has words of its own for the server’s refusals, and others are marked as English', async () => {
  await openTexts('de');
  try {
    const refused = (kind: string, message: string) =>
      readOutcome({ data: { submitAssessment: { assessment: null, errors: [{ kind, message } as never] } } });
    const { TooManyAssessmentsError: many } = german.server.refusals;
    expect(refused('TooManyAssessmentsError', 'Too many.')).toEqual({ kind: 'postponed', message: many });
    expect(refused('NewError', 'Something new.')).toEqual({ kind: 'refused', message: { english: 'Something new.' } });
    const deletion = (kind: string, message: string) =>
      readDeletion({ data: { payload: { assessmentId: null, errors: [{ kind, message } as never] } } });
    expect(deletion('TooManyAssessmentsError', 'Too many.')).toBe(many);
    expect(deletion('NewError', 'Something new.')).toEqual({ english: 'Something new.' });
    const issues = [
      { path: '/a', rule: 'maximum', message: 'Give less.' },
      { path: '/b', rule: 'newRule', message: 'Odd.' },
    ];
    expect(sortIssues(issues, []).general).toEqual([german.server.issues['maximum'], { english: 'Odd.' }]);
  } finally {
    await openTexts('en');
  }
});

test('in German there are words for each refusal of the schema and each rule of what can be stored', () => {
  expect(Object.keys(german.server.refusals).toSorted()).toEqual(schema.possibleTypes.UserError.toSorted());
  const nested = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown;
  const answers = [{ a: '\0' }, { a: '\uD800' }, { a: 2 ** 60 }, { a: nested }, { a: Array.from({ length: 1_001 }) }];
  const rules = answers.flatMap((each) => storageIssues(each).issues.map(({ rule }) => rule));
  expect(rules).toEqual(['nul', 'surrogate', 'unsafe-integer', 'depth', 'size']);
  expect(rules.filter((rule) => german.server.issues[rule] === undefined)).toEqual([]);
});
