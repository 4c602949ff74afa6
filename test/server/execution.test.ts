import { execute, parse, validate, type ExecutionResult } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../src/schema/context.ts';
import { NotFoundError, NotRetryableError, UnavailableError } from '../../src/errors.ts';
import { schema } from '../../src/schema/index.ts';
import { compilingExecute } from '../../src/server/execution.ts';
import { viewOf } from './fake-edge.ts';

const session = { id: 'the-session', createdAt: new Date(0), expiresAt: new Date(1e12) };
const recommendation = { title: 'Sleep', rationale: 'Tired', action: 'Go to bed', area: null, priority: 'HIGH' };
const result = { summary: 'All in all', recommendations: [recommendation], scores: [], model: 'm', promptVersion: '1' };
const completed = { ...viewOf('completed'), endedAt: new Date(5), result };

/** Answers from memory; what is asked for by the id "gone" fails on the way. */
const contextValue = {
  session: async () => session,
  requireSession: async () => session,
  requireOperator: () => {
    throw new UnavailableError('database', 'unknown');
  },
  readyToSend: async () => {},
  event: {},
  trace: {},
  services: {
    reading: {
      byId: async () => completed,
      ofSession: async () => [completed, { ...completed, status: 'unheard-of' }],
    },
    questionnaires: { byId: async () => undefined, find: () => undefined, list: () => [] },
    cancel: async () => completed,
    retry: {
      retry: async (_session: unknown, id: string) => {
        throw id.endsWith('1') ? new NotFoundError() : new NotRetryableError();
      },
    },
    feeds: {},
  },
} as unknown as Context;

const id = '0190a000-0000-7000-8000-000000000000';
const other = '0190a000-0000-7000-8000-000000000001';
const compiled = compilingExecute(execute, 0);

const cases: [title: string, query: string, variables?: Record<string, unknown>][] = [
  ['names, aliases and scalars', `{ a: assessment(id: "${id}") { id __typename answers submittedAt end: endedAt } }`],
  [
    'lists in lists',
    `{ assessment(id: "${id}") { result { summary recommendations { title priority area } scores { value } } } }`,
  ],
  ['nothing', '{ questionnaire(slug: "x") { title } questionnaires { slug } }'],
  [
    'fragments, also twice',
    `query { assessment(id: "${id}") { ...A ...B } } fragment A on Assessment { id result { model } } fragment B on Assessment { id result { summary } }`,
  ],
  ['a variable', 'query Q($id: ID!) { assessment(id: $id) { id } }', { id }],
  ['a default', 'query Q($first: Int = 1) { session { assessments(first: $first) { nodes { id } } } }', {}],
  ['a field that fails within a list', '{ session { assessments { nodes { id status } pageInfo { hasNextPage } } } }'],
  [
    'a field that may not be null and fails',
    `{ assessment(id: "${id}") { id questionnaire { slug } } ok: questionnaires { slug } }`,
  ],
  ['a resolver that refuses', '{ deadLetters { nodes { code } } questionnaires { slug } }'],
  [
    'an error as a member of a union',
    `mutation { retryAssessment(id: "${id}") { __typename ... on UserError { message } ... on Assessment { id } } }`,
  ],
  [
    'one after the other',
    `mutation { a: retryAssessment(id: "${id}") { ... on NotRetryableError { message } } b: retryAssessment(id: "${other}") { __typename ... on NotFoundError { message } } c: cancelAssessment(id: "${id}") { ... on Assessment { status } } }`,
  ],
  ['the name of the type of mutations', 'mutation { __typename }'],
  [
    'a mutation in a fragment',
    `mutation { ...M } fragment M on Mutation { cancelAssessment(id: "${id}") { ... on Assessment { status } } }`,
  ],
  [
    'a mutation that is left out',
    `mutation M($on: Boolean!) { cancelAssessment(id: "${id}") @include(if: $on) { __typename } }`,
    { on: false },
  ],
  ['an input that is no id', '{ assessment(id: "1") { id } }'],
  ...[true, false].map((on): (typeof cases)[number] => [
    `@skip and @include, ${on}`,
    `query Q($on: Boolean!) { assessment(id: "${id}") { id @skip(if: $on) ...A @include(if: $on) ... @skip(if: $on) { version } ... @include(if: true) { round } } } fragment A on Assessment { status @include(if: $on) result @skip(if: $on) { summary } }`,
    { on },
  ]),
];

const shown = ({ data, errors }: ExecutionResult) => JSON.parse(JSON.stringify({ data, errors })) as unknown;

describe('an operation that was compiled answers as graphql-js does:', () => {
  test.each(cases)('%s', async (_, query, variableValues = {}) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const args = { schema, document, variableValues, contextValue };
    const asGraphQL = await execute({ ...args, document: parse(query) });
    expect(shown(await compiled(args))).toEqual(shown(asGraphQL));
    // What was compiled can be interpreted all the same.
    expect(shown(await execute(args))).toEqual(shown(asGraphQL));
  });
});

test('an operation is compiled once it was asked for often enough, each of a document for itself', async () => {
  let interpreted = 0;
  const document = parse('query A { questionnaires { slug } } query B { questionnaires { title } }');
  const carryOut = compilingExecute((args) => {
    interpreted++;
    return execute(args);
  }, 2);
  const ask = (operationName: string) => carryOut({ schema, document, operationName, contextValue });
  for (let time = 1; time <= 4; time++) {
    expect(await ask('A')).toEqual({ data: { questionnaires: [] } });
    expect(interpreted).toBe(Math.min(time, 2));
  }
  await ask('B');
  expect(interpreted).toBe(3);
});
