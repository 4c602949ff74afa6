import { memoize } from '../memory/memoize.ts';
import type { Condition } from './condition.ts';
import { conditionsOf, OTHER_MAX } from './item.ts';
import type { Question } from './question.ts';
import type { QuestionnaireContent } from './questionnaire-shape.ts';

type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema (2020-12) of the answers, for any validator: `x-other` and `x-prefer-not-to-say` become alternatives, and
 * conditions become alternatives. Answers that fit it are accepted, except for what JSON Schema can't say: dates after today,
 * and questions that are required by a condition on a date.
 */
export const answersSchema = memoize((content: QuestionnaireContent): JsonSchema => {
  const { properties, required, ...schema } = content.schema;
  const conditions = shownIfOf(content);
  const rules = required.flatMap((id) => {
    const shownIf = conditions.get(id) ?? [];
    if (shownIf.length === 0 || shownIf.some(comparesDates)) return [];
    const shown = allOf(shownIf.map((each) => schemaOf(each, properties)));
    return [{ anyOf: [{ not: shown }, { required: [id] }] }];
  });
  return {
    ...schema,
    required: required.filter((id) => !conditions.get(id)?.length),
    properties: Object.fromEntries(Object.entries(properties).map(([id, question]) => [id, questionSchema(question)])),
    ...(rules.length > 0 ? { allOf: rules } : {}),
  };
});

/** The conditions of each question: of its page, its matrix and its own. */
function shownIfOf(content: QuestionnaireContent): Map<string, Condition[]> {
  const entries = conditionsOf(content).flatMap((page) =>
    page.items.flatMap((item) =>
      (item.rows ?? [item]).map((question) => {
        const all = [page.shownIf, item.rows ? item.shownIf : undefined, question.shownIf];
        return [question.key, all.filter((each) => each != null)] as const;
      }),
    ),
  );
  return new Map(entries);
}

const DECLINED_SCHEMA = objectWith('declined', { const: true });
const OTHER_SCHEMA = objectWith('other', { type: 'string', minLength: 1, maxLength: OTHER_MAX, pattern: '\\S' });

/** Without the condition and the remarks, and with each way to answer. */
function questionSchema(question: Question): JsonSchema {
  const { title, description, ...keywords } = question;
  const { 'x-shown-if': _condition, 'x-comment': _remark, ...rules } = keywords;
  const words = { title, ...(description === undefined ? {} : { description }) };
  const other = question['x-other'] !== undefined;
  const isList = question.type === 'array';
  const own = isList && other ? { ...rules, items: { anyOf: [rules.items, OTHER_SCHEMA] } } : rules;
  const ways = [
    own,
    ...(other && !isList ? [OTHER_SCHEMA] : []),
    ...(question['x-prefer-not-to-say'] ? [DECLINED_SCHEMA] : []),
  ];
  return ways.length === 1 ? { ...words, ...own } : { ...words, anyOf: ways };
}

function objectWith(key: string, value: JsonSchema): JsonSchema {
  return { type: 'object', required: [key], additionalProperties: false, properties: { [key]: value } };
}

/** The answers for which a condition holds. */
function schemaOf(condition: Condition, properties: Readonly<Record<string, Question>>): JsonSchema {
  if ('and' in condition) return allOf(condition.and.map((each) => schemaOf(each, properties)));
  if ('or' in condition) return { anyOf: condition.or.map((each) => schemaOf(each, properties)) };
  if ('not' in condition) return { not: schemaOf(condition.not, properties) };
  const { question: id, equals, oneOf, above, below, answered } = condition;
  const isList = properties[id]?.type === 'array';
  const value = (test: JsonSchema): JsonSchema => holdsFor(id, isList ? { type: 'array', contains: test } : test);
  const tests: JsonSchema[] = [];
  if (answered !== undefined) tests.push(answered ? isGiven(id) : { not: isGiven(id) });
  if (equals !== undefined) tests.push(value({ const: equals }));
  if (oneOf !== undefined) tests.push(value({ enum: oneOf }));
  if (above !== undefined) tests.push(value({ type: 'number', exclusiveMinimum: above }));
  if (below !== undefined) tests.push(value({ type: 'number', exclusiveMaximum: below }));
  return allOf(tests);
}

function comparesDates(condition: Condition): boolean {
  if ('not' in condition) return comparesDates(condition.not);
  if ('question' in condition) return [condition.above, condition.below].some((bound) => typeof bound === 'string');
  return ('and' in condition ? condition.and : condition.or).some(comparesDates);
}

const holdsFor = (id: string, schema: JsonSchema): JsonSchema => ({ required: [id], properties: { [id]: schema } });

const isGiven = (id: string): JsonSchema =>
  holdsFor(id, {
    not: {
      anyOf: [DECLINED_SCHEMA, { type: 'array', maxItems: 0 }, { type: 'string', pattern: '^\\s*$' }, { type: 'null' }],
    },
  });

const allOf = (schemas: JsonSchema[]): JsonSchema => (schemas.length === 1 ? (schemas[0] ?? {}) : { allOf: schemas });
