import { expect, test } from 'vitest';
import { itemOf, pagesOf, questionKeys, shownAnswers } from '../../src/entities/item.ts';
import { questionShape } from '../../src/entities/question.ts';
import { checkContent } from '../../src/entities/questionnaire-content.ts';
import { fileOf, ipip, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

/** The item of a question, as a file has it. */
const item = (keywords: object, required = true) =>
  itemOf('q', questionShape.parse({ title: 'Q', ...keywords }), required);
const choices = [
  { const: 'a', title: 'A' },
  { const: 'b', title: 'B' },
];
const options = [
  { value: 'a', title: 'A' },
  { value: 'b', title: 'B' },
];

test.each([
  [
    'scale',
    { type: 'integer', minimum: 0, maximum: 20, 'x-low': 'none' },
    { minimum: 0, maximum: 20, low: 'none', high: null },
  ],
  ['whole_number', { type: 'integer', minimum: 0, maximum: 21 }, { minimum: 0, maximum: 21, unit: null }],
  ['whole_number', { type: 'integer', minimum: 0, maximum: 9, 'x-unit': 'days' }, { unit: 'days' }],
  ['whole_number', { type: 'integer' }, { minimum: null, maximum: null }],
  ['number', { type: 'number', minimum: 0.5, 'x-unit': 'kg' }, { minimum: 0.5, maximum: null, unit: 'kg' }],
  ['yes_no', { type: 'boolean' }, {}],
  ['choice', { type: 'string', oneOf: choices, 'x-other': 'Other' }, { options, other: 'Other' }],
  [
    'choice',
    { type: 'integer', enum: [1, 2] },
    {
      options: [
        { value: 1, title: '1' },
        { value: 2, title: '2' },
      ],
      other: null,
    },
  ],
  [
    'choice',
    {
      type: 'number',
      oneOf: [
        { const: 0.5, title: 'Half' },
        { const: 1, title: 'One' },
      ],
    },
    {},
  ],
  [
    'choices',
    { type: 'array', maxItems: 9, items: { type: 'string', oneOf: choices } },
    { options, minItems: 1, maxItems: 2 },
  ],
  [
    'choices',
    { type: 'array', maxItems: 9, items: { type: 'string', enum: ['a', 'b'] }, 'x-other': 'Other' },
    { maxItems: 3 },
  ],
  [
    'date',
    { type: 'string', format: 'date', formatMinimum: '1900-01-01', 'x-not-future': true },
    { earliest: '1900-01-01', latest: null, notFuture: true },
  ],
  ['email', { type: 'string', format: 'email' }, { minLength: 0, maxLength: 254 }],
  [
    'text',
    { type: 'string', maxLength: 9, pattern: '^\\d{5}$', 'x-form': 'five digits' },
    { maxLength: 9, form: 'five digits' },
  ],
  ['long_text', { type: 'string', maxLength: 900, 'x-multiline': true }, { pattern: null }],
  [
    'texts',
    { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 40 } },
    { minItems: 1, maxItems: 3, maxLength: 40 },
  ],
] as const)('a question is of the kind %s', (kind, keywords, members) => {
  expect(item(keywords)).toMatchObject({ key: 'q', kind, title: 'Q', required: true, canDecline: false, ...members });
});

test.each([
  ['integers with bounds that are none', { type: 'integer', minimum: 0.5, maximum: 3 }, /whole "minimum"/],
  ['labels of the ends of a typed number', { type: 'integer', minimum: 0, maximum: 99, 'x-low': 'none' }, /"x-low"/],
  [
    'more entries than choices',
    { type: 'array', minItems: 3, maxItems: 3, items: { type: 'string', oneOf: choices } },
    /"minItems"/,
  ],
  ['own words without choices', { type: 'string', maxLength: 9, 'x-other': 'Other' }, /"oneOf"/],
  [
    'own words in a list of texts',
    { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 9 }, 'x-other': 'Other' },
    /"oneOf"/,
  ],
  [
    'a list of numbers',
    { type: 'array', maxItems: 3, items: { type: 'integer', minimum: 0, maximum: 9 } },
    /type "string"/,
  ],
])('%s are refused with a remedy', (_what, keywords, remedy) => {
  expect(item(keywords)).toEqual({ problem: expect.stringMatching(remedy) });
});

test('an optional list may stay empty', () => {
  expect(item({ type: 'array', maxItems: 2, items: { type: 'string', oneOf: choices } }, false)).toMatchObject({
    minItems: 0,
  });
});

const page = { title: 'Days', items: [{ title: 'How often?', items: ['stress', 'mood'] }, 'note'] };

/** The wellbeing check with a matrix on a page of its own, shown if the person slept badly. */
async function withMatrix() {
  const file = (await fileOf('wellbeing-check.v1.json')) as typeof wellbeing;
  const scale = { type: 'integer', minimum: 0, maximum: 10, 'x-low': 'Never', 'x-high': 'Always' } as const;
  const properties = {
    ...file.schema.properties,
    stress: { title: 'Stress', ...scale },
    mood: { title: 'Mood', ...scale },
  };
  const own = new Set<unknown>(['stress', 'mood', 'note']);
  const pages = file.pages.map((each) => ({ ...each, items: each.items.filter((name) => !own.has(name)) }));
  const shownIf = { question: 'sleep_quality', below: 5 };
  return checkContent(
    { ...file, schema: { ...file.schema, properties }, pages: [...pages, { ...page, shownIf }] },
    'wellbeing-check.v1.json',
  );
}

test('a matrix has the rows and the columns that they share', async () => {
  const shown = pagesOf(await withMatrix()).at(-1);
  expect(shown).toMatchObject({ title: 'Days', description: null, shownIf: { question: 'sleep_quality', below: 5 } });
  expect(shown?.items[0]).toMatchObject({
    kind: 'matrix',
    key: 'stress',
    title: 'How often?',
    required: true,
    rows: [{ key: 'stress', kind: 'scale' }, { key: 'mood' }],
  });
  expect(shown?.items[0]).toHaveProperty('columns.0', { value: 0, title: '0: Never' });
  expect(shown?.items[0]).toHaveProperty('columns.10', { value: 10, title: '10: Always' });
  expect(shown?.items[1]).toMatchObject({ kind: 'long_text', key: 'note' });
});

test('the answers to hidden questions are left out', async () => {
  const content = await withMatrix();
  const { stress: _stress, mood: _mood, note: _note, ...rest } = wellbeingAnswers;
  expect(shownAnswers(content, { ...wellbeingAnswers, sleep_quality: 5 })).toEqual({ ...rest, sleep_quality: 5 });
  expect(shownAnswers(content, wellbeingAnswers)).toEqual(wellbeingAnswers);
});

test('both questionnaires have an item for each question, in the order of their pages', () => {
  for (const content of [wellbeing, ipip]) {
    const keys = pagesOf(content).flatMap(({ items }) => items.map(({ key }) => key));
    expect(keys).toEqual(questionKeys(content));
    expect(keys.toSorted()).toEqual(Object.keys(content.schema.properties).toSorted());
  }
});
