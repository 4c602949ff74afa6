import { isJsonObject } from '../json-object.ts';
import { StartError } from '../own-error.ts';
import { hashOf } from './content-hash.ts';
import { problemsBetweenParts } from './questionnaire-rules.ts';
import { plainWords, problemsOf } from './shape-problems.ts';
import { contentShape } from './questionnaire-shape.ts';
import { followReference } from './references.ts';
import type { Advice, QuestionnaireContent } from './questionnaire-shape.ts';

export type { Choice, Question } from './question.ts';
export type { Advice, Area, Band, QuestionnaireContent } from './questionnaire-shape.ts';

export type Level = 'LOW' | 'MEDIUM' | 'HIGH';
export type Answers = Record<string, unknown>;

/** The error for questionnaire files that can't be used. Each problem says what to do about it. */
export const questionnaireError = (problems: readonly string[], options?: ErrorOptions): StartError =>
  new StartError('The questionnaires cannot be used:', { ...options, problems });

/** `slug@version` */
export function questionnaireId(content: { slug: string; version: number }): string {
  return `${content.slug}@${content.version}`;
}

/**
 * The content of one file (`<slug>.v<version>.json`), checked. Its references into `$defs` are replaced by their targets,
 * so that no later reader has to resolve them, the web page included.
 * @throws StartError with all problems
 */
export function checkContent(value: unknown, fileName: string): QuestionnaireContent {
  const checked = contentShape.safeParse(withoutReferences(value), { error: plainWords });
  const problems = checked.success ? problemsBetweenParts(checked.data) : problemsOf(checked.error.issues);
  if (checked.success) {
    const expected = `${checked.data.slug}.v${checked.data.version}.json`;
    if (fileName !== expected)
      problems.push(`slug and version call for the name ${expected}. Rename it or correct them.`);
  }
  if (!checked.success || problems.length > 0) {
    throw questionnaireError(problems.map((problem) => `${fileName}: ${problem}`));
  }
  return checked.data;
}

/** A registered version keeps its hash for ever, so a translation is a file of its own, with its own hash. */
export const contentHash = (content: QuestionnaireContent): string => hashOf(content);

/** The advice for an area at a level; undefined if the area has none. */
export function adviceOf(content: QuestionnaireContent, area: string, level: Level): Advice | undefined {
  const advice = content.advice && Object.hasOwn(content.advice, area) ? content.advice[area] : undefined;
  return advice?.[level === 'LOW' ? 'low' : level === 'MEDIUM' ? 'mid' : 'high'];
}

/** Follows the references of questions and of their `items`. */
function withoutReferences(value: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(value.schema) || !isJsonObject(value.schema.properties)) return value;
  const { $defs, ...schema } = value.schema;
  const follow = (node: unknown): unknown => followReference(node, $defs);
  const properties = Object.entries(value.schema.properties).map(([name, node]) => {
    const question = follow(node);
    return [name, isJsonObject(question) && question.items ? { ...question, items: follow(question.items) } : question];
  });
  return { ...value, schema: { ...schema, properties: Object.fromEntries(properties) } };
}
