import { isBlank } from './text.ts';

/** By the id of the question. */
export type Answers = Record<string, unknown>;

/** The answer "prefer not to say", where a question offers it (`x-prefer-not-to-say`). */
export const DECLINED = { declined: true } as const;

/** The longest text of a choice in the person's own words, in code points. */
export const OTHER_MAX = 200;

export const isDeclined = (answer: unknown): boolean => isObject(answer) && answer['declined'] === true;

/** The person's own words in place of a choice, `{ "other": "…" }`; undefined for another answer. */
export const otherText = (answer: unknown): string | undefined =>
  isObject(answer) && typeof answer['other'] === 'string' ? answer['other'] : undefined;

/** False for no answer, an empty text or list, and "prefer not to say". */
export function isAnswered(answer: unknown): boolean {
  if (answer === undefined || answer === null || isDeclined(answer)) return false;
  if (typeof answer === 'string') return !isBlank(answer);
  return !Array.isArray(answer) || answer.length > 0;
}

/** The own member of this name. An inherited member is no answer: it would be read, but never stored. */
export const answerTo = (id: string, answers: Readonly<Record<string, unknown>>): unknown =>
  Object.hasOwn(answers, id) ? answers[id] : undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
