import { memoize } from '../memory/memoize.ts';
import { OTHER_MAX } from './answer.ts';
import { testsOf, type Condition, type ConditionTest } from './condition.ts';
import { EMAIL_PATTERN } from './email.ts';
import { conditionsById } from './item.ts';
import type { Question } from './question.ts';
import type { QuestionnaireContent } from './questionnaire-shape.ts';
import { VISIBLE_PATTERN } from './text.ts';

type JsonSchema = Record<string, unknown>;

/** The format `date` allows the year 0, which PostgreSQL does not have. */
export const YEAR_ONE = '0001-01-01';

/**
 * The JSON Schema (2020-12) of the answers, for any validator: without the keywords for authors, which begin with `x-`; other
 * ways to answer and conditions become alternatives. Answers that fit it are accepted, except for what JSON Schema can't say:
 * dates after today, and questions that are required by a condition on a date. Answers to hidden questions are checked, too.
 */
export const answersSchema = memoize((content: QuestionnaireContent): JsonSchema => {
  const { properties, required, ...schema } = content.schema;
  const conditions = conditionsById(content);
  const conditional = new Set(required.filter((id) => conditions.has(id)));
  const visible = visibilityOf(properties, conditions);
  const rules = [...conditional].filter(visible.isKnown).map((id) => ({
    anyOf: [{ not: visible.ref(id) }, has(id)],
  }));
  return {
    ...schema,
    required: required.filter((id) => !conditional.has(id)),
    properties: Object.fromEntries(Object.entries(properties).map(([id, question]) => [id, questionSchema(question)])),
    ...(rules.length > 0 ? { allOf: rules, $defs: visible.definitions() } : {}),
  };
});

/**
 * Schemas of the answers with which a question is shown, as definitions that refer to each other: an answer to a hidden
 * question counts as none, and a definition for each keeps the schema short.
 */
function visibilityOf(properties: Readonly<Record<string, Question>>, conditions: ReadonlyMap<string, Condition[]>) {
  const used = new Map<string, JsonSchema>();
  const unknown = new Set<string>();
  // Conditions refer to earlier questions only, so one pass in their order is enough.
  for (const [id, shownIf] of conditions) {
    const asked = shownIf.flatMap((each) => [...testsOf(each)]);
    if (asked.some((test) => comparesDates(test) || unknown.has(test.question))) unknown.add(id);
  }
  const ref = (id: string): JsonSchema => {
    if (!used.has(id)) {
      used.set(id, {});
      used.set(id, allOf((conditions.get(id) ?? []).map((each) => schemaOf(each, properties, isShown))));
    }
    return { $ref: `#/$defs/${id}` };
  };
  const isShown = (id: string): JsonSchema[] => (conditions.has(id) ? [ref(id)] : []);
  return { ref, isKnown: (id: string) => !unknown.has(id), definitions: () => Object.fromEntries(used) };
}

const DECLINED_SCHEMA = objectWith('declined', { const: true });
const OTHER_SCHEMA = objectWith('other', {
  type: 'string',
  minLength: 1,
  maxLength: OTHER_MAX,
  pattern: VISIBLE_PATTERN,
});

/** Without the keywords for authors, and with each way to answer. */
function questionSchema(question: Question): JsonSchema {
  const { title, description } = question;
  const words = { title, ...(description === undefined ? {} : { description }) };
  const other = question['x-other'] !== undefined;
  const own = question.type === 'array' ? listSchema(question, other) : scalarSchema(question);
  const ways = [
    own,
    ...(other && question.type !== 'array' ? [OTHER_SCHEMA] : []),
    ...(question['x-prefer-not-to-say'] ? [DECLINED_SCHEMA] : []),
  ];
  return ways.length === 1 ? { ...words, ...own } : { ...words, anyOf: ways };
}

function scalarSchema(question: Question): JsonSchema {
  const { title: _title, description: _description, ...rules } = withoutOwnKeywords(question);
  const { type, pattern, minLength = 0, format } = question;
  const patterns = [
    ...(pattern === undefined ? [] : [pattern]),
    ...(type === 'string' && (pattern !== undefined || minLength > 0) ? [VISIBLE_PATTERN] : []),
    ...(format === 'email' ? [EMAIL_PATTERN] : []),
  ];
  const { pattern: _pattern, ...others } = rules;
  return {
    ...(format === 'date' ? { formatMinimum: YEAR_ONE } : {}),
    ...others,
    ...(patterns.length > 0 ? { pattern: patterns[0] } : {}),
    ...(patterns.length > 1 ? { allOf: patterns.slice(1).map((each) => ({ pattern: each })) } : {}),
  };
}

function listSchema(question: Question, other: boolean): JsonSchema {
  const { title: _title, description: _description, items, ...rules } = withoutOwnKeywords(question);
  if (!other) return { ...rules, items };
  const once = question.uniqueItems ? { contains: { type: 'object' }, minContains: 0, maxContains: 1 } : {};
  return { ...rules, ...once, items: { anyOf: [items, OTHER_SCHEMA] } };
}

const withoutOwnKeywords = (question: Question): JsonSchema =>
  Object.fromEntries(Object.entries(question).filter(([keyword]) => !keyword.startsWith('x-')));

function objectWith(key: string, value: JsonSchema): JsonSchema {
  return { type: 'object', required: [key], additionalProperties: false, properties: { [key]: value } };
}

/** The answers for which a condition holds. `isShown`: what a question needs in order to be shown. */
function schemaOf(
  condition: Condition,
  properties: Readonly<Record<string, Question>>,
  isShown: (id: string) => JsonSchema[],
): JsonSchema {
  const inner = (each: Condition): JsonSchema => schemaOf(each, properties, isShown);
  if ('and' in condition) return allOf(condition.and.map(inner));
  if ('or' in condition) return { anyOf: condition.or.map(inner) };
  if ('not' in condition) return { not: inner(condition.not) };
  const { answered, ...test } = condition;
  const isList = properties[test.question]?.type === 'array';
  const given = allOf([...isShown(test.question), isGiven(test.question)]);
  const tests = valueTests(test).map((schema) =>
    has(test.question, isList ? { type: 'array', contains: schema } : schema),
  );
  if (answered === false) return tests.length > 0 ? { not: {} } : { not: given };
  return allOf([given, ...tests]);
}

function valueTests({ equals, oneOf, above, below }: Omit<ConditionTest, 'answered'>): JsonSchema[] {
  return [
    ...(equals === undefined ? [] : [{ const: equals }]),
    ...(oneOf === undefined ? [] : [{ enum: [...new Set(oneOf)] }]),
    ...(above === undefined ? [] : [{ type: 'number', exclusiveMinimum: above }]),
    ...(below === undefined ? [] : [{ type: 'number', exclusiveMaximum: below }]),
  ];
}

const comparesDates = ({ above, below }: ConditionTest): boolean =>
  [above, below].some((bound) => typeof bound === 'string');

const has = (id: string, schema: JsonSchema | true = true): JsonSchema => ({
  type: 'object',
  required: [id],
  properties: { [id]: schema },
});

const isGiven = (id: string): JsonSchema =>
  has(id, {
    not: {
      anyOf: [
        DECLINED_SCHEMA,
        { type: 'array', maxItems: 0 },
        { type: 'string', not: { pattern: VISIBLE_PATTERN } },
        { type: 'null' },
      ],
    },
  });

const allOf = (schemas: JsonSchema[]): JsonSchema => (schemas.length === 1 ? (schemas[0] ?? {}) : { allOf: schemas });
