import { expect, test } from 'vitest';
import { optionForKey } from '../../web/src/form/digit-keys.ts';
import type { Field } from '../../web/src/form/fields.ts';

const options = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, step) => ({ value: first + step, label: String(first + step) }));
const question = { name: 'q', title: 'Q', required: true };
const row: Field = { ...question, kind: 'choice', row: true, options: options(11, 15) };
const scale = (first: number, last: number): Field => ({ ...question, kind: 'scale', options: options(first, last) });

test('in a row of named options the key is the place of the option', () => {
  expect(optionForKey(row, '1')?.value).toBe(11);
  expect(optionForKey(row, '5')?.value).toBe(15);
  expect(optionForKey(row, '6')).toBeUndefined();
  expect(optionForKey(row, '0')).toBeUndefined();
});

test('on a scale the key is the number itself', () => {
  expect(optionForKey(scale(0, 5), '0')?.value).toBe(0);
  expect(optionForKey(scale(1, 5), '0')).toBeUndefined();
});

test('a scale with a two-digit number has no digit keys, otherwise 1 could mean 10', () => {
  expect(optionForKey(scale(0, 10), '1')).toBeUndefined();
});

test('no other key answers a question', () => {
  for (const key of ['Enter', 'a', ' ', '١', 'F1']) expect(optionForKey(row, key)).toBeUndefined();
});
