import { expect, test } from 'vitest';
import { answerForKey } from '../../web/src/form/digit-keys.ts';
import type { Question } from '../../web/src/form/questionnaire.ts';

const base = { key: 'q', title: 'Q', hint: null, required: true, canDecline: false, shownIf: null, image: null };
const gradesOf = (values: readonly number[]): Question => ({
  ...base,
  __typename: 'ChoiceItem',
  kind: 'CHOICE',
  other: null,
  options: values.map((value) => ({ value, title: `grade ${value}` })),
});
const grades = gradesOf([11, 12, 13, 14, 15]);
const scale = (minimum: number, maximum: number): Question => ({
  ...base,
  __typename: 'ScaleItem',
  kind: 'SCALE',
  minimum,
  maximum,
  low: null,
  high: null,
});

test('among grades the key is the place of the answer, which stands on it', () => {
  expect(['1', '5', '6', '0'].map((key) => answerForKey(grades, key))).toEqual([11, 15, undefined, undefined]);
});

test('grades from 0 on have their values as marks, as a paper form prints them, and reversed ones their places', () => {
  expect(['0', '3', '4'].map((key) => answerForKey(gradesOf([0, 1, 2, 3]), key))).toEqual([0, 3, undefined]);
  expect(['1', '4', '0'].map((key) => answerForKey(gradesOf([3, 2, 1, 0]), key))).toEqual([3, 0, undefined]);
  expect(answerForKey(gradesOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), '1')).toBeUndefined();
});

test('on a scale the key is the number itself', () => {
  expect(answerForKey(scale(0, 5), '0')).toBe(0);
  expect(answerForKey(scale(1, 5), '0')).toBeUndefined();
});

test('a scale with a two-digit number has no digit keys, otherwise 1 could mean 10', () => {
  expect(answerForKey(scale(0, 10), '1')).toBeUndefined();
});

test('no other key answers a question', () => {
  for (const key of ['Enter', 'a', ' ', '١', 'F1']) expect(answerForKey(grades, key)).toBeUndefined();
});
