import type { Answer, Answers, ChoicesField, Field, FormPage, Option, TextField } from './fields.ts';

/** What is wrong, by question name. Empty: nothing. */
export type Problems = Readonly<Record<string, string>>;

/** The rules of the schema that a person can mend, in a person's words. The server checks again and has the last word. */
export const findProblems = (fields: readonly Field[], answers: Answers): Problems => {
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const problem = findProblem(field, answers[field.name]);
    if (problem) problems[field.name] = problem;
  }
  return problems;
};

/** The answers as they are sent: what was left empty is left out, otherwise an optional question could not be skipped. */
export const answersToSend = (fields: readonly Field[], answers: Answers): Answers => {
  const sent: Record<string, Answer> = {};
  for (const { name } of fields) {
    const answer = answers[name];
    if (answer !== undefined && !isBlank(answer)) sent[name] = answer;
  }
  return sent;
};

/** Where to go on with a form that was left: the first page with something missing or wrong, else the last one. */
export const firstOpenPage = (pages: readonly FormPage[], answers: Answers): number => {
  const open = pages.findIndex(({ fields }) => Object.keys(findProblems(fields, answers)).length > 0);
  return open === -1 ? pages.length - 1 : open;
};

/** JSON Schema counts characters, not UTF-16 units: an emoji is one. */
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
