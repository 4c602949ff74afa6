import type { GraphQLRequest } from './reference.ts';
import { CURSORS, IDS } from './fake-services.ts';

const [WAITING, PROCESSING, COMPLETED, FAILED, , WITHOUT_QUESTIONNAIRE, WRONG_SCORE, MISSING, AWAY, BROKEN] = IDS;

/** `submitAssessment` with these answers as a literal, and other fields of its input. */
const submit = (answers: string, rest = ''): string =>
  `submitAssessment(input: { questionnaire: "small", answers: ${answers} ${rest} }) { assessment { answers } errors { code } }`;
const replay = (filter: string): string => `replayDeadLetters(filter: ${filter}) { replayed }`;
const list = (args: string): string => `session { assessments(${args}) { nodes { status } } }`;

/** JSON.parse makes `__proto__` an own field, unlike an object literal. */
const json = (text: string): Record<string, unknown> => JSON.parse(text);

export const fixedDocuments: Record<
  string,
  string | [query: string, variables?: Record<string, unknown>, operationName?: string]
> = {
  // Variables within literals.
  'a variable in a JSON literal': [
    `mutation ($n: String!) { ${submit('{ mood: 7, note: $n }')} }`,
    { n: 'I sleep badly' },
  ],
  'a variable in a list in a JSON literal': [
    `mutation ($x: Int, $y: JSON) { ${submit('{ list: [1, $x, [$y]] }')} }`,
    { x: 2, y: { z: [null] } },
  ],
  'variables without a value in a JSON literal': [
    `mutation ($x: Int, $y: Int) { ${submit('{ list: [1, $x], y: $y }')} }`,
    {},
  ],
  'a default in a JSON literal': [
    `mutation ($x: Int = 3, $y: JSON! = { a: [1] }) { ${submit('{ x: $x, y: $y }')} }`,
    {},
  ],
  'a moment, an enum and a list by variables in a JSON literal': [
    `mutation ($d: DateTime, $s: AssessmentStatus, $i: [ID!]) { ${submit('{ d: $d, s: $s, i: $i }')} }`,
    { d: '2020-01-01T00:00:00Z', s: 'FAILED', i: [1, 'x'] },
  ],
  'whole answers by a variable': [
    `mutation ($a: JSON!) { ${submit('$a')} }`,
    { a: json('{ "__proto__": { "x": 1 }, "constructor": [1, 1.5, null] }') },
  ],
  'a whole input by a variable': [
    'mutation ($i: SubmitAssessmentInput!) { submitAssessment(input: $i) { __typename } }',
    { i: { questionnaire: 'small', answers: {} } },
  ],
  'a nullable variable without a value in an input': [
    `mutation ($k: String, $w: Boolean) { ${submit('{}', 'idempotencyKey: $k watch: $w')} }`,
    {},
  ],
  'null by a variable in an input': [
    `mutation ($w: Boolean, $v: Int) { ${submit('{}', 'watch: $w questionnaireVersion: $v')} }`,
    { w: null, v: null },
  ],
  'null as a literal in an input': `mutation { ${submit('{ a: null }', 'watch: null idempotencyKey: null')} }`,
  'ids by a variable in a list': [
    `mutation ($i: ID!) { ${replay(`{ assessmentIds: [$i, "${WAITING}"] }`)} }`,
    { i: COMPLETED },
  ],
  'one id where a list is expected': [
    `mutation ($i: [ID!]) { a: ${replay(`{ assessmentIds: "${WAITING}" }`)} b: ${replay('{ assessmentIds: $i }')} }`,
    { i: COMPLETED },
  ],
  'moments by literals and variables': [
    `mutation ($s: DateTime!) { ${replay('{ since: $s, until: "2020-01-01T00:00:00.5+01:00" }')} }`,
    { s: '2020-01-01T00:00:00Z' },
  ],
  // Literals with odd names and numbers.
  'odd names in a JSON literal': `mutation { ${submit('{ __proto__: { mood: 7 }, constructor: 1, toString: [2], toJSON: "x" }')} }`,
  'numbers in a JSON literal': `mutation { ${submit('{ n: [0, -0, 1.5, 1e3, 1E-7, 9007199254740993, 1e400] }')} }`,
  'words and nested lists in a JSON literal': `mutation { ${submit('{ a: A_WORD, b: [[], [[]], {}], c: true }')} }`,
  // Aliases, fragments, operation names.
  'the alias __proto__': '{ __proto__: questionnaire(slug: "small") { slug } }',
  'the alias __proto__ within': '{ a: questionnaire(slug: "small") { __proto__: slug title } }',
  'aliases that objects have':
    '{ constructor: questionnaire(slug: "small") { toString: slug then: title hasOwnProperty: id toJSON: version } }',
  'the alias __typename': '{ __typename: questionnaires { slug } }',
  'a fragment named constructor': '{ ...constructor } fragment constructor on Query { questionnaires { slug } }',
  'a fragment named __proto__': '{ ...__proto__ } fragment __proto__ on Query { questionnaires { slug } }',
  'one field by two fragments':
    '{ ...A ...B } fragment A on Query { session { id } } fragment B on Query { session { expiresAt } }',
  'merged fields':
    '{ session { assessments(first: 1) { nodes { id } } assessments(first: 1) { nodes { status } pageInfo { hasNextPage } } } }',
  'inline fragments with a type and without': '{ ... on Query { session { id } } ... { questionnaires { slug } } }',
  'the second of two operations': ['query A { session { id } } query B { questionnaires { slug } }', undefined, 'B'],
  'the first of two operations, by variables of its own': [
    'query A($v: Int = 1) { questionnaire(slug: "small", version: $v) { version } } query B($v: Int = 2) { questionnaire(slug: "small", version: $v) { version } }',
    {},
    'A',
  ],
  'an operation named __proto__': [
    'query __proto__ { session { id } } mutation B { endSession { ended } }',
    undefined,
    '__proto__',
  ],
  'a mutation beside a query': ['query A { session { id } } mutation B { endSession { ended } }', undefined, 'B'],
  'no name for two operations': 'query A { session { id } } query B { questionnaires { slug } }',
  'a name of no operation': ['query A { session { id } }', undefined, 'constructor'],
  'type names': '{ __typename session { __typename assessments(first: 1) { __typename nodes { __typename } } } }',
  'payloads, and errors by type and by interface': `mutation { a: cancelAssessment(id: "${WAITING}") { ...R } b: cancelAssessment(id: "${COMPLETED}") { ...R } c: retryAssessment(id: "${MISSING}") { errors { ...E } } d: submitAssessment(input: { questionnaire: "invalid", answers: {} }) { errors { ...E } } } fragment R on CancelAssessmentPayload { __typename assessment { status } errors { ... on NotCancellableError { message path } } } fragment E on UserError { __typename message code path ... on InvalidAnswersError { issues { path } } }`,
  'fields in the order of the document': `mutation { b: endSession { ended } a: startSession(transport: BEARER) { token } c: ${submit('{}')} }`,
  'the schema': '{ __schema { queryType { name } types { name kind } } __type(name: "JSON") { name fields { name } } }',
  // Variables with odd names, and undeclared ones.
  'the variable __proto__': [
    'query ($__proto__: String!) { questionnaire(slug: $__proto__) { slug } }',
    json('{ "__proto__": "small" }'),
  ],
  'the variable __proto__ without a value': [
    'query ($__proto__: Int) { questionnaire(slug: "small", version: $__proto__) { version } }',
    {},
  ],
  'the variable constructor': [
    'query ($constructor: String!) { questionnaire(slug: $constructor) { slug } }',
    { constructor: 'small' },
  ],
  'the variable constructor without a value': [
    'query ($constructor: Int) { questionnaire(slug: "small", version: $constructor) { slug } }',
    {},
  ],
  'the variable toString with a default': [`query ($toString: Int = 1) { ${list('first: $toString')} }`, {}],
  'variables that are not declared': [
    'query ($v: Int) { questionnaire(slug: "small", version: $v) { version } }',
    json('{ "v": 2, "slug": "other", "__proto__": { "v": 1 }, "x": [] }'),
  ],
  'a variable of another operation': [
    'query A($v: Int) { questionnaire(slug: "small", version: $v) { version } } query B($w: Int) { questionnaire(slug: "other", version: $w) { version } }',
    { v: 2, w: 1 },
    'A',
  ],
  'a variable that no operation declares': '{ questionnaire(slug: $slug) { slug } }',
  // Defaults.
  'Boolean! with the default false': [
    'query ($i: Boolean! = false) { session @include(if: $i) { __typename } questionnaires { slug } }',
    {},
  ],
  'Boolean! with the default true': [
    'query ($i: Boolean! = true) { session @skip(if: $i) { __typename } questionnaires { slug } }',
  ],
  'Boolean with a default, and null for it': [
    'query ($i: Boolean = true) { session @include(if: $i) { id } }',
    { i: null },
  ],
  'Boolean with a default': ['query ($i: Boolean = true) { session @include(if: $i) { id } }', {}],
  'String! with a default': ['query ($s: String! = "small") { questionnaire(slug: $s) { slug } }', {}],
  'null for a String with a default, where none may be null': [
    'query ($s: String = "small") { a: questionnaire(slug: $s) { slug } session { id } }',
    { s: null },
  ],
  'String with a default where none may be null': [
    'query ($s: String = "small") { questionnaire(slug: $s) { slug } }',
    {},
  ],
  'Int with a default': [`query ($n: Int = 1) { ${list('first: $n')} }`, {}],
  'Int with a default, and a value': [`query ($n: Int = 7) { ${list('first: $n')} }`, { n: 1 }],
  'Int with a default, and null': [`query ($n: Int = 1) { ${list('first: $n')} }`, { n: null }],
  'an enum with a default': [`query ($s: AssessmentStatus = FAILED) { ${list('status: $s')} }`, {}],
  'an input object with a default': [
    'mutation ($i: SubmitAssessmentInput! = { questionnaire: "other", answers: { a: [1, { b: null }] } }) { submitAssessment(input: $i) { __typename } }',
    {},
  ],
  'a moment with a default': [
    'query ($s: DateTime = "2020-01-01T00:00:00Z") { deadLetters(since: $s) { nodes { code } } }',
    {},
  ],
  'a filter with a default': [
    `mutation ($f: DeadLetterFilter! = { since: "2020-01-01T00:00:00Z", code: AI_REFUSED }) { ${replay('$f')} }`,
    {},
  ],
  'the default of an argument': 'mutation { startSession { token session { id } } }',
  // Directives.
  'skip and include at once, both ways': [
    'query ($y: Boolean!, $n: Boolean!) { a: __typename @skip(if: $y) @include(if: $y) b: __typename @skip(if: $n) @include(if: $n) c: __typename @skip(if: $n) @include(if: $y) d: __typename @include(if: $n) @skip(if: $y) e: __typename @include(if: $y) @skip(if: $n) }',
    { y: true, n: false },
  ],
  'one fragment twice, under opposite conditions': [
    'query ($i: Boolean!) { ...F @include(if: $i) ...F @skip(if: $i) } fragment F on Query { questionnaires { slug } }',
    { i: false },
  ],
  'one fragment twice, first under a condition': [
    'query ($i: Boolean!) { ...F @include(if: $i) ...F } fragment F on Query { questionnaires { slug } }',
    { i: false },
  ],
  'a condition on an inline fragment': [
    'query ($i: Boolean!) { ... @include(if: $i) { session { id } } questionnaires { slug } }',
    { i: false },
  ],
  'one field twice, once left out': [
    'query ($i: Boolean!) { session @include(if: $i) { id } session { expiresAt } }',
    { i: false },
  ],
  'everything left out': '{ session @skip(if: true) { id } }',
  // Enums, ids, numbers, null.
  'an enum by a variable': [`query ($s: AssessmentStatus) { ${list('status: $s')} }`, { s: 'COMPLETED' }],
  'a wrong enum by a variable': [`query ($s: AssessmentStatus) { ${list('status: $s')} }`, { s: 'completed' }],
  'an id as a number': '{ assessment(id: 5) { id } }',
  'an id by a variable as a fraction': ['query ($id: ID!) { assessment(id: $id) { id } }', { id: 5.5 }],
  'an id in upper case': `{ assessment(id: "${COMPLETED?.toUpperCase()}") { id } }`,
  'a version of null': '{ questionnaire(slug: "small", version: null) { version } }',
  'a version as text': ['query ($v: Int) { questionnaire(slug: "small", version: $v) { version } }', { v: '1' }],
  'a version beyond 32 bits': [
    'query ($v: Int) { questionnaire(slug: "small", version: $v) { version } }',
    { v: 2_147_483_648 },
  ],
  'a version without a value': ['query ($v: Int!) { questionnaire(slug: "small", version: $v) { version } }', {}],
  // Errors within a result.
  'a good and a malformed id': `{ a: assessment(id: "x") { id } b: assessment(id: "${COMPLETED}") { id } }`,
  'a field that fails where none may be null': `{ a: assessment(id: "${WITHOUT_QUESTIONNAIRE}") { id questionnaire { id } } b: assessment(id: "${COMPLETED}") { questionnaire { version } } }`,
  'a number that is none': `{ assessment(id: "${WRONG_SCORE}") { id result { summary scores { value } } } }`,
  'an unexpected error and an unavailable database': `{ a: assessment(id: "${BROKEN}") { id } b: assessment(id: "${AWAY}") { id } session { id } }`,
  'a page size out of range': `{ ${list('first: 101')} questionnaires { slug } }`,
  // All types and fields.
  'a whole assessment': `{ assessment(id: "${COMPLETED}") { id answers status version round queuePosition estimatedWaitSeconds draft { summary } result { summary model promptVersion recommendations { title rationale action area priority } scores { area value level parent title } } failure { code } submittedAt startedAt endedAt questionnaire { id slug } } }`,
  'JSON in a result': '{ questionnaires { slug schema pages { title items { key } } areas { key parent } } }',
  'a document longer than what is cached': `query ($v: Int = 2) { questionnaire(slug: "small", version: $v) { version } }\n${'# white space \n'.repeat(600)}`,
  // Subscriptions.
  'changes of a waiting one': `subscription { assessmentUpdated(assessmentId: "${WAITING}") { assessment { id status queuePosition draft { recommendations { title } } } } }`,
  'an end with a default': [
    'subscription ($id: ID!, $with: Boolean! = false) { recommendationCompleted(assessmentId: $id) { assessment { status result { summary scores @include(if: $with) { value } } } } }',
    { id: COMPLETED },
  ],
  'an end with a default and a value': [
    'subscription ($id: ID!, $with: Boolean = false) { recommendationCompleted(assessmentId: $id) { assessment { status result @include(if: $with) { summary } } } }',
    { id: COMPLETED, with: true },
  ],
  'an end by the variable __proto__, under its alias': [
    'subscription ($__proto__: ID!) { __proto__: recommendationCompleted(assessmentId: $__proto__) { assessment { __proto__: status constructor: id } } }',
    json(`{ "__proto__": "${FAILED}" }`),
  ],
  'one fragment twice in an end': [
    `subscription ($i: Boolean!) { recommendationCompleted(assessmentId: "${FAILED}") { assessment { ...F @include(if: $i) ...F @skip(if: $i) } } } fragment F on Assessment { status failure { code message } }`,
    { i: false },
  ],
  'variables of a subscription that are not declared': [
    `subscription ($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { status } } }`,
    { id: PROCESSING, other: 'x', constructor: 1 },
  ],
  'a wrong variable of a subscription': [
    'subscription ($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { status } } }',
    { id: null },
  ],
  'the first of two subscriptions': [
    `subscription A { assessmentUpdated(assessmentId: "${FAILED}") { assessment { status } } } subscription B { assessmentFinished { __typename } }`,
    undefined,
    'A',
  ],
  'the end of nothing': `subscription { recommendationCompleted(assessmentId: "${MISSING}") { assessment { id } } }`,
  'an end that can not be shown whole': `subscription { recommendationCompleted(assessmentId: "${WITHOUT_QUESTIONNAIRE}") { assessment { id questionnaire { id } } } }`,
  'ends, after a bad cursor by default': [
    'subscription ($after: String = "nonsense") { assessmentFinished(after: $after) { __typename errors { message } cursor } }',
    {},
  ],
  'ends, until the source breaks': `subscription { assessmentFinished(after: "${CURSORS.at(-1)}") { ... on AssessmentFinished { cursor assessment { status } } errors { code } } }`,
  'a long subscription': [
    `subscription ($after: String! = """\n      two\n        lines\n    """) { assessmentFinished(after: $after) { __typename } }\n${'# white space \n'.repeat(300)}`,
  ],
};

export const requestOf = (name: string): GraphQLRequest => {
  const [query = '', variables, operationName] = [fixedDocuments[name] ?? ''].flat() as [
    string?,
    Record<string, unknown>?,
    string?,
  ];
  return { query, variables, operationName };
};
