import type { Field, Option } from './fields.ts';

const DIGITS = 9;

/** Whether every option of the question has a digit key of its own. */
export const hasDigitKeys = (field: Field): field is Extract<Field, { kind: 'scale' | 'choice' }> => {
  if (field.kind === 'choice') return field.row && field.options.length <= DIGITS;
  return field.kind === 'scale' && field.options.every(({ label }) => label.length === 1);
};

/** The option of a digit key: by its number on a scale, by its place in a row of named options. */
export const optionForKey = (field: Field, key: string): Option | undefined => {
  if (!hasDigitKeys(field) || !/^\d$/.test(key)) return undefined;
  return field.kind === 'scale' ? field.options.find(({ label }) => label === key) : field.options[Number(key) - 1];
};
