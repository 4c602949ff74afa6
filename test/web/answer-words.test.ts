import { expect, test } from 'vitest';
import { questionsOf } from '../../web/src/result/answer-words.ts';

const base = { key: 'q', title: 'Question?', shownIf: null };
const options = [
  { value: 1, title: 'Never' },
  { value: 'two', title: 'Often' },
];
const scale = { ...base, __typename: 'ScaleItem', lowest: 0, highest: 10, low: 'Badly', high: null } as const;
const wordsFor = (item: Parameters<typeof questionsOf>[0], answer: unknown) =>
  questionsOf(item, { q: answer })[0]?.answer;

test('each kind of answer is told in the words of the form', () => {
  expect(wordsFor(scale, 7)).toBe('7 (0, Badly – 10)');
  expect(wordsFor({ ...base, __typename: 'ChoiceItem', options }, 1)).toBe('Never');
  expect(wordsFor({ ...base, __typename: 'ChoicesItem', options }, ['two', 1])).toBe('Often, Never');
  expect(wordsFor({ ...base, __typename: 'YesNoItem' }, false)).toBe('No');
  expect(wordsFor({ ...base, __typename: 'NumberItem', unit: 'hours' }, 7.5)).toBe('7.5 hours');
  expect(wordsFor({ ...base, __typename: 'DateItem' }, '2026-11-30')).toBe('2026-11-30');
  expect(wordsFor({ ...base, __typename: 'TextItem' }, '<b>words</b>')).toBe('<b>words</b>');
  expect(wordsFor({ ...base, __typename: 'TextsItem' }, ['one', 'two'])).toBe('one, two');
  expect(wordsFor(scale, { declined: true })).toBe('preferred not to say');
  expect(wordsFor({ ...base, __typename: 'ChoiceItem', options }, { other: 'my own' })).toBe('my own');
});

test('a value that is none of the options is shown as it is', () => {
  expect(wordsFor({ ...base, __typename: 'ChoiceItem', options }, 'gone')).toBe('gone');
});

test('a matrix has a line for each row', () => {
  const row = { __typename: 'ChoiceItem', shownIf: null, options } as const;
  const rows = [
    { ...row, key: 'a', title: 'Sad' },
    { ...row, key: 'b', title: 'Tired' },
  ];
  expect(questionsOf({ ...base, __typename: 'MatrixItem', rows }, { a: 1, b: 'two' })).toEqual([
    { key: 'a', question: 'Question?: Sad', answer: 'Never', isOfPage: false },
    { key: 'b', question: 'Question?: Tired', answer: 'Often', isOfPage: false },
  ]);
});

test('a question without an answer is listed, unless a condition may have hidden it', () => {
  expect(questionsOf(scale, {})).toEqual([{ key: 'q', question: 'Question?', answer: undefined, isOfPage: true }]);
  expect(questionsOf({ ...scale, shownIf: { question: 'p', above: 0 } }, {})).toEqual([]);
  expect(questionsOf({ ...scale, key: 'toString' }, {})).toMatchObject([{ answer: undefined }]);
});
