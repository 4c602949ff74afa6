import type { GraphQLParams } from '../../src/server/graphql/params.ts';

type Bomb = { query: string; variables?: Record<string, unknown>; operationName?: string };

const each = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** Small to send, expensive to execute: each has to be refused before its execution. */
export const tooComplex: Record<string, Bomb> = {
  '200 aliases': { query: `{ ${each(200, (i) => `a${i}: session { id }`)} }` },
  '60 aliases': { query: `{ ${each(60, (i) => `a${i}: session { id }`)} }` },
  '40 levels': { query: `{ session { ${'assessments { nodes { '.repeat(20)} id ${'} }'.repeat(20)} } }` },
  '900 inline fragments in each other': {
    query: `{ ${'... on Query { '.repeat(900)} session { id } ${'}'.repeat(900)} }`,
  },
  'a cost of thousands': {
    query: `{ session { assessments(first: 100) { nodes { result { recommendations { title } scores { area } } }
      edges { node { questionnaire { schema } result { recommendations { title } } } } } } }`,
  },
  'a cost in the second operation': {
    query: `query A { session { id } }
      query B { session { assessments(first: 100) { nodes { questionnaire { schema } } } } }`,
    operationName: 'B',
  },
  'a cost in a variable': {
    query: `query ($n: Int!) { session { assessments(first: $n) { nodes { questionnaire { schema } } } } }`,
    variables: { n: 100 },
  },
  'a large schema 21 times': {
    query: `{ ${each(21, (i) => `a${i}: questionnaire(slug: "ipip-neo-120") { schema }`)} }`,
  },
  '1,900 times the same field': { query: `{ session { ${'id '.repeat(1_900)} } }` },
  '5,000 times the same field': { query: `{ session { ${'id '.repeat(5_000)} } }` },
  '160 fields to be compared with each other': { query: `{ ${each(160, () => 'session { id createdAt }')} }` },
  '280 directives': { query: `{ session { id ${'@include(if: true) '.repeat(280)} } }` },
  '990 unknown directives': { query: `{ session { id ${'@nothing '.repeat(990)} } }` },
  '60 directives of the operation': { query: `query ${'@nothing '.repeat(60)} { session { id } }` },
  '2^150 fields by fragments that double': {
    query: `{ ...F0 } ${each(150, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)}
      fragment F150 on Query { session { id } }`,
  },
  'fragments to be compared with each other': {
    query: `{ ${each(90, (i) => `...F${i}`)} }
      ${each(90, (i) => `fragment F${i} on Query { session { id assessments { nodes { id status } } } }`)}`,
  },
  'lists in lists': { query: `{ questionnaire(slug: ${'['.repeat(990)}${']'.repeat(990)}) { id } }` },
  'lists in lists that do not end': { query: `{ questionnaire(slug: ${'['.repeat(1_900)}` },
  'objects in objects': { query: `{ questionnaire(slug: ${'{a:'.repeat(600)}1${'}'.repeat(600)}) { id } }` },
  'lists in the default of a variable': {
    query: `query ($a: String = ${'['.repeat(900)}${']'.repeat(900)}) { questionnaire(slug: $a) { id } }`,
  },
  'a type of lists of lists': {
    query: `query ($a: ${'['.repeat(900)}String${']'.repeat(900)}) { questionnaire(slug: $a) { id } }`,
  },
  'a large unused fragment': {
    query: `{ __typename } fragment F on Query { session { ${each(488, (i) => `a${i % 40}: id`)} } }`,
  },
  'many unused fragments': {
    query: `{ __typename } ${each(40, (i) => `fragment F${i} on Query { session { ${'id createdAt '.repeat(8)} } }`)}`,
  },
  'fragments of one name': {
    query: `{ ...F } ${each(30, () => `fragment F on Query { session { ${'id createdAt '.repeat(12)} } }`)}`,
  },
  'a long comment': { query: `{ session { id } } # ${'x'.repeat(200_000)}` },
  'a long string': { query: `{ questionnaire(slug: "${'x'.repeat(200_000)}") { id } }` },
  'types that list types that list types': {
    query: `{ __schema { types { ${'fields { type { '.repeat(5)} name ${'} }'.repeat(5)} } } }`,
  },
  'types of the fields of types': { query: '{ __schema { types { fields { type { fields { name } } } } } }' },
  'the schema 45 times': {
    query: `{ ${each(45, (i) => `a${i}: __schema { types { fields { args { name } } } }`)} }`,
  },
  'the types of the schema 45 times': {
    query: `{ __schema { ${each(45, (i) => `a${i}: types { fields { args { name } } }`)} } }`,
  },
};

const SUBMIT = 'mutation ($input: SubmitAssessmentInput!) { submitAssessment(input: $input) { __typename } }';
const fields = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]));

/** Documents and variables with hundreds of errors. */
export const manyErrors: Record<string, Bomb & { code: string }> = {
  'fragments in a circle': {
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A session { id } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  '30 fragments that spread each other': {
    query: `{ ${each(30, (i) => `...F${i}`)} }
      ${each(30, (i) => `fragment F${i} on Query { ${each(28, (j) => `...F${(i + j + 1) % 30}`)} }`)}`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  '290 unknown fields': { query: `{ ${each(290, (i) => `sessio${i}`)} }`, code: 'GRAPHQL_VALIDATION_FAILED' },
  '400 unused variables': {
    query: `query (${each(400, (i) => `$v${i}: Int`)}) { session { id } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  '640 unknown fields in a literal with a long text': {
    query: `mutation { submitAssessment(input: { ${each(640, (i) => `f${i}: 1`)} note: "${'x'.repeat(20_000)}" })
      { __typename } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  '51 wrong variables': {
    query: `query (${each(51, (i) => `$v${i}: Int!`)}) {
      ${each(25, (i) => `a${i}: questionnaire(slug: "x", version: $v${i}) { id }`)}
      ${each(25, (i) => `b${i}: questionnaire(slug: "x", version: $v${i + 25}) { id }`)}
      questionnaire(slug: "x", version: $v50) { id } }`,
    variables: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`v${index}`, 'one'])),
    code: 'BAD_USER_INPUT',
  },
  '50 unknown fields in an input': { query: SUBMIT, variables: { input: fields(50) }, code: 'BAD_USER_INPUT' },
  '20,000 unknown fields in an input': { query: SUBMIT, variables: { input: fields(20_000) }, code: 'BAD_USER_INPUT' },
  '20,000 inputs where one is asked for': {
    query: SUBMIT,
    variables: { input: Array.from({ length: 20_000 }, () => ({ f: 1 })) },
    code: 'BAD_USER_INPUT',
  },
};

/** Makes each document new to the caches. */
let fresh = 0;
export const paramsOf = ({ query, variables, operationName }: Bomb): GraphQLParams => ({
  query: `${query} #${fresh++}`,
  variables,
  operationName,
});
