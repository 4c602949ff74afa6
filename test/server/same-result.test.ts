import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEveryTransport, type EveryTransport } from './every-transport.ts';
import { SESSION } from './fake-server.ts';
import { noted } from './fake-services.ts';
import { requestOf, fixedDocuments } from './fixed-documents.ts';
import { PROGRAM_TEXTS } from './program-texts.ts';

/** The first parses and validates; the others use what is cached. */
const TIMES = 3;

let every: EveryTransport;
beforeAll(async () => {
  every = await startEveryTransport();
});
afterAll(() => every[Symbol.asyncDispose]());

test.each(Object.keys(fixedDocuments))(
  `a document has the same result as by graphql-js, ${TIMES} times over every transport: %s`,
  async (name) => {
    const { isTooComplex } = await every.expectSame(requestOf(name), TIMES);
    expect(isTooComplex).toBe(false);
  },
);

// Each text as a literal of GraphQL, and the value that has to arrive.
const escaped = (text: string): string => JSON.stringify(text);
/** With characters at both ends that a block string keeps: it loses white space there. */
const framed = (text: string): string => `${/^[\s"]/.test(text) ? 'a' : ''}${text} z`;
const block = (text: string): string => `"""${framed(text).replaceAll('"""', '\\"""')}"""`;
const ofBlock = (text: string): string => framed(text).replaceAll(/\r\n?/g, '\n');

test.each([
  ['a literal', escaped, (text: string) => text],
  ['a block string', block, ofBlock],
])('a text that is a program arrives as data in %s', async (_, literal, arrived) => {
  const list = PROGRAM_TEXTS.map(literal).join(', ');
  const texts = PROGRAM_TEXTS.map(arrived);

  const fields = PROGRAM_TEXTS.map((text, index) => `a${index}: questionnaire(slug: ${literal(text)}) { id }`);
  const query = await every.expectSame({ query: `{ ${fields.join(' ')} }` }, TIMES);
  expect(query.calls).toEqual(texts.map((text) => noted('find', text, undefined)));

  const defaults = PROGRAM_TEXTS.map((text, index) => `$v${index}: String! = ${literal(text)}`);
  const uses = PROGRAM_TEXTS.map((__, index) => `a${index}: questionnaire(slug: $v${index}) { id }`);
  const byDefault = await every.expectSame({ query: `query (${defaults.join(' ')}) { ${uses.join(' ')} }` }, TIMES);
  expect(byDefault.calls).toEqual(query.calls);

  const answers = `{ list: [${list}], nested: { list: [[${list}]] } }`;
  const submission = `mutation ($rest: JSON! = { list: [${list}] }) { submitAssessment(
    input: { questionnaire: "small", answers: { mine: ${answers}, rest: $rest } }) { assessment { answers } } }`;
  const { results } = await every.expectSame({ query: submission }, TIMES);
  const mine = { list: texts, nested: { list: [texts] } };
  expect(JSON.parse(results[0]?.data ?? '')).toEqual({
    submitAssessment: { assessment: { answers: { mine, rest: { list: texts } } } },
  });
});

test('a text that is a program arrives as data in a variable', async () => {
  const variables = Object.fromEntries(PROGRAM_TEXTS.map((text, index) => [`v${index}`, text]));
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const uses = Object.keys(variables).map((name) => `a_${name}: questionnaire(slug: $${name}) { id }`);
  const query = `query (${declared.join(' ')}) { ${uses.join(' ')} }`;
  const { calls } = await every.expectSame({ query, variables }, TIMES);
  expect(calls).toEqual(PROGRAM_TEXTS.map((text) => noted('find', text, undefined)));
});

test.each(PROGRAM_TEXTS)('a text that is a program arrives as data in a subscription: %j', async (text) => {
  const literal = `subscription { assessmentFinished(after: ${escaped(text)}) { __typename } }`;
  expect((await every.expectSame({ query: literal }, TIMES)).calls[0]).toBe(noted('open', SESSION.id, text));

  const byDefault = `subscription ($v: String! = ${block(text)}) { assessmentFinished(after: $v) { __typename } }`;
  expect((await every.expectSame({ query: byDefault }, TIMES)).calls[0]).toBe(noted('open', SESSION.id, ofBlock(text)));
});
