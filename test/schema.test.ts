import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  graphqlSync,
  introspectionFromSchema,
  lexicographicSortSchema,
  parse,
  printSchema,
  specifiedDirectives,
  validate,
  type IntrospectionQuery,
} from 'graphql';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { printedFormat } from '../src/entities/questionnaire-format.ts';
import { printedSchema, schema } from '../src/schema/index.ts';
import { httpStatus } from '../src/server/graphql/error-table.ts';
import { REFUSALS } from '../src/server/http/rest/refusals.ts';
import { printedDocument } from '../src/server/http/rest/handlers.ts';

const fileOf = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

test('the committed schema.graphql is the one that is served: run "npm run codegen" after a change', async () => {
  expect(printedSchema()).toBe(await fileOf('schema.graphql'));
});

test('a tool that asks for the usual introspection gets schema.graphql', async () => {
  const { data } = graphqlSync({ schema, source: getIntrospectionQuery() });
  const served = buildClientSchema(data as unknown as IntrospectionQuery);
  expect(`${printSchema(lexicographicSortSchema(served))}\n`).toBe(await fileOf('schema.graphql'));
});

test('the committed openapi.json is the one that is served: run "npm run codegen" after a change', async () => {
  expect(printedDocument()).toBe(await fileOf('openapi.json'));
});

test('the committed questionnaire-format.schema.json is the one that is served: run "npm run codegen" after a change', async () => {
  expect(printedFormat()).toBe(await fileOf('questionnaire-format.schema.json'));
});

test('docs/API.md names every REST route of openapi.json, and no other', async () => {
  const api = await fileOf('docs/API.md');
  const named = [...api.matchAll(/`(GET|POST) (\/api\/[^`\s]*)`|`(\/(?:healthz|readyz))`/g)].map(
    ([, method = 'GET', path, probe]) => `${method} ${(path ?? probe ?? '').replace(/:(\w+)/g, '{$1}')}`,
  );
  const { paths } = JSON.parse(printedDocument()) as { paths: Record<string, object> };
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(new Set(named)).toEqual(new Set(described));
});

test('every error code of REST is in openapi.json under its status', () => {
  const known = Object.entries(REFUSALS).flatMap(([status, { codes }]) => codes.map((code) => `${code} ${status}`));
  const ofGraphQL = /^(GRAPHQL_|OPERATION_|PERSISTED_QUERY_)/;
  const expected = Object.entries(httpStatus).filter(([code]) => !ofGraphQL.test(code));
  expect(known).toEqual(expect.arrayContaining(expected.map(([code, status]) => `${code} ${status}`)));
});

test.each(['README.md', 'docs/API.md'])('every GraphQL document in %s is valid against the schema', async (page) => {
  const documents = [...(await fileOf(page)).matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  expect(documents.length).toBeGreaterThanOrEqual(3);
  for (const document of documents)
    expect(validate(buildSchema(await fileOf('schema.graphql')), parse(document))).toEqual([]);
});

test('neither prompt nor advice of a questionnaire is in the API', () => {
  const fields = Object.keys(
    schema
      .toConfig()
      .types.find(({ name }) => name === 'Questionnaire')
      ?.toConfig() ?? {},
  );
  expect(fields).not.toContain('prompt');
  expect(printedSchema()).not.toMatch(/^ {2}(prompt|advice)\b/m);
});

/** By the published specification of September 2025. Tools refuse an introspection with a value that they do not know. */
const DIRECTIVE_LOCATIONS = `QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT
  VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE
  INPUT_OBJECT INPUT_FIELD_DEFINITION`.split(/\s+/);
const TYPE_KINDS = 'SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL'.split(' ');

/** All values of a key, at any depth. */
const valuesOf = (key: string, value: unknown): unknown[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(key, inner)]);

test('introspection names only the directive locations and type kinds of the published specification', () => {
  const introspection = introspectionFromSchema(schema, { specifiedByUrl: true, directiveIsRepeatable: true });
  const locations = valuesOf('locations', introspection).flat();
  expect(locations.length).toBeGreaterThan(5);
  for (const location of locations) expect(DIRECTIVE_LOCATIONS).toContain(location);
  const kinds = valuesOf('kind', introspection);
  expect(kinds.length).toBeGreaterThan(100);
  for (const kind of kinds) expect(TYPE_KINDS).toContain(kind);
});

test('the schema has every directive of the specification, with its arguments', () => {
  const describe = ({ name, args, isRepeatable }: (typeof specifiedDirectives)[number]) => ({
    name,
    isRepeatable,
    args: args.map((argument) => [argument.name, String(argument.type)]),
  });
  expect(schema.getDirectives().map(describe)).toEqual(
    expect.arrayContaining(specifiedDirectives.map((directive) => describe(directive))),
  );
});
