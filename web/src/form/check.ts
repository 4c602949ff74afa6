import { isDeclined, OTHER_MAX, otherText } from '../../../src/entities/answer.ts';
import { isEmail } from '../../../src/entities/email.ts';
import { isBlank, unstorable } from '../../../src/entities/text.ts';
import type { Words } from '../texts/server-words.ts';
import { texts } from '../texts/index.ts';
import { answerToSend, isList, textLength, type Answer, type Answers } from './answers.ts';
import {
  isOffered,
  questionsOf,
  shownPages,
  shownQuestions,
  type ItemOf,
  type Page,
  type Question,
  type ShownPage,
} from './questionnaire.ts';

/** Messages by the name of the question. Empty if all answers are fine. */
export type Problems = Readonly<Record<string, Words>>;

/** Checks answers in the page, so that a person is told early. The server checks all rules again. */
export const findProblems = (questions: readonly Question[], answers: Answers, today = dayOf(new Date())): Problems => {
  const problems: Record<string, string> = {};
  for (const question of questions) {
    const problem = problemOf(question, answerToSend(answers[question.key]), today);
    if (problem) problems[question.key] = problem;
  }
  return problems;
};

/** The answers to send: those to questions that are shown. */
export const answersToSend = (pages: readonly Page[], answers: Answers): Answers => {
  const sent: Record<string, Answer> = {};
  for (const { key } of shownQuestions(shownPages(pages, answers))) {
    const answer = answerToSend(answers[key]);
    if (answer !== undefined) sent[key] = answer;
  }
  return sent;
};

export interface Progress {
  answered: number;
  of: number;
}

/** How many of the questions that have to be answered are; of all questions where none has to be. */
export const progressOf = (questions: readonly Question[], answers: Answers): Progress => {
  const required = questions.filter((question) => question.required);
  const counted = required.length > 0 ? required : questions;
  return { answered: counted.filter(({ key }) => answerToSend(answers[key]) !== undefined).length, of: counted.length };
};

/** The page on which to continue a form, by its place among those that are shown: the first one with a problem, else the last. */
export const firstOpenPage = (pages: readonly ShownPage[], answers: Answers): number => {
  const isOpen = ({ items }: ShownPage) => Object.keys(findProblems(items.flatMap(questionsOf), answers)).length > 0;
  const open = pages.findIndex(isOpen);
  return open === -1 ? Math.max(0, pages.length - 1) : open;
};

/** The day of the person's calendar, such as 2001-12-31. */
export const dayOf = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part, place) => String(part).padStart(place === 0 ? 4 : 2, '0'))
    .join('-');

const problemOf = (question: Question, answer: Answer | undefined, today: string): string | undefined => {
  if (answer === undefined) return question.required ? missing(question) : undefined;
  if (question.canDecline && isDeclined(answer)) return undefined;
  switch (question.__typename) {
    case 'ScaleItem':
      return isOnScale(question, answer) ? undefined : texts.check.notOffered;
    case 'ChoiceItem':
      return problemOfChoice(question, answer);
    case 'ChoicesItem':
      return problemOfChoices(question, answer);
    case 'YesNoItem':
      return typeof answer === 'boolean' ? undefined : texts.check.notOffered;
    case 'NumberItem':
      return problemOfNumber(question, answer);
    case 'DateItem':
      return problemOfDate(question, answer, today);
    case 'TextItem':
      return problemOfText(question, answer);
    case 'TextsItem':
      return problemOfTexts(question, answer);
    default:
      return question satisfies never;
  }
};

const missing = ({ __typename }: Question): string => {
  switch (__typename) {
    case 'ScaleItem':
    case 'ChoiceItem':
    case 'ChoicesItem':
    case 'YesNoItem':
      return texts.check.choose;
    case 'NumberItem':
      return texts.check.giveNumber;
    case 'DateItem':
      return texts.check.giveDate;
    case 'TextItem':
    case 'TextsItem':
      return texts.check.write;
    default:
      return __typename satisfies never;
  }
};

const isOnScale = ({ minimum, maximum }: ItemOf<'ScaleItem'>, answer: Answer): boolean =>
  typeof answer === 'number' && Number.isInteger(answer) && answer >= minimum && answer <= maximum;

const problemOfChoice = ({ options, other }: ItemOf<'ChoiceItem'>, answer: Answer): string | undefined => {
  const own = otherText(answer);
  if (own !== undefined && other !== null) return problemOfOther(own);
  const isOne = typeof answer === 'string' || typeof answer === 'number';
  return isOne && isOffered(options, answer) ? undefined : texts.check.notOffered;
};

const problemOfOther = (own: string): string | undefined => {
  if (isBlank(own)) return texts.check.writeOther;
  return problemOfLength(own, 1, OTHER_MAX) ?? problemOfCharacters(own);
};

const problemOfChoices = (
  { options, other, minItems, maxItems }: ItemOf<'ChoicesItem'>,
  answer: Answer,
): string | undefined => {
  if (!isList(answer)) return texts.check.notOffered;
  for (const entry of answer) {
    const problem = problemOfChoiceEntry(options, other, entry);
    if (problem) return problem;
  }
  const distinct = new Set(answer.map((entry) => (typeof entry === 'object' ? OWN : entry)));
  if (distinct.size < answer.length) return texts.check.twice;
  if (answer.length < minItems) return texts.check.chooseAtLeast(minItems);
  return answer.length > maxItems ? texts.check.chooseAtMost(maxItems) : undefined;
};

/** Stands for the person's own words, of which a list has one at most. */
const OWN = {};

const problemOfChoiceEntry = (
  options: ItemOf<'ChoicesItem'>['options'],
  other: string | null,
  entry: string | number | { other: string },
): string | undefined => {
  const own = otherText(entry);
  if (own !== undefined && other !== null) return problemOfOther(own);
  return isOffered(options, entry) ? undefined : texts.check.notOffered;
};

const problemOfNumber = (question: ItemOf<'NumberItem'>, answer: Answer): string | undefined => {
  const { kind, least, most } = question;
  if (typeof answer !== 'number' || !Number.isFinite(answer)) return texts.check.noNumber;
  if (kind === 'WHOLE_NUMBER' && !Number.isInteger(answer)) return texts.check.noWholeNumber;
  if (least !== null && answer < least) return texts.check.atLeast(least);
  if (most !== null && answer > most) return texts.check.atMost(most);
  return Number.isInteger(answer) && !Number.isSafeInteger(answer) ? texts.check.numberTooLarge : undefined;
};

const problemOfDate = (
  { earliest, latest, notFuture }: ItemOf<'DateItem'>,
  answer: Answer,
  today: string,
): string | undefined => {
  if (typeof answer !== 'string' || !isDay(answer)) return texts.check.noDate;
  if (earliest !== null && answer < earliest) return texts.check.notBefore(earliest);
  if (latest !== null && answer > latest) return texts.check.notAfter(latest);
  return notFuture && answer > today ? texts.check.notFuture : undefined;
};

/** A day of the calendar in four, two and two digits. The year 0 is refused by the server. */
const isDay = (text: string): boolean => {
  const isInForm = /^\d{4}-\d\d-\d\d$/.test(text) && !text.startsWith('0000');
  const time = isInForm ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // `Date.parse` takes February 30 for March 1.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

const problemOfText = (question: ItemOf<'TextItem'>, answer: Answer): string | undefined => {
  const { kind, minLength, maxLength, pattern, form } = question;
  if (typeof answer !== 'string') return texts.check.write;
  const problem = problemOfLength(answer, minLength, maxLength) ?? problemOfCharacters(answer);
  if (problem) return problem;
  if (kind === 'EMAIL' && !isEmail(answer)) return texts.check.noEmail;
  if (pattern === null || new RegExp(pattern, 'u').test(answer)) return undefined;
  return form === null ? texts.check.otherForm : texts.check.form(form);
};

const problemOfTexts = (question: ItemOf<'TextsItem'>, answer: Answer): string | undefined => {
  const { minItems, maxItems, minLength, maxLength, uniqueItems } = question;
  if (!isList(answer)) return texts.check.write;
  for (const entry of answer) {
    if (typeof entry !== 'string') return texts.check.write;
    const problem = problemOfLength(entry, minLength, maxLength) ?? problemOfCharacters(entry);
    if (problem) return problem;
  }
  if (uniqueItems && new Set(answer).size < answer.length) return texts.check.twice;
  if (answer.length < minItems) return texts.check.writeAtLeast(minItems);
  return answer.length > maxItems ? texts.check.writeAtMost(maxItems) : undefined;
};

const problemOfLength = (text: string, minLength: number, maxLength: number): string | undefined => {
  const length = textLength(text);
  if (length > maxLength) return texts.check.shorten(length - maxLength);
  return length < minLength ? texts.check.longer(minLength) : undefined;
};

const problemOfCharacters = (text: string): string | undefined =>
  unstorable(text) === undefined ? undefined : texts.check.unstorable;
