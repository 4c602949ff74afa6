import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { choicesOf } from '../entities/question.ts';
import type { Answers, Question, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isBlank } from '../entities/text.ts';
import type { AnswerIssue } from '../errors.ts';
import { isJsonObject } from '../json-object.ts';
import { answerRule, type AnswerRule } from './answer-rule.ts';
import { pointer, storageIssues } from './storage-issues.ts';

// More issues than a person reads.
const issuesMax = 100;

/**
 * Makes the check of answers to one questionnaire version; keep it, since it is made of the whole schema.
 * The check returns all issues at once (none: valid), one for each wrong question, never repeats a value, and never throws.
 * Lengths count code points, so an accepted text has at most four bytes for each character of its `maxLength`.
 * @throws Error for a questionnaire with an unknown keyword
 */
export function answersCheck({ schema }: QuestionnaireContent, today = () => new Date()) {
  const questions = Object.entries(schema.properties).map(([id, question]) => ({
    id,
    question,
    rule: answerRule(question),
  }));

  return (answers: unknown): AnswerIssue[] => {
    const { issues, tooLarge } = storageIssues(answers);
    if (tooLarge) return issues;
    if (!isJsonObject(answers)) return oneForEachQuestion([...issues, NO_ANSWERS]);
    const given = questions.filter(({ id }) => answerTo(id, answers) !== undefined);
    for (const { id, question } of given) issues.push(...textIssue(id, question, answers[id], today));
    issues.push(...missingIssues(schema, answers), ...unknownIssues(schema, answers));
    for (const { id, question, rule } of given) issues.push(...ruleIssue(id, question, rule(answers[id])));
    return issues.length === 0 ? issues : oneForEachQuestion(issues);
  };
}

/**
 * SHA-256 (hex) of questionnaire and answers in canonical form (RFC 8785), independent of the order of keys.
 * Never throws: answers without a canonical form (lone surrogates) share one hash. They fail the check and are never stored,
 * so no stored hash equals it.
 */
export function answersHash(questionnaireId: string, answers: Answers): string {
  let canonical = '';
  try {
    canonical = canonicalize([questionnaireId, answers]) ?? '';
  } catch {
    // Hashes the empty text, which no JSON value has as its canonical form.
  }
  return hash('sha256', canonical);
}

/** The own member of this name. An inherited member is no answer: it would be checked, but never stored. */
const answerTo = (id: string, answers: Answers): unknown => (Object.hasOwn(answers, id) ? answers[id] : undefined);

const NO_ANSWERS: AnswerIssue = {
  path: '',
  rule: 'type',
  message: 'Give an object with one member for each answer.',
};

type Schema = QuestionnaireContent['schema'];

function missingIssues({ required, properties }: Schema, answers: Answers): AnswerIssue[] {
  const missing = required.filter((id) => answerTo(id, answers) === undefined);
  return missing.map((id) => {
    const message = `This question has to be answered. ${expectationOf(properties[id])}`;
    return { path: pointer(id), rule: 'required', message };
  });
}

function unknownIssues({ properties }: Schema, answers: Answers): AnswerIssue[] {
  const unknown = Object.keys(answers).filter((key) => !Object.hasOwn(properties, key));
  const message = 'The questionnaire has no such question.';
  return unknown.map((key) => ({ path: pointer(key), rule: 'additionalProperties', message }));
}

const ruleIssue = (id: string, question: Question, rule: ReturnType<AnswerRule>): AnswerIssue[] =>
  rule === undefined ? [] : [{ path: pointer(id), rule, message: expectationOf(question) }];

function textIssue(id: string, question: Question, answer: unknown, today: () => Date): AnswerIssue[] {
  if (question.type !== 'string' || typeof answer !== 'string') return [];
  const mustSaySomething = question.pattern !== undefined || (question.minLength ?? 0) > 0;
  if (mustSaySomething && isBlank(answer)) {
    return [
      { path: pointer(id), rule: 'blank', message: 'Write something, or leave the answer out if it is optional.' },
    ];
  }
  if (question['x-not-future'] && answer > latestToday(today())) {
    return [{ path: pointer(id), rule: 'x-not-future', message: 'Give a date that is not in the future.' }];
  }
  return [];
}

/** The latest calendar day on earth now (UTC+14). */
const latestToday = (now: Date) => new Date(now.getTime() + 14 * 3_600_000).toISOString().slice(0, 10);

/** A sentence for the person that describes a valid answer. */
function expectationOf(question: Question | undefined): string {
  if (!question) return 'This does not fit the questionnaire.';
  const choices = choicesOf(question)
    .map(({ const: value, title }) => (String(value) === title ? title : `${value} (${title})`))
    .join(', ');
  if (question.type === 'array') return expectationOfList(question, choices);
  if (choices) return `Choose one of: ${choices}.`;
  if (question.type === 'boolean') return 'Answer true or false.';
  if (question.type === 'string') return expectationOfText(question);
  const { minimum, maximum } = question;
  const kind = question.type === 'integer' ? 'whole number' : 'number';
  if (minimum !== undefined && maximum !== undefined) return `Give a ${kind} from ${minimum} to ${maximum}.`;
  if (minimum !== undefined) return `Give a ${kind} of at least ${minimum}.`;
  return maximum === undefined ? `Give a ${kind}.` : `Give a ${kind} of at most ${maximum}.`;
}

function expectationOfList({ minItems = 0, maxItems, uniqueItems }: Question, choices: string): string {
  const count = minItems === maxItems ? minItems : `${minItems} to ${maxItems}`;
  const each = uniqueItems ? ', each only once' : '';
  return choices ? `Choose ${count} of: ${choices}${each}.` : `Give a list of ${count} entries${each}.`;
}

function expectationOfText(question: Question): string {
  const { minLength = 0, maxLength, formatMinimum, formatMaximum } = question;
  if (question.format !== 'date') return `Write a text of ${minLength} to ${maxLength} characters.`;
  const from = formatMinimum ? `, not before ${formatMinimum}` : '';
  const to = formatMaximum ? `, not after ${formatMaximum}` : '';
  return `Give a date in the form 2001-12-31${from}${to}.`;
}

/** Keeps the first issue of each question: a form has one line for it, and further issues often follow from the first. */
function oneForEachQuestion(issues: AnswerIssue[]): AnswerIssue[] {
  const byPath = new Map<string, AnswerIssue>();
  for (const issue of issues) if (!byPath.has(issue.path)) byPath.set(issue.path, issue);
  return [...byPath.values()].slice(0, issuesMax);
}
