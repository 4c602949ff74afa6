import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersCheck } from '../../src/assessments/answers.ts';
import { canaryOf, madeUpAnswers } from '../../src/consumers/canary.ts';
import { buildPrompt } from '../../src/consumers/prompt.ts';
import { itemOf } from '../../src/entities/item.ts';
import { questionShape } from '../../src/entities/question.ts';
import { checkContent, type Question, type QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { score } from '../../src/entities/scoring.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

const title = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `Question ${text}`);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const oneOf = <T extends string | number>(values: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(values, { minLength: 2, maxLength: 6 })
    .map((all) => all.map((value) => ({ const: value, title: `${value}.` })));
const texts = fc.string({ minLength: 1, maxLength: 8 });
const scale = fc.record({
  type: fc.constant('integer' as const),
  minimum: fc.integer({ min: -30, max: 30 }),
  maximum: fc.integer({ min: -30, max: 30 }),
});
const choice = fc.oneof(
  fc.record({ type: fc.constant('string' as const), oneOf: oneOf(texts) }),
  fc.record({ type: fc.constant('integer' as const), oneOf: oneOf(fc.integer({ min: -5, max: 5 })) }),
);
const choices = fc.record({
  type: fc.constant('array' as const),
  items: choice,
  minItems: optional(fc.nat(6)),
  maxItems: fc.integer({ min: 1, max: 8 }),
  uniqueItems: optional(fc.boolean()),
});
const text = fc.record({
  type: fc.constant('string' as const),
  minLength: optional(fc.nat(300)),
  maxLength: fc.integer({ min: 1, max: 400 }),
  pattern: optional(fc.constantFrom('^[0-9]{5}$', '^This')),
});

/** Any question of a file. */
const question = fc
  .tuple(title, fc.oneof(scale, choice, choices, text))
  .map(([its, drawn]): unknown => JSON.parse(JSON.stringify({ ...drawn, title: its })))
  .filter(
    (drawn): drawn is Question =>
      questionShape.safeParse(drawn).success && 'kind' in itemOf('x', drawn as Question, true),
  );

/** Any questionnaire: the wellbeing check with more questions. */
const questionnaire = fc
  .dictionary(fc.stringMatching(/^x_[a-z0-9]{1,8}$/), question, { minKeys: 1, maxKeys: 8 })
  .map((more): QuestionnaireContent => {
    const properties = { ...wellbeing.schema.properties, ...more };
    const pages = [...wellbeing.pages, { title: 'More', items: Object.keys(more) }];
    const schema = { ...wellbeing.schema, properties, required: Object.keys(properties) };
    return checkContent({ ...wellbeing, pages, schema }, 'wellbeing-check.v1.json');
  });

/** The rules that made-up answers break. */
const brokenIn = (content: QuestionnaireContent) =>
  answersCheck(content)(madeUpAnswers(content)).map(({ path, rule }) => ({ question: path.slice(1), rule }));

test.each([
  ['the wellbeing check', wellbeing],
  ['the personality questionnaire', ipip],
])('made-up answers to %s are valid, complete and always the same', (_, content) => {
  expect(brokenIn(content)).toEqual([]);
  expect(Object.keys(madeUpAnswers(content))).toEqual(Object.keys(content.schema.properties));
  expect(madeUpAnswers(content)).toEqual(madeUpAnswers(content));
});

test('made-up answers to any questionnaire are valid, patterns of texts apart', () => {
  fc.assert(
    fc.property(questionnaire, (content) => {
      const broken = brokenIn(content);
      const isMet = (id: string): boolean => content.schema.properties[id]?.pattern === undefined;
      expect(broken.filter((one) => one.rule !== 'pattern' || isMet(one.question))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a made-up assessment says that no person has filled it in', () => {
  expect(JSON.stringify(canaryOf([wellbeing])?.messages)).toContain('no person has filled it in');
});

test('the longest prompt is asked for, with the schemas of its questionnaire', () => {
  fc.assert(
    fc.property(fc.array(questionnaire, { minLength: 1, maxLength: 4 }), (contents) => {
      const lengthOf = (content: QuestionnaireContent): number => {
        const answers = madeUpAnswers(content);
        const { messages } = buildPrompt(content, answers, score(content, answers));
        return messages.reduce((sum, message) => sum + message.content.length, 0);
      };
      const canary = canaryOf(contents);
      expect(canary?.characters).toBe(Math.max(...contents.map(lengthOf)));
      expect(canary && lengthOf(canary.content)).toBe(canary?.characters);
    }),
    { numRuns: 50 },
  );
  const { messages, schema, reducedSchema } = buildPrompt(ipip, madeUpAnswers(ipip), score(ipip, madeUpAnswers(ipip)));
  expect(canaryOf([wellbeing, ipip])).toMatchObject({ content: { slug: ipip.slug }, messages, schema, reducedSchema });
});

test('without a questionnaire there is no made-up assessment', () => {
  expect(canaryOf([])).toBeUndefined();
});
