import type { Field, Option } from './fields.ts';

const DIGITS = 9;

/** Whether every option of the question has a digit key of its own. */
export const hasDigitKeys = (field: Field): field is Extract<Field, { kind: 'scale' | 'choice' }> => {
  if (field.kind === 'choice') return field.row && field.options.length <= DIGITS;
  return field.kind === 'scale' && field.options.every(({ label }) => label.length === 1);
};

/** The option that a key stands for: on a scale its number, in a named row its place, as the page shows them. */
export const optionForKey = (field: Field, key: string): Option | undefined => {
  if (!hasDigitKeys(field) || !/^\d$/.test(key)) return undefined;
  return field.kind === 'scale' ? field.options.find(({ label }) => label === key) : field.options[Number(key) - 1];
};
