import { expect, test } from 'vitest';
import {
  checkContent,
  contentHash,
  questionnaireError,
  questionnaireId,
} from '../../src/entities/questionnaire-content.ts';
import { StartError } from '../../src/own-error.ts';
import { fileOf, ipip, wellbeing } from '../support/questionnaires.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- each test breaks another part of it
type Draft = any;

const wellbeingFile = await fileOf('wellbeing-check.v1.json');

/** The problems of the wellbeing check after a change to it. */
function problemsAfter(change: (draft: Draft) => void, fileName = 'wellbeing-check.v1.json'): readonly string[] {
  const draft: Draft = structuredClone(wellbeingFile);
  change(draft);
  try {
    checkContent(draft, fileName);
    return [];
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return error.problems;
  }
}

test('a registered version keeps its hash', () => {
  expect(contentHash(wellbeing)).toBe('0dfcaf8ba3344df1ea6a4c0208c132037ef3d81b3c32d9f43623c22a19fabd7b');
  expect(contentHash(ipip)).toBe('71c70c1dc1e3036f9a3ae8e015149d7d915c535fb9844262a49bb5ea10155be5');
});

test('the hash does not depend on the order of keys, and changes with a text', () => {
  const reversed = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(reversed);
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node).map(([key, value]) => [key, reversed(value)]);
    return Object.fromEntries(entries.toReversed());
  };
  const shuffled = checkContent(reversed(wellbeingFile), 'wellbeing-check.v1.json');
  expect(Object.keys(shuffled.schema.properties)[0]).toBe('note');
  expect(contentHash(shuffled)).toBe(contentHash(wellbeing));
  expect(contentHash({ ...wellbeing, title: 'Another' })).not.toBe(contentHash(wellbeing));
});

test('an id is slug@version', () => {
  expect(questionnaireId(ipip)).toBe('ipip-neo-120@1');
});

test('references into $defs are replaced by their targets', () => {
  expect(JSON.stringify(ipip).includes('$ref')).toBe(false);
  expect(ipip.schema).not.toHaveProperty('$defs');
  expect(ipip.schema.properties.n1_1).toMatchObject({ title: 'Worry about things', type: 'integer' });
  expect(ipip.schema.properties.n1_1?.oneOf?.map((choice) => choice.const)).toEqual([1, 2, 3, 4, 5]);
});

test('the personality questionnaire has 120 items, 5 domains with 6 facets of 4 items, and 55 reversed items', () => {
  const { areas } = ipip.scoring;
  expect(Object.keys(ipip.schema.properties)).toHaveLength(120);
  expect(areas.filter((area) => area.parent === undefined)).toHaveLength(5);
  const facets = areas.filter((area) => area.parent !== undefined);
  expect(facets).toHaveLength(30);
  expect(facets.flatMap((facet) => facet.items ?? [])).toHaveLength(120);
  expect(facets.every((facet) => facet.items?.length === 4)).toBe(true);
  expect(facets.flatMap((facet) => facet.reverse ?? [])).toHaveLength(55);
});

test('the two questions about voting are the only optional ones', () => {
  const optional = Object.keys(ipip.schema.properties).filter((id) => !ipip.schema.required.includes(id));
  const titles = optional.map((id) => ipip.schema.properties[id]?.title);
  expect(titles).toEqual([
    'Tend to vote for liberal political candidates',
    'Tend to vote for conservative political candidates',
  ]);
});

test('all problems of a file are reported at once, each with its place and a remedy', () => {
  const problems = problemsAfter((draft) => {
    draft.pages[0].items.push('mood', 'nobody');
    draft.scoring.areas[0].items.push('day_pattern');
    delete draft.advice.energy;
  }, 'wellbeing.json');
  expect(problems).toEqual([
    'wellbeing.json: pages: mood is shown twice. Remove it from one place.',
    'wellbeing.json: pages: there is no question nobody. Remove it or correct its name.',
    'wellbeing.json: scoring.areas.sleep: day_pattern can\'t be scored. Make it a number with minimum and maximum, give each of its answers "points", or remove it.',
    'wellbeing.json: advice: energy has none. Add it, with low, mid and high.',
    'wellbeing.json: slug: slug and version call for the name wellbeing-check.v1.json. Rename it or correct them.',
  ]);
  const error = questionnaireError(problems);
  for (const problem of problems) expect(error.message).toContain(problem);
});

const refused: [promise: string, change: (draft: Draft) => void, problem: RegExp][] = [
  ['an empty object', (d) => Object.keys(d).forEach((key) => delete d[key]), /slug/],
  ['an unknown member', (d) => (d.colour = 'red'), /unknown colour/],
  ['open answers', (d) => (d.schema.additionalProperties = true), /additionalProperties/],
  ['a blank title', (d) => (d.title = ' '), /title: is blank/],
  ['a list without maxItems', (d) => delete d.schema.properties.wishes.maxItems, /wishes: .*Add "maxItems"/],
  ['a list of objects', (d) => (d.schema.properties.wishes.items = { type: 'object' }), /wishes\.items\.type/],
  ['a list without items', (d) => delete d.schema.properties.wishes.items, /wishes: .*"items" of a scalar type/],
  ['an endless text', (d) => delete d.schema.properties.note.maxLength, /note: .*Add "maxLength"/],
  [
    'an endless text in a list',
    (d) => (d.schema.properties.wishes.items = { type: 'string' }),
    /wishes: .*"maxLength"/,
  ],
  ['a broken pattern', (d) => (d.schema.properties.note.pattern = '('), /note: "pattern" is no regular expression/],
  ['a misspelt keyword', (d) => (d.schema.properties.note.maxlength = 1), /note: "maxlength" means nothing/],
  ['a keyword of another type', (d) => (d.schema.properties.mood.maxLength = 1), /mood: "maxLength" means nothing/],
  ['a reference to nothing', (d) => (d.schema.properties.mood = { title: 'x', $ref: '#/$defs/no' }), /mood/],
  [
    'choices of another type',
    (d) => (d.schema.properties.mood.enum = ['a', 'b']),
    /mood: has choices that are no integer/,
  ],
  [
    'the same choice twice',
    (d) => (d.schema.properties.day_pattern.oneOf[1].const = 'regular'),
    /the same choice twice/,
  ],
  ['a range upside down', (d) => (d.schema.properties.mood.minimum = 11), /mood: "minimum" is above "maximum"/],
  [
    'a question that every object has',
    (d) => (d.schema.properties.constructor = d.schema.properties.mood),
    /lower-case/,
  ],
  ['a required question that is not there', (d) => d.schema.required.push('x'), /required: there is no question x/],
  ['a question on no page', (d) => d.pages[0].items.pop(), /movement is on no page/],
  ['an item that is not there', (d) => d.scoring.areas[0].items.push('x'), /sleep: there is no question x/],
  ['an item without a range', (d) => delete d.schema.properties.mood.maximum, /mood: mood can't be scored/],
  ['an item counted twice', (d) => d.scoring.areas[0].items.push('rested'), /sleep: counts rested twice/],
  ['a foreign item reversed', (d) => (d.scoring.areas[0].reverse = ['mood']), /sleep: reverses mood/],
  ['two areas of one name', (d) => (d.scoring.areas[1].id = 'sleep'), /two areas are called sleep/],
  ['a parent that is not there', (d) => (d.scoring.areas[0].parent = 'x'), /sleep: there is no area x/],
  [
    'an area with items and children',
    (d) => (d.scoring.areas[0].parent = 'energy'),
    /energy: has items and child areas/,
  ],
  ['an area of nothing', (d) => delete d.scoring.areas[0].items, /sleep: has neither items nor child areas/],
  ['levels upside down', (d) => (d.scoring.levels.low = 90), /levels: "low" is above "high"/],
  ['advice for no area', (d) => (d.advice.x = d.advice.sleep), /advice: there is no area x/],
  ['advice without a level', (d) => delete d.advice.sleep.mid, /advice\.sleep\.mid/],
  ['a slug with spaces', (d) => (d.slug = 'well being'), /slug: use lower-case/],
  ['a prompt version that fits no header', (d) => (d.prompt.version = 'ä\n'), /prompt\.version/],
];

test.each(refused)('%s is refused', (_what, change, problem) => {
  expect(problemsAfter(change)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
});

test('areas that are their own ancestors are refused', () => {
  const problems = problemsAfter((draft) => {
    draft.scoring.areas.push({ id: 'a', title: 'A', parent: 'b' }, { id: 'b', title: 'B', parent: 'a' });
  });
  expect(problems.filter((problem) => problem.includes('its own ancestor'))).toHaveLength(2);
});

test('an unknown keyword that begins with x- is refused with the one that was meant', () => {
  const problemsWith = (keyword: string) => problemsAfter((draft) => (draft.schema.properties.note[keyword] = true));
  expect(problemsWith('x-multi-line')).toEqual([
    'wellbeing-check.v1.json: schema.properties.note: "x-multi-line" is unknown. Write "x-multiline".',
  ]);
  expect(problemsWith('x-face')[0]).toMatch(/"x-face" is unknown\. Known are .*x-shown-if.*"x-comment"/);
});

test.each([null, 1, 'x', [], [[]], { schema: 1 }, { schema: { properties: { a: null } } }])(
  '%j is refused with StartError',
  (value) => {
    expect(() => checkContent(value, 'x.v1.json')).toThrow(StartError);
  },
);
