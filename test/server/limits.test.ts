import { getIntrospectionQuery, print, type DocumentNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Context } from '../../src/schema/context.ts';
import { TABS } from '../../src/server/http/rest/graphiql.ts';
import { createGraphQL } from '../../src/server/graphql/graphql.ts';
import * as page from '../../web/src/gql/graphql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { paramsOf, tooComplex, manyErrors } from './bombs.ts';
import { postGraphQL } from './requests.ts';

const engine = (introspection: boolean) =>
  createGraphQL({
    introspection,
    queryRate: () => [],
    log: createLog('silent', 'api'),
    metrics: createMetrics(),
  });
const engines = { 'with introspection': engine(true), 'without introspection': engine(false) };
type Prepare = ReturnType<typeof engine>['prepare'];
const context = { requestId: 'a-request', networks: () => [] } as unknown as Context;

/** In loops of fixed work, about 10 ms each on a quiet machine. A document that passes the limits costs hundreds of them. */
const LOOPS_MAX = 5;
const WORK = Array.from({ length: 3_000 }, (_, index) => ({ index, text: `item ${index}`, list: [index, index + 1] }));
const loop = (): void => {
  for (let count = 0; count < 4; count++) JSON.parse(JSON.stringify(WORK));
};

function cpuMsOf(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** CPU time relative to the loop's, measured next to each other; the least of five, since a busy machine adds to both. */
const costOf = (action: () => unknown): number =>
  Math.min(...Array.from({ length: 5 }, () => cpuMsOf(action) / Math.max(cpuMsOf(loop), 1)));

describe.each(Object.entries(engines))('%s', (_, { prepare }: { prepare: Prepare }) => {
  test.each(Object.keys(tooComplex))(
    'a too complex document is refused at little cost, without numbers in the message: %s',
    (name) => {
      const bomb = tooComplex[name] as { query: string };
      const cost = costOf(() =>
        expect(prepare(paramsOf(bomb), context)).toEqual([
          expect.objectContaining({
            message: expect.not.stringMatching(/\d/),
            extensions: { code: 'OPERATION_TOO_COMPLEX', requestId: 'a-request' },
          }),
        ]),
      );
      expect(cost).toBeLessThan(LOOPS_MAX);
    },
  );

  test.each(Object.keys(manyErrors))(
    'a document with hundreds of errors gets a short list of them at little cost: %s',
    (name) => {
      const { code, ...bomb } = manyErrors[name] as (typeof manyErrors)[string];
      const cost = costOf(() => {
        const prepared = prepare(paramsOf(bomb), context);
        const errors = Array.isArray(prepared) ? prepared : [];
        expect(errors.map(({ extensions }) => extensions?.['code'])).toContain(code);
        expect(errors.length).toBeLessThan(22);
        expect(JSON.stringify(errors).length).toBeLessThan(30_000);
      });
      expect(cost).toBeLessThan(LOOPS_MAX);
    },
  );
});

describe('the documents of the web page and of GraphiQL are within the limits:', () => {
  const documents = Object.entries(page).flatMap(([name, value]) =>
    name.endsWith('Document') ? [[name, print(value as DocumentNode)] as const] : [],
  );
  const introspection = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });

  test('the page has documents', () => expect(documents.length).toBeGreaterThan(5));

  test.each([
    ...documents,
    ...TABS.map(({ query }) => [/\w+ \w+/.exec(query)?.[0] ?? '', query] as const),
    ['the introspection of GraphiQL', introspection] as const,
  ])('%s', (_, query) => {
    // The page reads its list in parts of ten.
    const listed = { first: 10, after: 'x', questionnaire: 'x', version: 1, language: 'en' };
    const named = { id: 'x', assessmentId: 'x', slug: 'x', ...listed, input: { questionnaire: 'x', answers: {} } };
    const operation = engines['with introspection'].prepare(
      { query, variables: named, operationName: undefined },
      context,
    );
    expect(operation).toHaveProperty('document');
  });
});

describe('over HTTP', () => {
  let on: TestApp;
  let off: TestApp;
  beforeAll(async () => {
    [on, off] = await Promise.all([
      startApp({ role: 'api', env: { GRAPHIQL: '1' } }),
      startApp({ role: 'api', env: { GRAPHIQL: '0' } }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([on.close(), off.close()]);
  });
  const ask = (app: TestApp, body: object) => postGraphQL(app.url, JSON.stringify(body));

  test.each(Object.keys(tooComplex))('a too complex document is OPERATION_TOO_COMPLEX: %s', async (name) => {
    expect(await ask(on, paramsOf(tooComplex[name] as { query: string }))).toBeRefused({
      status: 200,
      code: 'OPERATION_TOO_COMPLEX',
    });
  });

  test('introspection is refused where GraphiQL is off, and allowed where it is on', async () => {
    const body = { query: getIntrospectionQuery() };
    expect(await ask(off, body)).toBeRefused({ status: 200, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(await ask(off, { query: '{ __type(name: "Query") { name } }' })).toBeRefused({
      status: 200,
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
    expect(JSON.parse((await ask(on, body)).text).data.__schema.types.length).toBeGreaterThan(20);
    // `__typename` reveals nothing of the schema, and clients need it.
    expect(JSON.parse((await ask(off, { query: '{ __typename }' })).text)).toEqual({ data: { __typename: 'Query' } });
  });

  test.each([
    ['field', { query: '{ sesion { id } }' }],
    ['type', { query: '{ session { ... on Sesion { id } } }' }],
    ['argument', { query: '{ questionnaire(slugg: "x") { id } }' }],
    ['enum value', { query: 'mutation { startSession(transport: COOKI) { token } }' }],
    ['field of a literal', { query: 'mutation { submitAssessment(input: { answerss: 1 }) { __typename } }' }],
    [
      'enum value in a variable',
      {
        query: 'mutation ($t: SessionTransport!) { startSession(transport: $t) { token } }',
        variables: { t: 'COOKI' },
      },
    ],
    [
      'field of a variable',
      {
        query: 'mutation ($i: SubmitAssessmentInput!) { submitAssessment(input: $i) { __typename } }',
        variables: { i: { questionnaire: 'x', answers: {}, answerss: 1 } },
      },
    ],
  ])('a misspelt %s gets a suggestion only where introspection is on', async (_, body) => {
    expect((await ask(on, body)).text).toContain('Did you mean');
    expect((await ask(off, body)).text).not.toContain('Did you mean');
  });

  test('errors about a variable name its place, and no error repeats a value of the client', async () => {
    const query = 'mutation ($i: SubmitAssessmentInput!) { submitAssessment(input: $i) { __typename } }';
    const secret = 'my secret sorrow';
    for (const i of [
      { questionnaire: [secret], answers: { note: secret } },
      { questionnaire: 'x', answers: { note: secret }, [`own`]: secret },
      { questionnaire: 'x', answers: { note: secret }, questionnaireVersion: secret },
      { questionnaire: 'x', answers: { note: secret }, watch: { secret } },
      [{ answers: secret }],
      secret,
    ]) {
      const response = await ask(on, { query, variables: { i } });
      expect(response).toBeRefused({ status: 200, code: 'BAD_USER_INPUT', message: /^Variable "\$i/ });
      expect(response.text).not.toContain('sorrow');
    }
    const literal = `mutation { submitAssessment(input: { answers: {}, questionnaire: ["${secret}"] }) { __typename } }`;
    expect((await ask(on, { query: literal })).text).not.toContain('sorrow');
    expect((await ask(on, { query: `{ session "${secret}" }` })).text).not.toContain('sorrow');
  });
});
