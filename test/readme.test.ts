import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { failureCodes } from '../src/errors.ts';
import { createMetrics } from '../src/metrics.ts';
import { httpStatus } from '../src/server/graphql/error-table.ts';

const root = new URL('../', import.meta.url);
const read = (name: string): Promise<string> => readFile(new URL(name, root), 'utf8');
const readme = await read('README.md');

/** The first column of the table below a heading, every `code` in it. */
function namesBelow(heading: string): string[] {
  const [, after = ''] = readme.split(`# ${heading}\n`);
  const rows = (after.split('\n#')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
}

test('the README has every setting, and no other', async () => {
  const config = await read('src/config.ts');
  const settings = [...config.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? '');
  expect(namesBelow('Settings').toSorted()).toEqual(settings.toSorted());
});

test('the README has every metric of ours, and no other', () => {
  const metrics = createMetrics()
    .registry.getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => name.startsWith('assay_'));
  expect(
    namesBelow('Metrics')
      .map((name) => name.replace(/\{.*/, ''))
      .toSorted(),
  ).toEqual(metrics.toSorted());
});

test('the README has every error code and failure code', () => {
  const names = namesBelow('Errors').map((name) => name.replace(/^\d+ /, ''));
  for (const code of [...Object.keys(httpStatus), ...failureCodes]) expect(names).toContain(code);
});

test('every document in the README fits the schema, those in commands and programs too', async () => {
  const schema = buildSchema(await read('schema.graphql'));
  const blocks = [...readme.matchAll(/^```graphql\n(.*?)^```/gms)];
  const quoted = [...readme.matchAll(/'(?:query=)?(subscription ?[({][^']*)'/g)];
  expect([blocks.length, quoted.length]).toEqual([6, 3]);
  for (const [, document = ''] of [...blocks, ...quoted]) expect(validate(schema, parse(document))).toEqual([]);
});

test('every file that README, docs and decisions point to is there', async () => {
  for (const page of ['README.md', 'docs/PROTOCOL.md', 'docs/OPERATING.md', 'docs/PERFORMANCE.md']) {
    const links = [...(await read(page)).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link ?? '');
    const base = new URL(page, root);
    expect(links.filter((link) => !existsSync(new URL(link, base)))).toEqual([]);
  }
});
