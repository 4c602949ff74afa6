import { expect, test } from 'vitest';
import { isAnswers, readPages } from '../../web/src/form/fields.ts';
import { pagesOf } from '../../src/entities/item.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

const field = (question: unknown, required: string[] = []) =>
  readPages({ schema: { properties: { q: question }, required }, pages: [{ title: 'Only', items: [{ key: 'q' }] }] })[0]
    ?.fields[0];

const shown = (content: QuestionnaireContent) => ({ schema: content.schema, pages: pagesOf(content) });

test('the questions of a page come in the order of the page, not of the schema', () => {
  const schema = {
    properties: { a: { type: 'integer', minimum: 0, maximum: 1 }, b: { type: 'string', maxLength: 5 } },
  };
  const pages = readPages({
    schema,
    pages: [
      { title: 'First', items: [{ key: 'b' }] },
      { title: 'Second', items: [{ key: 'a' }] },
    ],
  });
  expect(pages.map(({ title, fields }) => [title, fields.map(({ name }) => name)])).toEqual([
    ['First', ['b']],
    ['Second', ['a']],
  ]);
});

test('an integer between two bounds becomes a scale that names its ends', () => {
  expect(field({ title: 'How?', type: 'integer', minimum: 1, maximum: 3, 'x-low': 'Badly', 'x-high': 'Well' })).toEqual(
    {
      kind: 'scale',
      name: 'q',
      title: 'How?',
      description: undefined,
      required: false,
      low: 'Badly',
      high: 'Well',
      options: [1, 2, 3].map((value) => ({ value, label: String(value) })),
    },
  );
});

test('named integers become a row and named strings a list, both with the value to send', () => {
  const oneOf = [{ const: 1, title: 'Never' }, { const: 2 }];
  expect(field({ type: 'integer', oneOf })).toMatchObject({
    kind: 'choice',
    row: true,
    options: [
      { value: 1, label: 'Never' },
      { value: 2, label: '2' },
    ],
  });
  expect(field({ type: 'string', oneOf: [{ const: 'x', title: 'X' }] })).toMatchObject({ kind: 'choice', row: false });
});

test('a list of named strings becomes checkboxes, and a required one needs at least one', () => {
  const items = { type: 'string', oneOf: [{ const: 'a' }, { const: 'b' }] };
  expect(field({ type: 'array', items })).toMatchObject({ kind: 'choices', minItems: 0, maxItems: 2 });
  expect(field({ type: 'array', items }, ['q'])).toMatchObject({ minItems: 1, required: true });
  expect(field({ type: 'array', items, minItems: 2, maxItems: 2 })).toMatchObject({ minItems: 2, maxItems: 2 });
});

test('a question that cannot be shown is an error and not an empty place', () => {
  expect(() => field({ type: 'object' })).toThrow('"q"');
  expect(() => field({ type: 'integer', minimum: 0, maximum: 1_000_000 })).toThrow('"q"');
  expect(() => field(undefined)).toThrow('"q"');
  expect(() => readPages({ schema: null, pages: [] })).toThrow('no questions');
});

test('the page shows every question of the two questionnaires that come with the program', () => {
  expect(readPages(shown(wellbeing)).flatMap(({ fields }) => fields)).toHaveLength(12);
  const rows = readPages(shown(ipip)).flatMap(({ fields }) => fields);
  expect(rows).toHaveLength(120);
  expect(rows.every((row) => row.kind === 'choice' && row.row && row.options.length === 5)).toBe(true);
});

test('only an object of texts, numbers and lists of them counts as answers', () => {
  expect(isAnswers({ a: 1, b: 'x', c: ['x', 2] })).toBe(true);
  for (const other of [null, [], 'x', { a: null }, { a: { b: 1 } }, { a: [[1]] }]) expect(isAnswers(other)).toBe(false);
});
