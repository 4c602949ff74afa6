import { buildSchema, parse, validate } from 'graphql';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { printedSchema, schema } from '../src/schema/index.ts';

const fileOf = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

test('the committed schema.graphql is the one that is served: run "npm run codegen" after a change', async () => {
  expect(printedSchema()).toBe(await fileOf('schema.graphql'));
});

test('every GraphQL document in the README is valid against the schema', async () => {
  const readme = await fileOf('README.md');
  const documents = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
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
