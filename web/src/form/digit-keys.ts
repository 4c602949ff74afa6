import type { ItemOf, Option, Question } from './questionnaire.ts';

const DIGITS = 9;
/** A longer scale is a slider. */
const ROW_STEPS_MAX = 11;
/** A longer list of choices is opened on demand. */
export const LISTED_OPTIONS_MAX = 12;

/** Whether the numbers of a scale stand side by side. */
export const isRow = ({ minimum, maximum }: ItemOf<'ScaleItem'>): boolean => maximum - minimum < ROW_STEPS_MAX;

/** Whether the options are numbered and stand side by side: grades, whose values are numbers. */
export const isGraded = ({ options, other }: ItemOf<'ChoiceItem'>): boolean =>
  other === null && options.length <= ROW_STEPS_MAX && options.every(({ value }) => typeof value === 'number');

/**
 * The marks of grades: their values where these rise one by one from 0 or 1, as a paper form prints them, otherwise their
 * places. The values of reversed grades run downwards.
 */
export const marksOf = (options: readonly Option[]): string[] => {
  const isFromZero = options.every(({ value }, place) => value === place);
  return options.map((_, place) => String(isFromZero ? place : place + 1));
};

/** The numbers of a scale. */
export const numbersOf = ({ minimum, maximum }: ItemOf<'ScaleItem'>): number[] =>
  Array.from({ length: maximum - minimum + 1 }, (_, step) => minimum + step);

/** Whether every answer of the question shows a digit of its own. */
export const hasDigitKeys = (question: Question): boolean => {
  if (question.__typename === 'ChoiceItem')
    return isGraded(question) && marksOf(question.options).every((mark) => mark.length === 1);
  return question.__typename === 'ScaleItem' && question.minimum >= 0 && question.maximum <= DIGITS;
};

/** The answer of a digit key, as the page shows it: the number on a scale, the mark of a grade. */
export const answerForKey = (question: Question, key: string): Option['value'] | undefined => {
  if (!hasDigitKeys(question) || !/^\d$/.test(key)) return undefined;
  if (question.__typename === 'ChoiceItem') return question.options[marksOf(question.options).indexOf(key)]?.value;
  return question.__typename === 'ScaleItem' ? numbersOf(question).find((value) => String(value) === key) : undefined;
};
