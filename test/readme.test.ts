import { readFile } from 'node:fs/promises';
import { existsSync, globSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { failureCodes, userErrorCodes } from '../src/errors.ts';
import { createMetrics } from '../src/metrics.ts';
import { httpStatus } from '../src/server/graphql/error-table.ts';

const root = new URL('../', import.meta.url);
const read = (name: string): Promise<string> => readFile(new URL(name, root), 'utf8');
const readme = await read('README.md');
const reference = await read('docs/REFERENCE.md');
/** A newcomer reads it in one go. */
const README_BYTES_MAX = 9_216;
/** Every page for people. */
const PAGES = globSync(['*.md', 'docs/**/*.md', 'web/src/**/*.md'], { cwd: root });

/** The first column of the table below a heading, every `code` in it. */
function namesBelow(heading: string): string[] {
  const [, after = ''] = reference.split(`# ${heading}\n`);
  const rows = (after.split('\n#')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
}

test('docs/REFERENCE.md has every setting, and no other', async () => {
  const config = await read('src/config.ts');
  const settings = [...config.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? '');
  expect(namesBelow('Settings').toSorted()).toEqual(settings.toSorted());
});

test('docs/REFERENCE.md has every metric of ours, and no other', () => {
  const metrics = createMetrics([{ model: 'one', currency: 'USD' }])
    .registry.getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => /^(assay|gen_ai)_/.test(name));
  expect(
    namesBelow('Metrics')
      .map((name) => name.replace(/\{.*/, ''))
      .toSorted(),
  ).toEqual(metrics.toSorted());
});

test('docs/REFERENCE.md has every error code and failure code', () => {
  const names = namesBelow('Errors').map((name) => name.replace(/^\d+ /, ''));
  for (const code of [...Object.keys(httpStatus), ...userErrorCodes, ...failureCodes]) expect(names).toContain(code);
});

test.each([
  ['README.md', { blocks: 3, quoted: 0 }],
  ['docs/API.md', { blocks: 3, quoted: 3 }],
])('every document in %s fits the schema, those in commands and programs too', async (page, counts) => {
  const schema = buildSchema(await read('schema.graphql'));
  const text = await read(page);
  const blocks = [...text.matchAll(/^```graphql\n(.*?)^```/gms)];
  const quoted = [...text.matchAll(/'(?:query=)?(subscription ?[({][^']*)'/g)];
  expect({ blocks: blocks.length, quoted: quoted.length }).toEqual(counts);
  for (const [, document = ''] of [...blocks, ...quoted]) expect(validate(schema, parse(document))).toEqual([]);
});

test('the README says what one address can cause with default settings', () => {
  const { submitsPerMinutePerAddress, sessionsPerMinute, queryCostPerMinute, ...rest } = readConfig('all', {});
  const { socketsPerAddressMax, dailyAssessmentsPerAddress: perDay, maxAttempts } = rest;
  const sentence = readme.replaceAll(/\s+/g, ' ');
  // A full bucket, and a minute's refill.
  for (const [units, what] of [
    [2 * submitsPerMinutePerAddress, 'submissions'],
    [2 * sessionsPerMinute, 'sessions'],
    [socketsPerAddressMax, 'open sockets'],
    [perDay, 'submissions in a UTC day'],
    [perDay, 'paid model calls'],
  ] as const)
    expect(sentence).toContain(`${units.toLocaleString('en')} ${what}`);
  expect(sentence).toContain(`query cost of ${(2 * queryCostPerMinute).toLocaleString('en')}`);
  expect(sentence).toContain(`${(2 * perDay).toLocaleString('en')} if each reply needs its repair`);
  expect(sentence).toContain(`${((maxAttempts + 1) * perDay).toLocaleString('en')} if the provider fails`);
});

test(`the README has at most ${README_BYTES_MAX} bytes`, () => {
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(README_BYTES_MAX);
});

/** Outside of blocks of code, where `](` and `#` mean other things. */
const prose = (text: string): string => text.replaceAll(/^```.*?^```/gms, '');

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (text: string): string[] =>
  [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(PAGES)('every link in %s leads to a file that is there, and to a heading of it', async (page) => {
  const links = [...prose(await read(page)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
  const broken: string[] = [];
  for (const [link, path = '', anchor] of links) {
    const target = path === '' ? new URL(page, root) : new URL(path, new URL(page, root));
    const isThere =
      existsSync(target) && (anchor === undefined || anchorsOf(await readFile(target, 'utf8')).includes(anchor));
    if (!isThere) broken.push(link);
  }
  expect(broken).toEqual([]);
});
