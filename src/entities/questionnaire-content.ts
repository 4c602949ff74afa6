import { isJsonObject } from '../json-object.ts';
import { StartError } from '../own-error.ts';
import { hashOf } from './content-hash.ts';
import { problemsBetweenParts } from './questionnaire-rules.ts';
import { plainWords, problemsOf } from './shape-problems.ts';
import { contentShape } from './questionnaire-shape.ts';
import { followReference } from './references.ts';
import type { Advice, Level, QuestionnaireContent } from './questionnaire-shape.ts';

export type { Answers } from './answer.ts';
export type { Choice, Question } from './question.ts';
export type { Advice, Area, Band, Level, QuestionnaireContent } from './questionnaire-shape.ts';

/** The error for questionnaire files that can't be used. Each problem says what to do about it. */
export const questionnaireError = (problems: readonly string[], options?: ErrorOptions): StartError =>
  new StartError('The questionnaires cannot be used:', { ...options, problems });

/** `slug@version` */
export function questionnaireId(content: { slug: string; version: number }): string {
  return `${content.slug}@${content.version}`;
}

/** Three times the largest questionnaire. A definition can be long, and each of 500 questions can refer to it. */
const CHARACTERS_MAX = 1_000_000;

/**
 * The content of one file (`<slug>.v<version>.json`), checked. Its references into `$defs` are replaced by their targets,
 * so that no later reader has to resolve them, the web page included.
 * @throws StartError with all problems
 */
export function checkContent(value: unknown, fileName: string): QuestionnaireContent {
  const { content, dangling } = withoutReferences(value);
  const checked = contentShape.safeParse(content, { error: plainWords });
  const issues = (checked.error?.issues ?? []).filter(({ path }) => !dangling.has(path.slice(0, 3).join('.')));
  const problems = [...dangling.values(), ...problemsOf(issues)];
  if (checked.success) problems.push(...problemsBetweenParts(checked.data));
  if (checked.success) {
    const characters = JSON.stringify(checked.data).length;
    if (characters > CHARACTERS_MAX)
      problems.push(
        `with each "$ref" followed it has ${characters} characters, at most ${CHARACTERS_MAX} are possible. Shorten what is in "$defs".`,
      );
    const { slug, version } = checked.data;
    const expected = `${slug}.v${version}.json`;
    if (fileName !== expected)
      problems.push(
        `${fileName.startsWith(`${slug}.v`) ? 'version' : 'slug'}: slug and version call for the name ${expected}. Rename it or correct them.`,
      );
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

/**
 * Replaces `{ "$ref": "#/$defs/name" }` in a question and in its `items`. `dangling` has the problems of references that lead
 * nowhere, by the places of their questions, whose other problems follow from them.
 */
function withoutReferences(value: unknown): { content: unknown; dangling: Map<string, string> } {
  const dangling = new Map<string, string>();
  if (!isJsonObject(value) || !isJsonObject(value.schema)) return { content: value, dangling };
  const { $defs: given, ...schema } = value.schema;
  const $defs = isJsonObject(given) ? given : {};
  const follow = (node: unknown, where: string): unknown => {
    const followed = followReference(node, $defs);
    if (isJsonObject(node) && isJsonObject(followed) && Object.hasOwn(followed, '$ref'))
      dangling.set(where, `${where}: ${danglingProblem(node.$ref, $defs)}`);
    return followed;
  };
  if (!isJsonObject(schema.properties)) return { content: { ...value, schema }, dangling };
  const properties = Object.entries(schema.properties).map(([name, node]) => {
    const where = `schema.properties.${name}`;
    const question = follow(node, where);
    const hasItems = isJsonObject(question) && question.items !== undefined;
    return [name, hasItems ? { ...question, items: follow(question.items, where) } : question];
  });
  return { content: { ...value, schema: { ...schema, properties: Object.fromEntries(properties) } }, dangling };
}

function danglingProblem(reference: unknown, $defs: Record<string, unknown>): string {
  const known = Object.keys($defs);
  const chained = known.find((name) => reference === `#/$defs/${name}` && isJsonObject($defs[name]));
  if (chained !== undefined) return `the "$ref" leads to "${chained}", which has one itself. Write "${chained}" out.`;
  const names = known.slice(0, 10).map((name) => `"#/$defs/${name}"`);
  const remedy = names.length > 0 ? `Write ${names.join(' or ')}` : 'Add "$defs" to the schema';
  return `the "$ref" ${JSON.stringify(reference)?.slice(0, 120)} leads nowhere. ${remedy}.`;
}
