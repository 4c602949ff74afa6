import { z } from 'zod';
import { isJsonObject } from '../json-object.ts';
import { keywordWords, type Part } from './keyword-words.ts';
import { contentShape } from './questionnaire-shape.ts';

type Schema = Record<string, unknown>;

let printed: string | undefined;

/** The JSON Schema of questionnaire files, as committed in `questionnaire-format.schema.json`. */
export const printedFormat = (): string => (printed ??= `${JSON.stringify(formatSchema(), null, 2)}\n`);

/**
 * The JSON Schema (2020-12) of a questionnaire file, for editors: names, forms and limits of all members. It has nothing of
 * the rules between the parts, which the check of a file applies.
 */
export function formatSchema(): Schema {
  const { $schema, $defs, ...file } = z.toJSONSchema(contentShape, { io: 'input' });
  const [condition] = Object.keys($defs ?? {});
  const content: Schema = condition ? renamed(file, condition, 'condition') : file;
  const { schema, pages, scoring, prompt, advice } = membersOf(content);
  const { properties } = membersOf(schema);
  const question = objectAt(properties, 'additionalProperties');
  const area = objectAt(membersOf(scoring).areas, 'items');
  const { norms, bands } = membersOf(area);
  const page = objectAt(pages, 'items');
  const parts: [Part, Schema][] = [
    ['file', content],
    ['schema', objectOf(schema)],
    ['question', question],
    ['page', page],
    ['matrix', alternative(objectAt(membersOf(page).items, 'items'))],
    ['scoring', objectOf(scoring)],
    ['area', area],
    ['band', objectAt(bands, 'items')],
    ['norms', objectOf(norms)],
    ['table', objectAt(membersOf(norms).tables, 'items')],
    ['flag', objectAt(membersOf(scoring).flags, 'items')],
    ['image', objectOf(membersOf(question)['x-image'])],
    ['prompt', objectOf(prompt)],
    ...Object.values(membersOf(objectAt(advice, 'additionalProperties'))).map((level): [Part, Schema] => [
      'advice',
      objectOf(level),
    ]),
  ];
  const definitions = condition ? { condition: renamed(objectOf($defs?.[condition]), condition, 'condition') } : {};
  for (const test of Array.isArray(definitions.condition?.anyOf) ? definitions.condition.anyOf : [])
    parts.push(['condition', objectOf(test)]);
  for (const node of allowReferences(objectOf(schema), question)) parts.push(['question', node]);
  allowMembers(content, { $schema: { type: 'string' }, withdrawn: { type: 'boolean' } });
  for (const [part, node] of parts) describe(part, node);
  return { $schema, title: 'Questionnaire', ...content, $defs: definitions };
}

/** `$defs`, and questions that take their keywords from there; returns both other nodes with such keywords. An unknown one is marked. */
function allowReferences(schema: Schema, question: Schema): Schema[] {
  const reference = { type: 'string', pattern: String.raw`^#/\$defs/[^/]{1,100}$` };
  const { items, ...keywords } = membersOf(question);
  const entries = { ...objectOf(items), properties: { ...membersOf(items), $ref: reference } };
  delete question.required;
  allowMembers(question, { items: entries, $ref: reference });
  Object.assign(question, {
    additionalProperties: false,
    anyOf: [{ required: ['title', 'type'] }, { required: ['$ref'] }],
  });
  Object.assign(entries, { required: [], anyOf: [{ required: ['type'] }, { required: ['$ref'] }] });
  const definition = {
    type: 'object',
    properties: { ...keywords, items: objectOf(items) },
    additionalProperties: false,
  };
  allowMembers(schema, { $defs: { type: 'object', additionalProperties: definition } });
  return [entries, definition];
}

const allowMembers = (node: Schema, members: Schema): void => {
  node.properties = { ...membersOf(node), ...members };
};

function describe(part: Part, node: Schema): void {
  const words: Readonly<Record<string, string>> = keywordWords[part];
  for (const [name, member] of Object.entries(membersOf(node)))
    if (isJsonObject(member) && Object.hasOwn(words, name)) member.description = words[name];
}

/** The same schema with another name for a definition. */
function renamed(node: Schema, from: string, to: string): Schema {
  const text = JSON.stringify(node).replaceAll(`"#/$defs/${from}"`, `"#/$defs/${to}"`);
  const value: unknown = JSON.parse(text);
  return objectOf(value);
}

const objectOf = (value: unknown): Schema => (isJsonObject(value) ? value : {});
const objectAt = (value: unknown, name: string): Schema => objectOf(objectOf(value)[name]);
const membersOf = (value: unknown): Schema => objectAt(value, 'properties');

/** The object among the alternatives. */
const alternative = ({ anyOf }: Schema): Schema =>
  objectOf((Array.isArray(anyOf) ? anyOf : []).find((each) => objectOf(each).type === 'object'));
