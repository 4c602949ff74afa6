import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isJsonObject } from '../json-object.ts';
import { StartError } from '../own-error.ts';
import { problemsBetweenParts } from './questionnaire-rules.ts';
import { plainWords, problemsOf } from './shape-problems.ts';
import { contentShape } from './questionnaire-shape.ts';
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

/**
 * SHA-256 (hex) of the canonical JSON (RFC 8785). It does not depend on the order of keys, which a jsonb column loses.
 * A registered version keeps its hash for ever, so a translation is a file of its own.
 */
export function contentHash(content: QuestionnaireContent): string {
  const canonical = canonicalize(content) ?? '';
  return createHash('sha256').update(canonical).digest('hex');
}

/** The advice for an area at a level; undefined if the area has none. */
export function adviceOf(content: QuestionnaireContent, area: string, level: Level): Advice | undefined {
  const advice = content.advice && Object.hasOwn(content.advice, area) ? content.advice[area] : undefined;
  return advice?.[level === 'LOW' ? 'low' : level === 'MEDIUM' ? 'mid' : 'high'];
}

/** Replaces `{ "$ref": "#/$defs/name" }` in a question and in its `items`. A reference without a target stays: the check refuses it. */
function withoutReferences(value: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(value.schema) || !isJsonObject(value.schema.properties)) return value;
  const { $defs, ...schema } = value.schema;
  const follow = (node: unknown): unknown => {
    if (!isJsonObject(node) || typeof node.$ref !== 'string') return node;
    const { $ref: _, ...own } = node;
    const name = /^#\/\$defs\/([^/]{1,100})$/.exec(node.$ref)?.[1];
    const target = name !== undefined && isJsonObject($defs) && Object.hasOwn($defs, name) ? $defs[name] : undefined;
    return isJsonObject(target) ? { ...target, ...own } : node;
  };
  const properties = Object.entries(value.schema.properties).map(([name, node]) => {
    const question = follow(node);
    return [name, isJsonObject(question) && question.items ? { ...question, items: follow(question.items) } : question];
  });
  return { ...value, schema: { ...schema, properties: Object.fromEntries(properties) } };
}
