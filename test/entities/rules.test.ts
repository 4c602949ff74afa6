import { readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';
import { checkContent } from '../../src/entities/questionnaire-content.ts';
import { StartError } from '../../src/own-error.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- each test breaks another part of it
type Draft = any;

/** A sound file with each kind of part. */
const sound = (): Draft => ({
  slug: 'sample',
  version: 1,
  title: 'Sample',
  language: 'en',
  minutes: 5,
  description: 'A file with each kind of part.',
  summary: 'All parts.',
  source: 'Written for this test.',
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    $defs: {
      often: {
        type: 'integer',
        oneOf: [
          { const: 0, title: 'never' },
          { const: 1, title: 'at times' },
          { const: 2, title: 'often' },
        ],
      },
    },
    required: ['mood', 'worry', 'sad'],
    properties: {
      mood: { title: 'Mood', type: 'integer', minimum: 0, maximum: 10, 'x-low': 'low', 'x-high': 'high' },
      rest: { title: 'Rest', type: 'integer', minimum: 0, maximum: 10 },
      worry: { title: 'Worry', $ref: '#/$defs/often' },
      sad: { title: 'Sad', $ref: '#/$defs/often' },
      work: {
        title: 'Work',
        type: 'string',
        oneOf: [
          { const: 'day', title: 'By day' },
          { const: 'night', title: 'By night' },
        ],
        'x-other': 'Another time',
      },
      wishes: {
        title: 'Wishes',
        type: 'array',
        maxItems: 2,
        items: {
          type: 'string',
          oneOf: [
            { const: 'sleep', title: 'Sleep' },
            { const: 'mood', title: 'Mood' },
          ],
        },
      },
      note: { title: 'Note', type: 'string', maxLength: 200, 'x-shown-if': { question: 'mood', below: 5 } },
      born: { title: 'Born', type: 'string', format: 'date' },
      weight: { title: 'Weight', type: 'number', minimum: 30, maximum: 300, 'x-unit': 'kg' },
      agree: { title: 'Agree', type: 'boolean' },
    },
  },
  pages: [
    { title: 'One', items: ['mood', 'rest', { title: 'How often?', items: ['worry', 'sad'] }] },
    { title: 'Two', items: ['work', 'wishes', 'note', 'born', 'weight', 'agree'] },
  ],
  scoring: {
    levels: { low: 40, high: 70 },
    areas: [
      { id: 'all', title: 'All' },
      { id: 'mood', title: 'Mood', parent: 'all', items: ['mood', 'rest'], reverse: ['rest'] },
      {
        id: 'strain',
        title: 'Strain',
        items: ['worry', 'sad'],
        value: 'sum',
        unit: 'points',
        bands: [
          { id: 'little', title: 'little', from: 0, to: 1, level: 'low' },
          { id: 'much', title: 'much', from: 2, to: 4, level: 'high' },
        ],
      },
    ],
    flags: [{ id: 'help', title: 'Help', if: { question: 'sad', above: 1 } }],
  },
  prompt: { version: '1', system: 'You read answers.', task: 'Write a summary.' },
  advice: {
    all: Object.fromEntries(
      ['low', 'mid', 'high'].map((level) => [level, { title: 'A', rationale: 'B', action: 'C' }]),
    ),
    strain: Object.fromEntries(
      ['low', 'mid', 'high'].map((level) => [level, { title: 'A', rationale: 'B', action: 'C' }]),
    ),
  },
});

function problemsAfter(change: (draft: Draft) => void, name = 'sample.v1.json'): readonly string[] {
  const draft = sound();
  change(draft);
  try {
    checkContent(draft, name);
    return [];
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return error.problems;
  }
}

const q = (draft: Draft) => draft.schema.properties;
const area = (draft: Draft, id = 'strain') => draft.scoring.areas.find((each: Draft) => each.id === id);

const cases: [rule: string, change: (draft: Draft) => void, problem: string][] = [
  // Shapes.
  ['a member that is left out', (d) => delete d.title, 'title: is missing. Add a text.'],
  ['a whole number that is left out', (d) => delete d.minutes, 'minutes: is missing. Add a number.'],
  ['a text in place of a number', (d) => (d.minutes = '5'), 'minutes: has to be a number. Correct it.'],
  ['a number in place of a text', (d) => (d.title = 5), 'title: has to be a text. Correct it.'],
  ['a number with a fraction', (d) => (d.minutes = 1.5), 'minutes: has to be a whole number. Correct it.'],
  ['a number that is too high', (d) => (d.minutes = 601), 'minutes: has to be at most 600. Lower it.'],
  ['a number that is too low', (d) => (d.minutes = 0), 'minutes: has to be at least 1. Raise it.'],
  [
    'a number at an open end',
    (d) => (d.scoring.levels.low = 0),
    'scoring.levels.low: has to be more than 0. Raise it.',
  ],
  [
    'a number at another open end',
    (d) => (d.scoring.levels.high = 100),
    'scoring.levels.high: has to be less than 100. Lower it.',
  ],
  ['a text in place of a list', (d) => (d.pages[0].items = 'mood'), 'pages.0.items: has to be a list. Correct it.'],
  ['a list in place of an object', (d) => (d.prompt = []), 'prompt: has to be an object. Correct it.'],
  [
    'a list in place of questions',
    (d) => (d.schema.properties = []),
    'schema.properties: has to be an object. Correct it.',
  ],
  [
    'a text in place of true or false',
    (d) => (q(d).mood['x-prefer-not-to-say'] = 'yes'),
    'schema.properties.mood.x-prefer-not-to-say: has to be true or false. Correct it.',
  ],
  ['an empty list', (d) => (d.pages = []), 'pages: has to have at least 1 entry. Add some.'],
  [
    'a title that is too long',
    (d) => (d.title = 'x'.repeat(201)),
    'title: has to have at most 200 characters. Shorten it.',
  ],
  [
    'a question that is too long',
    (d) => (q(d).mood.title = 'x'.repeat(301)),
    'schema.properties.mood.title: has to have at most 300 characters. Shorten it.',
  ],
  ['translations in place of a title', (d) => (d.title = { en: 'A', de: 'B' }), 'title: has to be a text. Correct it.'],
  ['a blank text', (d) => (d.title = ' '), 'title: is blank: write a text.'],
  ['an unknown member', (d) => (d.colour = 'red'), 'unknown colour. Remove or rename it.'],
  [
    'an unknown member of an area',
    (d) => (area(d).colour = 'red'),
    'scoring.areas.2: unknown colour. Remove or rename it.',
  ],
  ['a slug with spaces', (d) => (d.slug = 'my sample'), 'slug: use lower-case letters and digits with single hyphens.'],
  ['a language in words', (d) => (d.language = 'English'), 'language: use a language tag such as "en" or "pt-BR".'],
  [
    'a version of the prompt that fits no header',
    (d) => (d.prompt.version = 'ä'),
    'prompt.version: use at most 20 letters, digits, dots, hyphens and _.',
  ],
  [
    'another schema',
    (d) => (d.schema.$schema = 'http://json-schema.org/draft-07/schema#'),
    'schema.$schema: has to be "https://json-schema.org/draft/2020-12/schema". Correct it.',
  ],
  [
    'open answers',
    (d) => (d.schema.additionalProperties = true),
    'schema.additionalProperties: has to be false. Correct it.',
  ],
  [
    'a question with a capital letter',
    (d) => {
      q(d).Mood2 = q(d).mood;
    },
    'schema.properties.Mood2: use lower-case letters, digits and _, at most 64, a letter first.',
  ],
  [
    'an unknown type',
    (d) => (q(d).mood.type = 'float'),
    'schema.properties.mood.type: has to be "string" or "integer" or "number" or "boolean" or "array". Correct it.',
  ],
  [
    'no type',
    (d) => delete q(d).mood.type,
    'schema.properties.mood.type: is missing. Add "string" or "integer" or "number" or "boolean" or "array".',
  ],
  [
    'two types',
    (d) => (q(d).mood.type = ['integer', 'null']),
    'schema.properties.mood.type: has to be "string" or "integer" or "number" or "boolean" or "array". Correct it.',
  ],
  [
    'an item of a page that is a number',
    (d) => (d.pages[1].items[0] = 5),
    'pages.1.items.0: name a question, or write a matrix.',
  ],
  [
    'a matrix with an unknown member',
    (d) => (d.pages[0].items[2].rows = []),
    'pages.0.items.2: unknown rows. Remove or rename it.',
  ],
  [
    'a matrix of one row',
    (d) => (d.pages[0].items[2].items = ['worry']),
    'pages.0.items.2.items: has to have at least 2 entries. Add some.',
  ],
  [
    'a choice of null',
    (d) => (q(d).work.oneOf[0].const = null),
    'schema.properties.work.oneOf.0.const: a choice is a text of 1 to 64 characters or a number. Correct it.',
  ],
  [
    'a choice without a title',
    (d) => delete q(d).work.oneOf[0].title,
    'schema.properties.work.oneOf.0.title: is missing. Add a text.',
  ],
  [
    'one choice',
    (d) => q(d).work.oneOf.pop(),
    'schema.properties.work.oneOf: has to have at least 2 entries. Add some.',
  ],
  [
    'a day that is none',
    (d) => (q(d).born.formatMinimum = '2001-02-30'),
    'schema.properties.born.formatMinimum: is no date. Write it as "2001-12-31".',
  ],
  [
    'an image with a path',
    (d) => (q(d).mood['x-image'] = { file: '../a.png', alt: 'A' }),
    'schema.properties.mood.x-image.file: name a file of the folder "images" that ends in .png, .jpg or .webp, in lower-case letters, digits, dots, hyphens and _.',
  ],
  [
    'an image with its hash',
    (d) => (q(d).mood['x-image'] = { file: 'a.png', alt: 'A', sha256: 'x' }),
    'schema.properties.mood.x-image.sha256: leave it out: it is computed.',
  ],
  [
    'a row of a norm with three numbers',
    (d) => (area(d).norms = { unit: 'T', source: 'S', tables: [{ rows: [[0, 1, 2]] }] }),
    'scoring.areas.2.norms.tables.0.rows.0: has to have at most 2 entries. Remove some.',
  ],
  [
    'a row of a norm that is a number',
    (d) => (area(d).norms = { unit: 'T', source: 'S', tables: [{ rows: [0] }] }),
    'scoring.areas.2.norms.tables.0.rows.0: has to be a list. Correct it.',
  ],
  ['a blank unit', (d) => (area(d).unit = ' '), 'scoring.areas.2.unit: is blank: write a text.'],
  [
    'a level that is none',
    (d) => (area(d).bands[0].level = 'medium'),
    'scoring.areas.2.bands.0.level: has to be "low" or "mid" or "high". Correct it.',
  ],
  // Conditions.
  [
    'a condition without a test',
    (d) => (q(d).note['x-shown-if'] = { question: 'mood' }),
    'schema.properties.note.x-shown-if: asks nothing about mood. Add "equals", "oneOf", "above", "below" or "answered".',
  ],
  [
    'a condition as a text',
    (d) => (q(d).note['x-shown-if'] = 'mood < 5'),
    'schema.properties.note.x-shown-if: write a condition as {"question": "q1", "equals": 1} (or "oneOf", "above", "below", "answered"), {"and": […]}, {"or": […]} or {"not": {…}}.',
  ],
  [
    'a condition with an unknown word',
    (d) => (q(d).note['x-shown-if'] = { question: 'mood', atLeast: 5 }),
    'schema.properties.note.x-shown-if: unknown atLeast. Remove or rename it.',
  ],
  [
    'a condition inside another without a test',
    (d) => (q(d).note['x-shown-if'] = { and: [{ question: 'mood' }] }),
    'schema.properties.note.x-shown-if: asks nothing about mood. Add "equals", "oneOf", "above", "below" or "answered".',
  ],
  [
    'a value of a condition that is a list',
    (d) => (q(d).note['x-shown-if'] = { question: 'mood', equals: [5] }),
    'schema.properties.note.x-shown-if.equals: give a text, a number, true or false.',
  ],
  [
    'a bound of a condition that is no date',
    (d) => (q(d).note['x-shown-if'] = { question: 'mood', above: 'today' }),
    'schema.properties.note.x-shown-if.above: is no date. Write it as "2001-12-31".',
  ],
  [
    'an empty list of conditions',
    (d) => (q(d).note['x-shown-if'] = { or: [] }),
    'schema.properties.note.x-shown-if.or: has to have at least 1 entry. Add some.',
  ],
  [
    'a condition on a later question',
    (d) => (q(d).mood['x-shown-if'] = { question: 'rest', above: 1 }),
    'schema.properties.mood.x-shown-if: asks for rest, which does not come before it. A condition can only ask for earlier questions: move one of them.',
  ],
  [
    'a condition on no question',
    (d) => (q(d).note['x-shown-if'] = { question: 'joy', above: 1 }),
    'schema.properties.note.x-shown-if: there is no question joy. Remove it or correct its name.',
  ],
  [
    'a condition on an answer that is not offered',
    (d) => (q(d).note['x-shown-if'] = { question: 'work', equals: 'dawn' }),
    'schema.properties.note.x-shown-if: work never has the value "dawn". Correct it.',
  ],
  [
    'a condition on an answer of another type',
    (d) => (q(d).note['x-shown-if'] = { question: 'mood', equals: '5' }),
    'schema.properties.note.x-shown-if: mood never has the value "5". Correct it.',
  ],
  [
    'a bound on a question without an order',
    (d) => (q(d).note['x-shown-if'] = { question: 'work', above: 1 }),
    'schema.properties.note.x-shown-if: "above" needs a question with numbers or dates, and a bound of that kind, which work is not. Correct it.',
  ],
  [
    'a condition of a page on its own question',
    (d) => (d.pages[0].shownIf = { question: 'mood', above: 1 }),
    'pages.0.shownIf: asks for mood, which does not come before it. A condition can only ask for earlier questions: move one of them.',
  ],
  [
    'a condition of a matrix on its own question',
    (d) => (d.pages[0].items[2].shownIf = { question: 'worry', above: 1 }),
    'pages.0.items.2.shownIf: asks for worry, which does not come before it. A condition can only ask for earlier questions: move one of them.',
  ],
  [
    'a flag for no question',
    (d) => (d.scoring.flags[0].if = { question: 'joy', above: 1 }),
    'scoring.flags.help: there is no question joy. Remove it or correct its name.',
  ],
  [
    'a norm for no question',
    (d) =>
      (area(d).norms = {
        unit: 'T',
        source: 'S',
        tables: [{ if: { question: 'joy', above: 1 }, rows: [0, 1, 2, 3, 4].map((raw) => [raw, raw]) }],
      }),
    'scoring.areas.strain.norms: there is no question joy. Remove it or correct its name.',
  ],
  // Questions.
  [
    'a keyword of another type',
    (d) => (q(d).mood.maxLength = 1),
    'schema.properties.mood: "maxLength" means nothing for the type integer. Remove it or correct its name.',
  ],
  [
    'a misspelt keyword',
    (d) => (q(d).note.maxlength = 1),
    'schema.properties.note: "maxlength" means nothing for the type string. Remove it or correct its name.',
  ],
  [
    'a misspelt keyword of this program',
    (d) => (q(d).note['x-multi-line'] = true),
    'schema.properties.note: "x-multi-line" is unknown. Write "x-multiline".',
  ],
  [
    'an unknown keyword of this program',
    (d) => (q(d).note['x-visible-if'] = true),
    'schema.properties.note: "x-visible-if" is unknown. Known are x-prefer-not-to-say, x-shown-if, x-image, x-comment, x-multiline, x-not-future, x-form, x-other; a remark goes into "x-comment".',
  ],
  [
    'a keyword of this program for another type',
    (d) => (q(d).agree['x-low'] = 'no'),
    'schema.properties.agree: "x-low" means nothing for the type boolean. Remove it or correct its name.',
  ],
  [
    'a reference of a definition',
    (d) => ((d.schema.$defs.worry = { $ref: '#/$defs/often' }), (q(d).worry.$ref = '#/$defs/worry')),
    'schema.properties.worry: the "$ref" leads to "worry", which has one itself. Write "worry" out.',
  ],
  [
    'a reference of entries to nothing',
    (d) => (q(d).wishes.items = { $ref: '#/$defs/no' }),
    'schema.properties.wishes: the "$ref" "#/$defs/no" leads nowhere. Write "#/$defs/often".',
  ],
  [
    'a reference to nothing',
    (d) => (q(d).worry.$ref = '#/$defs/oftn'),
    'schema.properties.worry: the "$ref" "#/$defs/oftn" leads nowhere. Write "#/$defs/often".',
  ],
  [
    'a reference elsewhere',
    (d) => (q(d).worry.$ref = 'https://example.com/often.json'),
    'schema.properties.worry: the "$ref" "https://example.com/often.json" leads nowhere. Write "#/$defs/often".',
  ],
  [
    'two lists of choices',
    (d) => (q(d).work.enum = ['day', 'night']),
    'schema.properties.work: has both "oneOf" and "enum". Keep "oneOf".',
  ],
  [
    'the same choice twice',
    (d) => (q(d).work.oneOf[1].const = 'day'),
    'schema.properties.work: offers the same choice twice. Remove one.',
  ],
  [
    'choices of another type',
    (d) => (q(d).work.oneOf[1].const = 2),
    'schema.properties.work: has choices that are no string. Correct them.',
  ],
  [
    'half choices of an integer',
    (d) => Object.assign(q(d).mood, { oneOf: [0, 0.5].map((value) => ({ const: value, title: 'x' })) }),
    'schema.properties.mood: has choices that are no integer. Correct them, or make its type "number".',
  ],
  [
    'a reference without definitions',
    (d) => {
      q(d).sad = { title: 'Sad', ...d.schema.$defs.often };
      delete d.schema.$defs;
    },
    'schema.properties.worry: the "$ref" "#/$defs/often" leads nowhere. Add "$defs" to the schema.',
  ],
  [
    'a bound of a condition that is neither',
    (d) => (q(d).note['x-shown-if'] = { question: 'mood', above: true }),
    'schema.properties.note.x-shown-if.above: give a number, or a date in the form "2001-12-31".',
  ],
  [
    'a range upside down',
    (d) => (q(d).mood.minimum = 11),
    'schema.properties.mood: "minimum" is above "maximum". Swap them.',
  ],
  [
    'lengths upside down',
    (d) => (q(d).note.minLength = 300),
    'schema.properties.note: "minLength" is above "maxLength". Swap them.',
  ],
  [
    'dates upside down',
    (d) => Object.assign(q(d).born, { formatMinimum: '2002-01-01', formatMaximum: '2001-01-01' }),
    'schema.properties.born: "formatMinimum" is after "formatMaximum". Swap them.',
  ],
  [
    'numbers of entries upside down',
    (d) => (q(d).wishes.minItems = 3),
    'schema.properties.wishes: "minItems" is above "maxItems". Swap them.',
  ],
  [
    'a text without an end',
    (d) => delete q(d).note.maxLength,
    'schema.properties.note: a text without an end could be any size. Add "maxLength" or a list of choices.',
  ],
  [
    'a date without its format',
    (d) => (q(d).note.formatMinimum = '2001-01-01'),
    'schema.properties.note: add "format": "date".',
  ],
  [
    'a broken pattern',
    (d) => (q(d).note.pattern = '('),
    'schema.properties.note: "pattern" is no regular expression. Correct it.',
  ],
  [
    'a list without an end',
    (d) => delete q(d).wishes.maxItems,
    'schema.properties.wishes: a list could be endless. Add "maxItems".',
  ],
  [
    'a list without its entries',
    (d) => delete q(d).wishes.items,
    'schema.properties.wishes: a list needs "items" of a scalar type. Add them.',
  ],
  [
    'an unknown keyword of entries',
    (d) => (q(d).wishes.items['x-low'] = 'x'),
    'schema.properties.wishes.items: unknown x-low. Remove or rename it.',
  ],
  [
    'another text as an answer without choices',
    (d) => (q(d).note['x-other'] = 'Another'),
    'schema.properties.note: a page cannot show "x-other" without choices. Add "oneOf", or remove "x-other".',
  ],
  [
    'another text as an entry without choices',
    (d) => Object.assign(q(d).wishes, { items: { type: 'string', maxLength: 9 }, 'x-other': 'Another' }),
    'schema.properties.wishes: a page cannot show "x-other" without choices. Give "items" a "oneOf", or remove "x-other".',
  ],
  [
    'an integer with a bound that is none',
    (d) => (q(d).mood.maximum = 10.5),
    'schema.properties.mood: a page cannot show an integer with bounds that are none. Give it a whole "minimum" and "maximum".',
  ],
  [
    'labels of a number that is typed',
    (d) => (q(d).mood.maximum = 100),
    'schema.properties.mood: a page cannot show labels of the two ends for a number that is typed. Remove "x-low" and "x-high", or give it at most 21 steps and no "x-unit".',
  ],
  [
    'more choices than there are',
    (d) => Object.assign(q(d).wishes, { minItems: 3, maxItems: 5 }),
    'schema.properties.wishes: a page cannot show the same choice twice in a list. Lower "minItems" to the number of choices.',
  ],
  [
    'a list of numbers',
    (d) => (q(d).wishes.items = { type: 'integer' }),
    'schema.properties.wishes: a page cannot show a list of other entries than texts. Give its "items" a "oneOf", or the type "string".',
  ],
  [
    'too many questions',
    (d) => {
      for (let n = 0; n <= 490; n += 1) {
        q(d)[`n${n}`] = q(d).agree;
        d.pages[1].items.push(`n${n}`);
      }
    },
    'schema.properties: 501 questions, at most 500 are possible. Split it.',
  ],
  [
    'a required question that is not there',
    (d) => d.schema.required.push('joy'),
    'schema.required: there is no question joy. Remove it or correct its name.',
  ],
  [
    'a required question twice',
    (d) => d.schema.required.push('mood'),
    'schema.required: mood is named twice. Remove one.',
  ],
  // Pages.
  [
    'a question that is shown twice',
    (d) => d.pages[1].items.push('mood'),
    'pages: mood is shown twice. Remove it from one place.',
  ],
  [
    'a question on a page that is not there',
    (d) => d.pages[1].items.push('joy'),
    'pages: there is no question joy. Remove it or correct its name.',
  ],
  ['a question on no page', (d) => d.pages[1].items.pop(), 'pages: the question agree is on no page. Add it to one.'],
  [
    'a row of another kind',
    (d) => {
      d.pages[0].items[2].items.push('agree');
      d.pages[1].items.pop();
    },
    'pages.0.items.2: agree is no row of a matrix. Make it a choice or a short scale, or take it out of the matrix.',
  ],
  [
    'a row with other answers',
    (d) => {
      d.pages[0].items[2].items.push('mood');
      d.pages[0].items.shift();
    },
    'pages.0.items.1: mood has other answers than worry. Give all rows the same, by one "$ref" for example.',
  ],
  // Scoring.
  [
    'no levels',
    (d) => delete d.scoring.levels,
    'scoring.levels: missing, and all has no bands. Add "low" and "high", or bands to each area.',
  ],
  ['levels upside down', (d) => (d.scoring.levels.low = 90), 'scoring.levels: "low" is above "high". Swap them.'],
  [
    'levels finer than the value',
    (d) => (d.scoring.levels.low = 40.25),
    'scoring.levels: 40.25 is finer than the value of all, which has 1 decimal. Round it, or raise "decimals".',
  ],
  [
    'two areas of one name',
    (d) => d.scoring.areas.push(structuredClone(area(d))),
    'scoring.areas: two areas are called strain. Rename one.',
  ],
  [
    'two flags of one name',
    (d) => d.scoring.flags.push(d.scoring.flags[0]),
    'scoring.flags: two flags are called help. Rename one.',
  ],
  [
    'a parent that is not there',
    (d) => (area(d).parent = 'joy'),
    'scoring.areas.strain: there is no area joy to be its parent. Add it or correct the name.',
  ],
  [
    'a circle of parents',
    (d) => d.scoring.areas.push({ id: 'x', title: 'X', parent: 'x' }),
    'scoring.areas.x: is its own ancestor. Remove one "parent" of the circle.',
  ],
  [
    'items beside child areas',
    (d) => (area(d, 'all').items = ['weight']),
    'scoring.areas.all: has items and child areas. Move its items into a child area: its value is made of its children.',
  ],
  [
    'an area of nothing',
    (d) => d.scoring.areas.push({ id: 'x', title: 'X', parent: 'all' }),
    'scoring.areas.x: has neither items nor child areas. Add items or remove it.',
  ],
  ['an item twice', (d) => area(d).items.push('sad'), 'scoring.areas.strain: counts sad twice. Remove one.'],
  [
    'an item that is no question',
    (d) => area(d).items.push('joy'),
    'scoring.areas.strain: there is no question joy. Remove it or correct its name.',
  ],
  [
    'an item without points',
    (d) => area(d).items.push('work'),
    `scoring.areas.strain: work can't be scored. Make it a number with minimum and maximum, give each of its answers "points", or remove it.`,
  ],
  [
    'a list as an item',
    (d) => {
      area(d, 'mood').items.push('wishes');
      area(d, 'mood').points = { wishes: { sleep: 0, mood: 1 } };
    },
    'scoring.areas.mood: points of wishes: a list has none. Remove it from the items.',
  ],
  [
    'a reversed item of another area',
    (d) => (area(d).reverse = ['mood']),
    'scoring.areas.strain: reverses mood, which is none of its items. Add it there or remove it here.',
  ],
  [
    'a reversed item twice',
    (d) => area(d, 'mood').reverse.push('rest'),
    'scoring.areas.mood: reverses rest twice. Remove one.',
  ],
  [
    'a reversed item with points',
    (d) => Object.assign(area(d), { reverse: ['sad'], points: { sad: { 0: 2, 1: 1, 2: 0 } } }),
    'scoring.areas.strain: reverses sad, which has points. Turn the points, and remove it here.',
  ],
  [
    'points for an item of another area',
    (d) => (area(d).points = { mood: { 0: 1 } }),
    'scoring.areas.strain: has points for mood, which is none of its items. Add it there or remove it here.',
  ],
  [
    'weights for an item of another area',
    (d) => (area(d).weights = { mood: 2 }),
    'scoring.areas.strain: has weights for mood, which is none of its items. Add it there or remove it here.',
  ],
  [
    'a weight of nothing',
    (d) => (area(d).weights = { sad: 0 }),
    'scoring.areas.strain: has a weight of 0. Remove the item or the weight.',
  ],
  [
    'an answer without points',
    (d) => (area(d).points = { sad: { 0: 0, 1: 2 } }),
    'scoring.areas.strain: points of sad: none for 2. Add them.',
  ],
  [
    'points for no answer',
    (d) => (area(d).points = { sad: { 0: 0, 1: 1, 2: 2, 3: 2 } }),
    'scoring.areas.strain: points of sad: it has no answer 3. Remove it or correct it.',
  ],
  [
    'points for an integer of any size',
    (d) => {
      d.schema.properties.rest = { title: 'Rest', type: 'integer', minimum: 0, maximum: 2 ** 53 };
      area(d, 'mood').reverse = undefined;
      area(d, 'mood').points = { rest: { 0: 1 } };
    },
    'scoring.areas.mood: points of rest: it has more than 1000 answers. Remove its points, or narrow its range.',
  ],
  [
    'a factor of percent',
    (d) => (area(d, 'mood').factor = 2),
    'scoring.areas.mood: has a factor, but percent have none. Add "value": "sum" or "mean".',
  ],
  [
    'a unit of percent',
    (d) => (area(d, 'mood').unit = 'points'),
    'scoring.areas.mood: has a unit, but percent have their own. Add "value": "sum" or "mean".',
  ],
  ['a factor of nothing', (d) => (area(d).factor = 0), 'scoring.areas.strain: has a factor of 0. Remove it.'],
  [
    'a least number where none may be missing',
    (d) => (area(d).answersMin = 1),
    'scoring.areas.strain: has "answersMin", but no answer may be missing. Add "missing": "prorated" or "zero".',
  ],
  [
    'more answers than items',
    (d) => Object.assign(area(d), { missing: 'prorated', answersMin: 3 }),
    'scoring.areas.strain: needs 3 answers, but has 2 items. Lower "answersMin".',
  ],
  [
    'a weight below 0 in percent',
    (d) => (area(d, 'mood').weights = { mood: -1 }),
    'scoring.areas.mood: weighs mood below 0. Reverse it instead, or add "value": "sum".',
  ],
  [
    'a mean of different points',
    (d) => {
      const strain = area(d);
      strain.value = 'mean';
      strain.items.push('weight');
      delete strain.bands;
    },
    'scoring.areas.strain: is a mean of worry (0 to 2) and weight (30 to 300). Give them the same points, or remove "value": "mean".',
  ],
  [
    'points that cancel out',
    (d) => {
      const strain = area(d);
      strain.weights = { sad: 1, worry: 1 };
      strain.points = { sad: { 0: 0, 1: 0, 2: 0 } };
    },
    'scoring.areas.strain: points of sad: all its answers have the same. Correct them, or remove the item.',
  ],
  [
    'points finer than the sum',
    (d) => (area(d).factor = 0.5),
    'scoring.areas.strain: has points finer than its 0 decimals, so a sum would be rounded. Raise "decimals".',
  ],
  [
    'a factor that leaves no difference',
    (d) => (area(d).factor = 0.001),
    'scoring.areas.strain: has the same value for all answers. Correct its points, weights and factor.',
  ],
  [
    'points for no name of a question',
    (d) => (area(d).points = { Sad: { 0: 1 } }),
    'scoring.areas.2.points.Sad: use lower-case letters, digits and _, at most 64, a letter first.',
  ],
  // Bands.
  [
    'a band upside down',
    (d) => Object.assign(area(d).bands[0], { from: 1, to: 0 }),
    'scoring.areas.strain: bands: little begins above its end. Swap "from" and "to".',
  ],
  [
    'a band finer than the value',
    (d) => (area(d).bands[1].to = 4.5),
    'scoring.areas.strain: bands: 4.5 of much is finer than the value, which has 0 decimals. Round it, or raise "decimals".',
  ],
  [
    'two bands of one name',
    (d) => (area(d).bands[1].id = 'little'),
    'scoring.areas.strain: bands: two are called little. Rename one.',
  ],
  [
    'bands that begin too high',
    (d) => (area(d).bands[0].from = 1),
    'scoring.areas.strain: bands: begin at 1, but the lowest value is 0. Correct "from" of little.',
  ],
  [
    'bands that end too low',
    (d) => (area(d).bands[1].to = 3),
    'scoring.areas.strain: bands: end at 3, but the highest value is 4. Correct "to" of much.',
  ],
  [
    'a gap between bands',
    (d) => (area(d).bands[1].from = 3),
    'scoring.areas.strain: bands: little ends at 1 and much begins at 3. It has to begin at 2.',
  ],
  [
    'bands that overlap',
    (d) => (area(d).bands[1].from = 1),
    'scoring.areas.strain: bands: little ends at 1 and much begins at 1. It has to begin at 2.',
  ],
  [
    'a band that no answers reach',
    (d) => area(d).bands.push({ id: 'more', title: 'more', from: 5, to: 9, level: 'high' }),
    'scoring.areas.strain: bands: no answers reach more, since values go from 0 to 4. Remove or correct it.',
  ],
  // Norms.
  [
    'a norm of percent',
    (d) => (area(d, 'mood').norms = { unit: 'T', source: 'S', tables: [{ rows: [[0, 30]] }] }),
    'scoring.areas.mood: norms: need whole values, at most 1000. Give the area "value": "sum".',
  ],
  [
    'a value without a norm',
    (d) => (area(d).norms = { unit: 'T', source: 'S', tables: [{ rows: [0, 1, 2, 3].map((raw) => [raw, raw]) }] }),
    'scoring.areas.strain: norms.tables.0: no row for 4. Add it.',
  ],
  [
    'two norms of one value',
    (d) =>
      (area(d).norms = { unit: 'T', source: 'S', tables: [{ rows: [0, 1, 2, 3, 4, 4].map((raw) => [raw, raw]) }] }),
    'scoring.areas.strain: norms.tables.0: two rows for one value. Remove one.',
  ],
  // Advice.
  [
    'advice for no area',
    (d) => (d.advice.joy = d.advice.all),
    'advice: there is no area joy. Remove it or correct its name.',
  ],
  [
    'a long definition to which many questions refer',
    (d) => {
      const titles = Array.from({ length: 300 }, (_, number) => `${number}`.padEnd(200, '.'));
      d.schema.$defs.long = { type: 'string', oneOf: titles.map((title, value) => ({ const: `${value}`, title })) };
      for (const id of Array.from({ length: 15 }, (_, number) => `long_${number}`)) {
        d.schema.properties[id] = { title: id, $ref: '#/$defs/long' };
        d.pages[1].items.push(id);
      }
    },
    'with each "$ref" followed it has 1023209 characters, at most 1000000 are possible. Shorten what is in "$defs".',
  ],
  ['an area without advice', (d) => delete d.advice.strain, 'advice: strain has none. Add it, with low, mid and high.'],
  ['a level without advice', (d) => delete d.advice.strain.mid, 'advice.strain.mid: is missing. Add an object.'],
];

test('the sound file is accepted', () => {
  expect(problemsAfter(() => {})).toEqual([]);
});

test.each(cases)('one message, with its place and a remedy, for %s', (_rule, change, problem) => {
  expect(problemsAfter(change)).toEqual([`sample.v1.json: ${problem}`]);
});

test('a file of another name is refused', () => {
  expect(problemsAfter(() => {}, 'sample.json')).toEqual([
    'sample.json: slug: slug and version call for the name sample.v1.json. Rename it or correct them.',
  ]);
});

test('no message has the words of the validator', () => {
  for (const [, , problem] of cases)
    expect(problem).not.toMatch(/invalid|too (big|small)|expected|received|unrecognized/i);
});

/** The files whose texts with a space are messages, or parts of messages. */
const RULES = [
  'condition-rules',
  'condition-shape',
  'item',
  'question',
  'questionnaire-content',
  'questionnaire-rules',
  'questionnaire-shape',
  'scoring-rules',
  'shape-problems',
];

/** Texts for programmers, which no author reads. */
const NO_MESSAGES = ['The questionnaires cannot be used:', 'the question "', '" can not be shown: ', 'it is missing'];

/** The constant texts in a file that have a space. */
function textsIn(name: string): string[] {
  const source = readFileSync(new URL(`../../src/entities/${name}.ts`, import.meta.url), 'utf8');
  const texts: string[] = [];
  const visitor = new Visitor({
    Literal: ({ value }) => void (typeof value === 'string' && texts.push(value)),
    TemplateElement: ({ value }) => void texts.push(value.cooked ?? ''),
  });
  visitor.visit(parseSync(name + '.ts', source).program);
  return texts.filter((text) => /\S \S/.test(text) && !NO_MESSAGES.includes(text));
}

test.each(RULES)('every message of src/entities/%s.ts has a broken file here', (name) => {
  const texts = textsIn(name);
  expect(texts.length).toBeGreaterThan(0);
  const messages = [
    ...cases.map(([, , problem]) => problem),
    'slug: slug and version call for the name sample.v1.json. Rename it or correct them.',
  ];
  expect(texts.filter((text) => !messages.some((message) => message.includes(text.trim())))).toEqual([]);
});
