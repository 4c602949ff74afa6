import { isAnswered, isDeclined, otherText } from '../../../src/entities/answer.ts';
import { isBlank } from '../../../src/entities/text.ts';

/** The person's own words in place of a choice. */
export interface Other {
  other: string;
}
export type Entry = string | number | Other;
/** The answer to one question. A number that is not finished is a text. */
export type Answer = Entry | boolean | { declined: true } | readonly Entry[];
export type Answers = Readonly<Record<string, Answer>>;

/** Whether a value from storage or from the server has the shape of answers. */
export const isAnswers = (value: unknown): value is Answers =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isAnswer);

const isAnswer = (value: unknown): value is Answer =>
  isEntry(value) ||
  typeof value === 'boolean' ||
  (isDeclined(value) && hasOneMember(value)) ||
  (Array.isArray(value) && value.every(isEntry));

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'string' || typeof value === 'number' || (otherText(value) !== undefined && hasOneMember(value));

const hasOneMember = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 1;

/** The answer as it is sent: without empty texts, which could not be skipped otherwise. Undefined: no answer. */
export const answerToSend = (answer: Answer | undefined): Answer | undefined => {
  const sent = isList(answer) ? answer.filter((entry) => typeof entry !== 'string' || !isBlank(entry)) : answer;
  return sent !== undefined && (isAnswered(sent) || isDeclined(sent)) ? sent : undefined;
};

export const isList = (answer: Answer | undefined): answer is readonly Entry[] => Array.isArray(answer);

/** The person's own words, where the answer has them. */
export const ownWords = (answer: Answer | undefined): string | undefined =>
  isList(answer) ? answer.map(otherText).find((text) => text !== undefined) : otherText(answer);

/** In code points, as JSON Schema counts: an emoji is one, though it has two UTF-16 units. */
export const textLength = (text: string): number => Array.from(text).length;
