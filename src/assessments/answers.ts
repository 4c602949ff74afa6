import { hash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import canonicalize from 'canonicalize';
import { choicesOf } from '../entities/question.ts';
import type { Answers, Question, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { isBlank } from '../entities/text.ts';
import type { AnswerIssue } from '../errors.ts';
import { pointer, storageIssues } from './storage-issues.ts';

// More than anybody reads; a form shows them one by one anyway.
const issuesMax = 100;

/**
 * The check of answers to one questionnaire version; compile it once a version and keep it (tens of ms).
 * It gives all problems at once (none: valid), one for each wrong question, and never repeats a value. Lengths are
 * counted in code points, so an accepted text has at most four bytes for each character of its `maxLength`.
 * It throws nothing, whatever it is given.
 */
export function compileAnswers(content: QuestionnaireContent, today = () => new Date()) {
  const { properties } = content.schema;
  const fits = compile(content);
  const texts = Object.entries(properties).filter(([, question]) => question.type === 'string');

  return (answers: unknown): AnswerIssue[] => {
    const { issues, tooLarge } = storageIssues(answers);
    if (tooLarge) return issues;
    if (isRecord(answers)) {
      for (const [id, question] of texts) issues.push(...textIssue(id, question, answers, today));
    }
    if (!fits(answers)) issues.push(...(fits.errors ?? []).map((error) => schemaIssue(error, properties)));
    return issues.length === 0 ? issues : oneForEachQuestion(issues);
  };
}

/**
 * SHA-256 (hex) of questionnaire and answers in canonical form (RFC 8785): the order of keys does not matter.
 * Throws nothing: answers that have no canonical form (lone surrogates) are refused by the check and never stored,
 * so the hash that they share equals no stored one.
 */
export function answersHash(questionnaireId: string, answers: Answers): string {
  let canonical = '';
  try {
    canonical = canonicalize([questionnaireId, answers]) ?? '';
  } catch {
    // The empty text stands for them: it is no JSON, so nothing else hashes to the same.
  }
  return hash('sha256', canonical);
}

const isRecord = (value: unknown): value is Answers => typeof value === 'object' && value !== null;

// A questionnaire's schema is checked when it is read; to compile the schema of schemas takes many times as long as one
// of them.
const ajv = ajvFormats.default(new Ajv2020({ strict: true, allErrors: true, meta: false, validateSchema: false }), {
  formats: ['date'],
  keywords: true, // formatMinimum, formatMaximum
});

function compile({ schema }: QuestionnaireContent) {
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([id, question]) => [id, toCheck(question)]),
  );
  const keywords = new Set(Object.values(schema.properties).flatMap((question) => Object.keys(question)));
  for (const keyword of keywords) {
    if (keyword.startsWith('x-') && !ajv.RULES.keywords[keyword]) ajv.addVocabulary([keyword]);
  }
  return ajv.compile({ ...schema, properties });
}

type Scalar = Pick<Question, 'oneOf' | 'format'>;

/** The same rule in a form that ajv checks faster, and fails in one error instead of one for each choice. */
function toCheck({ oneOf, items, ...rest }: Scalar & { items?: Scalar }): object {
  return {
    // The format `date` knows a year 0, most databases and people do not.
    ...(rest.format === 'date' ? { formatMinimum: '0001-01-01' } : {}),
    ...rest,
    ...(oneOf ? { enum: oneOf.map((choice) => choice.const) } : {}),
    ...(items ? { items: toCheck(items) } : {}),
  };
}

function schemaIssue(error: ErrorObject, properties: Record<string, Question>): AnswerIssue {
  if (error.keyword === 'additionalProperties') {
    const id = String(error.params.additionalProperty);
    return { path: pointer(id), rule: error.keyword, message: 'The questionnaire has no such question.' };
  }
  if (error.keyword === 'required' && error.instancePath === '') {
    const id = String(error.params.missingProperty);
    const message = `This question has to be answered. ${expectationOf(properties[id])}`;
    return { path: pointer(id), rule: error.keyword, message };
  }
  const id = error.instancePath.split('/')[1];
  const question = id === undefined ? undefined : properties[id];
  // The keyword of the published schema, not of the one that ajv was given.
  const rule = error.keyword === 'enum' && (question?.items ?? question)?.oneOf ? 'oneOf' : error.keyword;
  if (id === undefined) return { path: '', rule, message: 'Give an object with one member for each answer.' };
  return { path: pointer(id), rule, message: expectationOf(question) };
}

function textIssue(id: string, question: Question, answers: Answers, today: () => Date): AnswerIssue[] {
  const answer = answers[id];
  if (typeof answer !== 'string') return [];
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

/** Somewhere on earth (UTC+14) it is already this day. */
const latestToday = (now: Date) => new Date(now.getTime() + 14 * 3_600_000).toISOString().slice(0, 10);

/** What a right answer looks like, as a sentence to the person who answers. */
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

/** The first issue of each question: the form has one line for it, and the others often follow from the first. */
function oneForEachQuestion(issues: AnswerIssue[]): AnswerIssue[] {
  const byPath = new Map<string, AnswerIssue>();
  for (const issue of issues) if (!byPath.has(issue.path)) byPath.set(issue.path, issue);
  return [...byPath.values()].slice(0, issuesMax);
}
