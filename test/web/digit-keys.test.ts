import { expect, test } from 'vitest';
import { answerForKey } from '../../web/src/form/digit-keys.ts';
import type { Question } from '../../web/src/form/questionnaire.ts';

const base = { key: 'q', title: 'Q', hint: null, required: true, canDecline: false, shownIf: null, image: null };
const grades: Question = {
  ...base,
  __typename: 'ChoiceItem',
  kind: 'CHOICE',
  other: null,
  options: [11, 12, 13, 14, 15].map((value) => ({ value, title: `grade ${value}` })),
};
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
