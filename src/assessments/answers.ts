import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { answerTo } from '../entities/answer.ts';
import { hiddenQuestions } from '../entities/condition.ts';
import { conditionsOf, itemOf } from '../entities/item.ts';
import type { Answers, Question, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isBlank } from '../entities/text.ts';
import type { AnswerIssue } from '../errors.ts';
import { isJsonObject } from '../json-object.ts';
import { answerRule, type AnswerRule } from './answer-rule.ts';
import { expectationOf, messageFor } from './expectation.ts';
import { pointer, storageIssues } from './storage-issues.ts';

// More issues than a person reads.
const issuesMax = 100;

/**
 * Makes the check of answers to one questionnaire version; keep it, since it is made of the whole schema.
 * The check returns all issues at once (none: valid), one for each wrong question, never repeats a value, and never throws.
 * Answers to questions that their conditions hide are neither required nor checked: `shownAnswers` leaves them out.
 * Lengths count code points, so an accepted text has at most four bytes for each character of its `maxLength`.
 * @throws Error for a questionnaire with an unknown keyword
 */
export function answersCheck(content: QuestionnaireContent, today = () => new Date()) {
  const { schema } = content;
  const questions = Object.entries(schema.properties).map(([id, question]) => ({
    id,
    question,
    rule: answerRule(question),
    item: itemOf(id, question, schema.required.includes(id)),
  }));

  return (answers: unknown): AnswerIssue[] => {
    const { issues, tooLarge } = storageIssues(answers);
    if (tooLarge) return issues;
    if (!isJsonObject(answers)) return oneForEachQuestion([...issues, NO_ANSWERS]);
    const hidden = hiddenQuestions(conditionsOf(content), answers);
    const shown = questions.filter(({ id }) => !hidden.has(id));
    const given = shown.filter(({ id }) => answerTo(id, answers) !== undefined);
    for (const { id, question } of given) issues.push(...textIssue(id, question, answers[id], today));
    for (const { id, item } of shown)
      if (schema.required.includes(id) && answerTo(id, answers) === undefined) issues.push(missingIssue(id, item));
    issues.push(...unknownIssues(schema, answers));
    for (const { id, rule, item } of given) issues.push(...ruleIssue(id, rule(answers[id]), item));
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

const NO_ANSWERS: AnswerIssue = {
  path: '',
  rule: 'type',
  message: 'Give an object with one member for each answer.',
};

function unknownIssues({ properties }: QuestionnaireContent['schema'], answers: Answers): AnswerIssue[] {
  const unknown = Object.keys(answers).filter((key) => !Object.hasOwn(properties, key));
  const message = 'The questionnaire has no such question.';
  return unknown.map((key) => ({ path: pointer(key), rule: 'additionalProperties', message }));
}

type CheckedItem = ReturnType<typeof itemOf>;

const missingIssue = (id: string, item: CheckedItem): AnswerIssue => ({
  path: pointer(id),
  rule: 'required',
  message: `This question has to be answered. ${expectationOf(item)}`,
});

const ruleIssue = (id: string, rule: ReturnType<AnswerRule>, item: CheckedItem): AnswerIssue[] =>
  rule === undefined ? [] : [{ path: pointer(id), rule, message: messageFor(item, rule) }];

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

/** Keeps the first issue of each question: a form has one line for it, and further issues often follow from the first. */
function oneForEachQuestion(issues: AnswerIssue[]): AnswerIssue[] {
  const byPath = new Map<string, AnswerIssue>();
  for (const issue of issues) if (!byPath.has(issue.path)) byPath.set(issue.path, issue);
  return [...byPath.values()].slice(0, issuesMax);
}
