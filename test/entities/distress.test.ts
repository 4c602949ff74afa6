import { expect, test } from 'vitest';
import { hasDistressWord } from '../../src/entities/distress.ts';
import { texts, wellbeing } from '../support/questionnaires.ts';

const content = {
  ...wellbeing,
  schema: {
    ...wellbeing.schema,
    properties: {
      note: { title: 'Note', type: 'string' as const, maxLength: 100_000 },
      more: { title: 'More', type: 'array' as const, maxItems: 9, items: { type: 'string' as const, maxLength: 99 } },
      chosen: { title: 'Chosen', type: 'string' as const, enum: ['suicide', 'b'], 'x-other': 'Other' },
      born: { title: 'Born', type: 'string' as const, format: 'date' as const },
    },
  },
};
const holds = (note: string, words: readonly string[], language = 'en'): boolean =>
  hasDistressWord({ ...content, language }, { note }, words);

test.each([
  ['Sometimes I want to die.', 'want to die', 'en'],
  ['I WANT\n  to — die', 'want to die', 'en'],
  ['I can’t go on', "can't go on", 'en'],
  ['SELF-HARM', 'self-harm', 'en'],
  ['Ich möchte sterben', 'mochte sterben', 'de'],
  ['ICH MOECHTE, ich mo\u0308chte sterben', 'möchte sterben', 'de'],
  ['gross und groß', 'GROSS', 'de'],
  ['我想死了', '想死', 'zh'],
  ['ölmek istiyorum', 'ÖLMEK İSTİYORUM', 'tr'],
])('"%s" has the words "%s" (%s)', (note, words, language) => {
  expect(holds(note, ['another', words], language)).toBe(true);
});

test.each([
  ['The suicidality scale', 'suicide'],
  ['a skill', 'kill'],
  ['I want them to die', 'want to die'],
  ['to die I want', 'want to die'],
  ['want to', 'want to die'],
  ['', 'die'],
])('"%s" does not have the words "%s": words count as a whole and in their order', (note, words) => {
  expect(holds(note, [words])).toBe(false);
});

test('every text in own words counts, and no choice, no date and no answer to an unknown question', () => {
  const found = (answers: Record<string, unknown>) => hasDistressWord(content, answers, ['suicide', '2001']);
  expect(found({ more: ['walks', 'suicide'] })).toBe(true);
  expect(found({ chosen: { other: 'suicide' } })).toBe(true);
  expect(found({ chosen: 'suicide', born: '2001-01-01', gone: 'suicide', note: { declined: true } })).toBe(false);
});

test('the words that come with the program are found in sentences of their language', () => {
  const sentences: Record<string, string[]> = {
    en: ['I just want to die', 'I am suicidal', "I don't want to live any more"],
    de: ['Ich will nicht mehr leben', 'Ich denke an Selbstmord', 'Ich könnte mir etwas antun'],
  };
  for (const [language, found] of Object.entries(sentences))
    for (const note of found) expect(holds(note, texts.get(language)?.distressWords ?? [], language), note).toBe(true);
  expect(
    holds('I sleep badly and work a lot. My deadline is killing my mood.', texts.get('en')?.distressWords ?? []),
  ).toBe(false);
});

test.each(['suicid '.repeat(37_000), 'a'.repeat(256_000), 'want to '.repeat(32_000), '\u0301'.repeat(128_000)])(
  'answers of 256 KB are read within a second, whatever they are (%#)',
  (note) => {
    const words = Array.from({ length: 500 }, (_, index) => `want to want to ${index}`);
    holds(note, words);
    const begin = performance.now();
    expect(holds(note, words)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(1_000);
  },
);
