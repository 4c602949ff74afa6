import type { Answer, Answers, ChoicesField, Field, FormPage, Option, TextField } from './fields.ts';

/** Messages by the name of the question. Empty if all answers are fine. */
export type Problems = Readonly<Record<string, string>>;

/** Checks answers in the page, so that a person is told early. The server checks all rules again. */
export const findProblems = (fields: readonly Field[], answers: Answers): Problems => {
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const problem = findProblem(field, answers[field.name]);
    if (problem) problems[field.name] = problem;
  }
  return problems;
};

/** The answers to send. Blank ones are left out, otherwise an optional question could not be skipped. */
export const answersToSend = (fields: readonly Field[], answers: Answers): Answers => {
  const sent: Record<string, Answer> = {};
  for (const { name } of fields) {
    const answer = answers[name];
    if (answer !== undefined && !isBlank(answer)) sent[name] = answer;
  }
  return sent;
};

/** The page on which to continue a form, from 0: the first one with a problem, otherwise the last. */
export const firstOpenPage = (pages: readonly FormPage[], answers: Answers): number => {
  const open = pages.findIndex(({ fields }) => Object.keys(findProblems(fields, answers)).length > 0);
  return open === -1 ? pages.length - 1 : open;
};

/** In code points, as JSON Schema counts: an emoji is one, though it has two UTF-16 units. */
export const textLength = (text: string): number => Array.from(text).length;

const findProblem = (field: Field, answer: Answer | undefined): string | undefined => {
  if (answer === undefined || isBlank(answer)) {
    if (!field.required) return undefined;
    return field.kind === 'text' ? 'Please write an answer.' : 'Please choose an answer.';
  }
  if (field.kind === 'text') return problemOfText(field, answer);
  if (field.kind === 'choices') return problemOfChoices(field, answer);
  return isOption(field.options, answer) ? undefined : 'Please choose one of the answers.';
};

const problemOfChoices = ({ options, minItems, maxItems }: ChoicesField, answer: Answer): string | undefined => {
  if (typeof answer !== 'object' || !answer.every((value) => isOption(options, value))) {
    return 'Please choose from the answers.';
  }
  if (answer.length < minItems) return `Please choose at least ${minItems}.`;
  if (answer.length > maxItems) return `Please choose at most ${maxItems}.`;
  return undefined;
};

const problemOfText = ({ minLength, maxLength, pattern }: TextField, answer: Answer): string | undefined => {
  if (typeof answer !== 'string') return 'Please write an answer.';
  const length = textLength(answer);
  if (length > maxLength) return `Please shorten this by ${length - maxLength} characters.`;
  if (length < minLength) return `Please write at least ${minLength} characters.`;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(answer)) {
    return 'This answer does not have the expected form.';
  }
  return undefined;
};

const isOption = (options: readonly Option[], answer: Answer): boolean => options.some(({ value }) => value === answer);

const isBlank = (answer: Answer): boolean => {
  if (typeof answer === 'string') return answer.trim() === '';
  return typeof answer === 'object' && answer.length === 0;
};
