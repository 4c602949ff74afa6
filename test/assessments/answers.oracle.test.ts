import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersCheck } from '../../src/assessments/answers.ts';
import { pointer } from '../../src/assessments/storage-issues.ts';
import { questionShape } from '../../src/entities/question.ts';
import type { Answers, Question, QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

type Found = { path: string; rule: string };
type Properties = QuestionnaireContent['schema']['properties'];

const RUNS = 3_000;
/** Rules beyond JSON Schema, which ajv does not know; they come first. */
const OWN = new Set(['blank', 'x-not-future', 'nul', 'surrogate', 'unsafe-integer', 'size', 'depth']);

/** The findings of ajv: one rule for each question, in its order. */
function oracle(schema: QuestionnaireContent['schema']): (answers: unknown) => Found[] {
  const ajv = ajvFormats.default(new Ajv2020({ strict: true, allErrors: true, validateSchema: false }), {
    formats: ['date'],
    keywords: true,
  });
  ajv.addVocabulary(['x-not-future', 'x-low', 'x-high', 'x-multiline']);
  const properties = Object.fromEntries(Object.entries(schema.properties).map(([id, one]) => [id, forAjv(one)]));
  const fits = ajv.compile({ ...schema, properties });
  return (answers) => {
    if (fits(answers)) return [];
    const first = new Map<string, string>();
    for (const { path, rule } of (fits.errors ?? []).map((error) => foundOf(error, schema.properties)))
      if (!first.has(path)) first.set(path, rule);
    return [...first].map(([path, rule]) => ({ path, rule }));
  };
}

type Scalar = Pick<Question, 'oneOf' | 'format'>;

/** The schema for ajv, with one error for a choice that is not offered, and without the year 0. */
function forAjv({ oneOf, items, ...rest }: Scalar & { items?: Scalar }): object {
  return {
    ...(rest.format === 'date' ? { formatMinimum: '0001-01-01' } : {}),
    ...rest,
    ...(oneOf ? { enum: oneOf.map((choice) => choice.const) } : {}),
    ...(items ? { items: forAjv(items) } : {}),
  };
}

function foundOf({ keyword, instancePath, params }: ErrorObject, properties: Properties): Found {
  if (keyword === 'additionalProperties') return { path: pointer(params.additionalProperty), rule: keyword };
  if (keyword === 'required') return { path: pointer(params.missingProperty), rule: keyword };
  const id = instancePath.split('/')[1];
  const question = id === undefined ? undefined : properties[id];
  const isChoice = keyword === 'enum' && (question?.items ?? question)?.oneOf !== undefined;
  return { path: id === undefined ? '' : pointer(id), rule: isChoice ? 'oneOf' : keyword };
}

/** The findings of the check and of ajv, without questions that break a rule beyond JSON Schema. */
function findings(content: QuestionnaireContent, find: (answers: unknown) => Found[], answers: unknown) {
  const issues = answersCheck(content)(answers);
  const own = new Set(issues.filter(({ rule }) => OWN.has(rule)).map(({ path }) => path));
  const ours = issues.filter(({ path }) => !own.has(path)).map(({ path, rule }) => ({ path, rule }));
  const theirs = find(answers).filter(({ path }) => !own.has(path));
  return { ours, theirs: issues.length < 100 ? theirs : theirs.slice(0, ours.length) };
}

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(undefined, null, true, '', -0, 0.5, 1e300, '5', [], {}, [[]], '__proto__', 'constructor'),
);
const digits = (length: number, max: number) => fc.nat(max).map((number) => `${number}`.padStart(length, '0'));
const dates = fc.oneof(
  fc.tuple(digits(4, 2_100), digits(2, 13), digits(2, 32)).map((parts) => parts.join('-')),
  fc.constantFrom('2024-02-29', '2023-02-29', '1900-02-29', '2000-02-29', '0000-01-01', '0000-02-29', '0001-01-01'),
  fc.constantFrom('2024-2-9', '02024-01-01', '2024-01-01\n', ' 2024-01-01', '２０２４-01-01', '2024-01-01T00:00:00Z'),
);

/** Answers that are often almost valid. */
function near(question: Question): fc.Arbitrary<unknown> {
  const { oneOf, enum: choices, minimum, maximum, minLength = 0, maxLength = 3, items, maxItems = 3 } = question;
  const offered = oneOf?.map((choice) => choice.const) ?? choices ?? [];
  const around = [minimum, maximum].flatMap((limit) => (limit === undefined ? [] : [limit - 1, limit, limit + 0.5]));
  const texts = fc.string({ unit: 'grapheme', minLength: Math.max(0, minLength - 1), maxLength: maxLength + 1 });
  return fc.oneof(
    { weight: 1, arbitrary: junk },
    { weight: 4, arbitrary: offered.length > 0 ? fc.constantFrom<unknown>(...offered) : fc.integer() },
    { weight: 2, arbitrary: around.length > 0 ? fc.constantFrom<unknown>(...around) : fc.boolean() },
    { weight: 2, arbitrary: question.format ? dates : texts },
    {
      weight: items ? 8 : 0,
      arbitrary: items
        ? fc.array(near({ title: 'x', ...items }), { maxLength: Math.min(maxItems, 4) + 1 })
        : fc.constant([]),
    },
  );
}

const sheetOf = (properties: Properties): fc.Arbitrary<unknown> => {
  const all = Object.fromEntries(Object.entries(properties).map(([id, question]) => [id, near(question)]));
  const asked = fc.oneof(fc.record(all), fc.record(all, { requiredKeys: [] }));
  const others = fc.dictionary(fc.constantFrom('other', 'tostring', 'MOOD', 'z', 'constructor'), junk, { maxKeys: 2 });
  const sheet = fc.tuple(asked, fc.option(others, { freq: 3, nil: {} })).map(([a, b]): unknown => ({ ...b, ...a }));
  return fc.oneof({ weight: 9, arbitrary: sheet }, { weight: 1, arbitrary: junk });
};

/** The value after JSON, as it comes from a client. */
const asJson = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

test.each([
  ['the wellbeing check', wellbeing, RUNS],
  ['the personality questionnaire', ipip, RUNS / 10],
])('%s: the check finds what ajv finds, in the same order', (_, content, numRuns) => {
  const find = oracle(content.schema);
  const sheets = sheetOf(content.schema.properties);
  fc.assert(
    fc.property(fc.oneof(sheets, sheets.map(asJson)), (sheet) => {
      const { ours, theirs } = findings(content, find, sheet);
      expect(ours).toEqual(theirs);
    }),
    { numRuns },
  );
});

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const textChoices = fc.uniqueArray(fc.constantFrom('a', 'bb', 'ccc', 'é', '😀', ' '), { minLength: 2 });
const numberChoices = fc.uniqueArray(fc.integer({ min: -3, max: 3 }), { minLength: 2 });
const oneOf = (values: fc.Arbitrary<(string | number)[]>) =>
  values.map((all) => all.map((value) => ({ const: value, title: `${value}.` })));
const textQuestion = fc.record({
  type: fc.constant('string' as const),
  oneOf: optional(oneOf(textChoices)),
  enum: optional(textChoices),
  minLength: optional(fc.nat(3)),
  maxLength: optional(fc.integer({ min: 1, max: 4 })),
  pattern: optional(fc.constantFrom('^a', '\\p{L}', '^.{2}$', '😀', 'b|c')),
});
const dateQuestion = fc.record({
  type: fc.constant('string' as const),
  format: fc.constant('date' as const),
  formatMinimum: optional(fc.constantFrom('1900-01-01', '2000-02-29')),
  formatMaximum: optional(fc.constantFrom('2000-02-29', '2050-12-31')),
  maxLength: optional(fc.constantFrom(9, 10)),
  'x-not-future': optional(fc.boolean()),
});
const numberQuestion = fc.record({
  type: fc.constantFrom('integer' as const, 'number' as const),
  oneOf: optional(oneOf(numberChoices)),
  enum: optional(numberChoices),
  minimum: optional(fc.integer({ min: -2, max: 1 })),
  maximum: optional(fc.constantFrom(0, 1, 2.5)),
});
const yesOrNo = fc.record({ type: fc.constant('boolean' as const) });
const entries = fc.oneof(textQuestion, dateQuestion, numberQuestion, yesOrNo).map((question) => {
  const { 'x-not-future': _, ...scalar } = { 'x-not-future': undefined, ...question };
  return scalar;
});
const listQuestion = fc.record({
  type: fc.constant('array' as const),
  items: entries,
  minItems: optional(fc.nat(2)),
  maxItems: fc.integer({ min: 1, max: 4 }),
  uniqueItems: optional(fc.boolean()),
});

/** Any valid question of a file. */
const question = fc
  .oneof(textQuestion, dateQuestion, numberQuestion, yesOrNo, listQuestion)
  .map((drawn): unknown => JSON.parse(JSON.stringify({ title: 'Question', ...drawn })))
  .filter((drawn): drawn is Question => questionShape.safeParse(drawn).success);

test('any questionnaire: the check finds what ajv finds, in the same order', () => {
  const properties = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e_1', 'valueof'), question, { minKeys: 1 });
  const drawn = properties.chain((questions) =>
    fc.record({
      content: fc.subarray(Object.keys(questions)).map((required): QuestionnaireContent => {
        const schema = { ...wellbeing.schema, required, properties: { ...questions } };
        return { ...wellbeing, schema };
      }),
      sheets: fc.array(sheetOf(questions), { minLength: 20, maxLength: 20 }),
    }),
  );
  fc.assert(
    fc.property(drawn, ({ content, sheets }) => {
      const find = oracle(content.schema);
      for (const sheet of sheets) {
        const { ours, theirs } = findings(content, find, sheet);
        expect(ours).toEqual(theirs);
      }
    }),
    { numRuns: 300 },
  );
});

test('the check accepts the same answers as the published schema, except for rules beyond JSON Schema', () => {
  const accepts = ajvFormats.default(new Ajv2020({ strict: false })).compile(wellbeing.schema);
  const check = answersCheck(wellbeing);
  fc.assert(
    fc.property(sheetOf(wellbeing.schema.properties), (sheet) => {
      const answers = asJson(sheet);
      const issues = check(answers);
      fc.pre(!issues.some(({ rule }) => OWN.has(rule)));
      expect(issues.length === 0).toBe(accepts(answers));
    }),
    { numRuns: RUNS },
  );
});

test('the check and ajv accept the same dates', () => {
  const properties: Answers & Properties = { born: { title: 'Born', type: 'string', format: 'date' } };
  const content = { ...wellbeing, schema: { ...wellbeing.schema, required: [], properties } };
  const find = oracle(content.schema);
  fc.assert(
    fc.property(dates, (born) => {
      const { ours, theirs } = findings(content, find, { born });
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 5_000 },
  );
});
