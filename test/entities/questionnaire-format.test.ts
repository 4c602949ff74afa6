import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatSchema } from '../../src/entities/questionnaire-format.ts';
import { isJsonObject } from '../../src/json-object.ts';
import { schemaCheck } from '../../src/json-schema.ts';
import { fileOf } from '../support/questionnaires.ts';

const check = schemaCheck(formatSchema());
const root = new URL('../../', import.meta.url);

const files = ['questionnaires', 'examples/questionnaires', 'test/support/instruments'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root))
    .filter((name) => /\.v\d+\.json$/.test(name))
    .map((name) => `${folder}/${name}`),
);

test.each(files)('%s fits the format', (path) => {
  expect(check(JSON.parse(readFileSync(new URL(path, root), 'utf8')))).toEqual([]);
});

// oxlint-disable-next-line typescript/no-explicit-any -- each test breaks another part of it
type Draft = any;
const phq: Draft = await fileOf('../examples/questionnaires/phq-9.v1.json');

const broken: [what: string, change: (draft: Draft) => void, place: string][] = [
  ['a misspelt member', (d) => (d.titel = 'x'), ''],
  ['a misspelt keyword', (d) => (d.schema.properties.q10['x-show-if'] = {}), '/schema/properties/q10'],
  ['a misspelt keyword of a definition', (d) => (d.schema.$defs.frequency.minimun = 0), '/schema/$defs/frequency'],
  ['a reference elsewhere', (d) => (d.schema.properties.q1.$ref = 'a.json'), '/schema/properties/q1/$ref'],
  ['a question without a type', (d) => (d.schema.properties.q1 = { title: 'x' }), '/schema/properties/q1'],
  ['a condition without a question', (d) => (d.pages[0].shownIf = { equals: 1 }), '/pages/0/shownIf'],
  ['a condition deep inside', (d) => (d.pages[0].shownIf = { not: { or: [{ and: 1 }] } }), '/pages/0/shownIf'],
  ['a band without an end', (d) => delete d.scoring.areas[0].bands[0].to, '/scoring/areas/0/bands/0'],
  ['a way to count that there is not', (d) => (d.scoring.areas[0].value = 'total'), '/scoring/areas/0/value'],
  ['a title that is too long', (d) => (d.title = 'x'.repeat(201)), '/title'],
];

test.each(broken)('%s does not fit', (_what, change, place) => {
  const draft = structuredClone(phq);
  change(draft);
  expect(check(draft).map(({ path }) => path)).toContain(place);
});

test('"$schema" and "withdrawn" are members of a file', () => {
  expect(check({ ...phq, $schema: '../questionnaire-format.schema.json', withdrawn: true })).toEqual([]);
  expect(check({ ...phq, withdrawn: 'yes' })).not.toEqual([]);
});

/** The members of all objects, with their places. */
function* membersIn(node: unknown, place = ''): Generator<[place: string, member: unknown]> {
  if (Array.isArray(node)) for (const [index, each] of node.entries()) yield* membersIn(each, `${place}/${index}`);
  if (!isJsonObject(node)) return;
  for (const [name, inner] of Object.entries(node)) {
    if (name === 'properties' && isJsonObject(inner))
      for (const [member, schema] of Object.entries(inner)) {
        yield [`${place}/${member}`, schema];
        yield* membersIn(schema, `${place}/${member}`);
      }
    else yield* membersIn(inner, `${place}/${name}`);
  }
}

test('every member is explained, but for those that explain themselves', () => {
  const members = [...membersIn(formatSchema())];
  expect(members.length).toBeGreaterThan(100);
  const bare = members
    .filter(([, schema]) => isJsonObject(schema) && !('description' in schema))
    .map(([place]) => place);
  expect(bare.filter((place) => !/\/(const|title|low|mid|high)$/.test(place))).toEqual([]);
});
