import { describe, expect, test } from 'vitest';
import { checkOverlay, overlayNameOf } from '../../src/entities/overlay-rules.ts';
import { localized, textsOf } from '../../src/entities/overlay.ts';
import { checkContent, type QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { StartError } from '../../src/own-error.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';
import { german, wellbeingInGerman } from '../support/translations.ts';

const IMAGE = { file: 'a.png', alt: 'A face' };
const SCALE = {
  type: 'integer',
  oneOf: [
    { const: 0, title: 'Never' },
    { const: 1, title: 'Often' },
  ],
};

/** A questionnaire with a text at each place that can have one. */
const rich: QuestionnaireContent = checkContent(
  {
    slug: 'rich',
    version: 3,
    title: 'Rich',
    language: 'en',
    minutes: 1,
    description: 'All kinds of texts.',
    summary: 'In short.',
    source: 'By us.',
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: ['nervous', 'sad'],
      properties: {
        nervous: { title: 'Nervous', ...SCALE },
        sad: { title: 'Sad', description: 'Or down.', ...SCALE },
        face: {
          title: 'Which face?',
          type: 'string',
          oneOf: [
            { const: 'constructor', title: 'The first' },
            { const: 'b', title: 'The second' },
          ],
          'x-other': 'Another one',
          'x-image': IMAGE,
        },
        mood: { title: 'Mood', type: 'integer', minimum: 0, maximum: 10, 'x-low': 'Low', 'x-high': 'High' },
        weight: { title: 'Weight', type: 'number', minimum: 1, maximum: 300, 'x-unit': 'kg' },
        code: { title: 'Code', type: 'string', maxLength: 5, pattern: '^\\d{5}$', 'x-form': 'five digits' },
        sports: {
          title: 'Sports',
          type: 'array',
          maxItems: 2,
          items: {
            type: 'string',
            oneOf: [
              { const: 'run', title: 'Running' },
              { const: 'swim', title: 'Swimming' },
            ],
          },
        },
      },
    },
    pages: [
      {
        title: 'First',
        description: 'How often?',
        items: ['face', { title: 'How often were you', description: 'Lately.', items: ['nervous', 'sad'] }],
      },
      { title: 'Second', items: ['mood', 'weight', 'code', 'sports'] },
    ],
    scoring: {
      areas: [
        {
          id: 'distress',
          title: 'Distress',
          description: 'How you are.',
          lowPole: 'calm',
          highPole: 'tense',
          items: ['nervous', 'sad'],
          value: 'sum',
          unit: 'points',
          bands: [
            { id: 'little', title: 'little', text: 'All is well.', from: 0, to: 1, level: 'low' },
            { id: 'much', title: 'much', from: 2, to: 2, level: 'high' },
          ],
        },
      ],
      flags: [{ id: 'help', title: 'Calls for help', if: { question: 'sad', equals: 1 } }],
    },
    prompt: { version: '1', system: 'You are a coach.', task: 'Write.' },
    advice: {
      distress: Object.fromEntries(
        ['low', 'mid', 'high'].map((level) => [level, { title: level, rationale: level, action: level }]),
      ),
    },
  },
  'rich.v3.json',
);

/** The object without members that are undefined, as a file has it. */
const asFile = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));

/** The same texts in capital letters. */
const inCapitals = (texts: unknown): unknown =>
  typeof texts === 'string'
    ? texts.toUpperCase()
    : Array.isArray(texts)
      ? texts.map(inCapitals)
      : typeof texts === 'object' && texts !== null
        ? Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, inCapitals(text)]))
        : texts;

const IDENTITY = { slug: 'rich', version: 3, language: 'fr' };
const french = (change: object = {}): Record<string, unknown> => ({
  ...IDENTITY,
  ...asFile(inCapitals(textsOf(rich))),
  ...change,
});
const check = (value: unknown, name = 'rich.v3.fr.json', base: QuestionnaireContent | undefined = rich) =>
  checkOverlay(value, name, base);

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof StartError) return error.problems;
    throw error;
  }
  return [];
}

test.each([
  ['rich', rich],
  ['wellbeing', wellbeing],
  ['personality', ipip],
])('with its own texts the %s questionnaire is the same', (_, content) => {
  const { language } = content;
  const overlay = { slug: content.slug, version: content.version, language, ...textsOf(content) };
  expect(asFile(localized(content, overlay))).toEqual(asFile(content));
});

test('each text comes from the overlay, and nothing but texts changes', () => {
  const inFrench = localized(rich, check(french()));
  expect(asFile(textsOf(inFrench))).toEqual(asFile(inCapitals(textsOf(rich))));
  const back = localized(inFrench, { ...IDENTITY, language: 'en', ...textsOf(rich) });
  expect(asFile(back)).toEqual(asFile(rich));
  expect(inFrench.language).toBe('fr');
});

test('a source of the translation stands after that of the questionnaire, and a prompt replaces the texts that it has', () => {
  const overlay = check(french({ source: 'Traduit par nous.', prompt: { system: 'In French.' } }));
  expect(localized(rich, overlay)).toMatchObject({
    source: 'By us.\n\nTraduit par nous.',
    prompt: { version: '1', system: 'In French.', task: 'Write.' },
  });
  expect(localized({ ...rich, source: undefined }, overlay).source).toBe('Traduit par nous.');
});

test('questions can share texts by a reference', () => {
  const { questions, ...rest } = french() as { questions: Record<string, object> };
  const scale = { options: { 0: 'Jamais', 1: 'Souvent' } };
  const shared = {
    ...rest,
    $defs: { scale },
    questions: {
      ...questions,
      nervous: { title: 'Nerveux', $ref: '#/$defs/scale' },
      sad: { $ref: '#/$defs/scale', title: 'Triste', description: 'Ou abattu.' },
    },
  };
  expect(check(shared).questions).toMatchObject({
    nervous: { title: 'Nerveux', ...scale },
    sad: { title: 'Triste', description: 'Ou abattu.', ...scale },
  });
});

type Texts = { questions: Record<string, Record<string, unknown>>; areas: Record<string, Record<string, unknown>> };

/** The overlay with one question or one area changed. */
const withQuestion = (id: string, change: object): object => {
  const { questions } = french() as Texts;
  return french({ questions: { ...questions, [id]: { ...questions[id], ...change } } });
};
const withArea = (change: object): object => {
  const { areas } = french() as Texts;
  return french({ areas: { distress: { ...areas['distress'], ...change } } });
};
const without = (value: object, ...keys: string[]): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
const pages = french()['pages'] as object[];

describe('a file is refused with the place and the remedy', () => {
  const OVER = 'the questionnaire has no such text. Remove it or correct its name.';
  const cases: [what: string, value: unknown, problem: string][] = [
    [
      'another version',
      french({ version: 2 }),
      'version: slug, version and language call for the name rich.v2.fr.json. Rename it or correct them.',
    ],
    ['no object', [], 'rich.v3.fr.json: has to be an object. Correct it.'],
    ['no language', without(french(), 'language'), 'language: is missing. Add a text.'],
    [
      'a language that is no tag',
      french({ language: 'French' }),
      'language: use a language tag such as "en" or "pt-BR".',
    ],
    [
      'another slug than its name',
      french({ slug: 'poor' }),
      'slug: slug, version and language call for the name poor.v3.fr.json. Rename it or correct them.',
    ],
    [
      'another language than its name',
      french({ language: 'it' }),
      'language: slug, version and language call for the name rich.v3.it.json. Rename it or correct them.',
    ],
    ['no title', without(french(), 'title'), 'title: is missing. Translate "Rich".'],
    ['no summary', without(french(), 'summary'), 'summary: is missing. Translate "In short.".'],
    ['no flags', without(french(), 'flags'), 'flags: is missing. Add it, with help.'],
    ['no advice', without(french(), 'advice'), 'advice: is missing. Add it, with distress.'],
    ['no pages', without(french(), 'pages'), 'pages: is missing. Add a list of 2.'],
    ['a page less', french({ pages: pages.slice(0, 1) }), 'pages.1: is missing. Add it, with title.'],
    ['a page more', french({ pages: [...pages, { title: 'X' }] }), `pages.2: ${OVER}`],
    [
      'a matrix without its description',
      french({ pages: [{ ...pages[0], matrices: [{ title: 'X' }] }, pages[1]] }),
      'pages.0.matrices.0.description: is missing. Translate "Lately.".',
    ],
    [
      'a matrix where there is none',
      french({ pages: [pages[0], { ...pages[1], matrices: [] }] }),
      `pages.1.matrices: ${OVER}`,
    ],
    ['an unknown question', withQuestion('other', { title: 'X' }), `questions.other: ${OVER}`],
    ['a member that means nothing', withQuestion('mood', { minimum: 0 }), `questions.mood.minimum: ${OVER}`],
    [
      'a reference that leads nowhere',
      withQuestion('mood', { $ref: '#/$defs/none' }),
      'questions.mood.$ref: it leads nowhere. Only "#/$defs/<name>" of the same file can be followed.',
    ],
    [
      'a missing end of a scale',
      withQuestion('mood', { 'x-low': undefined }),
      'questions.mood.x-low: is missing. Translate "Low".',
    ],
    [
      'a missing unit',
      withQuestion('weight', { 'x-unit': undefined }),
      'questions.weight.x-unit: is missing. Translate "kg".',
    ],
    [
      'a missing form',
      withQuestion('code', { 'x-form': undefined }),
      'questions.code.x-form: is missing. Translate "five digits".',
    ],
    [
      'a missing other',
      withQuestion('face', { 'x-other': undefined }),
      'questions.face.x-other: is missing. Translate "Another one".',
    ],
    [
      'a missing alternative text',
      withQuestion('face', { alt: undefined }),
      'questions.face.alt: is missing. Translate "A face".',
    ],
    [
      'a missing option with the name of an inherited member',
      withQuestion('face', { options: { b: 'X' } }),
      'questions.face.options.constructor: is missing. Translate "The first".',
    ],
    [
      'an unknown option',
      withQuestion('sports', { options: { run: 'X', swim: 'X', ski: 'X' } }),
      `questions.sports.options.ski: ${OVER}`,
    ],
    ['an option of a number', withQuestion('mood', { options: { 0: 'X' } }), `questions.mood.options: ${OVER}`],
    ['a blank text', withQuestion('mood', { title: '  ' }), 'questions.mood.title: is blank: write a text.'],
    [
      'a text that is too long',
      withQuestion('mood', { title: 'x'.repeat(301) }),
      'questions.mood.title: has to have at most 300 characters. Shorten it.',
    ],
    ['a number for a text', withQuestion('mood', { title: 7 }), 'questions.mood.title: has to be a text. Correct it.'],
    ['a missing pole', withArea({ lowPole: undefined }), 'areas.distress.lowPole: is missing. Translate "calm".'],
    [
      'a missing unit of an area',
      withArea({ unit: undefined }),
      'areas.distress.unit: is missing. Translate "points".',
    ],
    [
      'a text of a band that has none',
      withArea({ bands: { little: { title: 'X', text: 'X' }, much: { title: 'X', text: 'X' } } }),
      `areas.distress.bands.much.text: ${OVER}`,
    ],
    [
      'a missing band',
      withArea({ bands: { little: { title: 'X', text: 'X' } } }),
      'areas.distress.bands.much: is missing. Add it, with title.',
    ],
    [
      'an unknown member of the prompt',
      french({ prompt: { version: '2' } }),
      'prompt: unknown version. Remove or rename it.',
    ],
    ['a key that is no name', french({ 'a\nb': 'x' }), `"a\\nb": ${OVER}`],
  ];

  test.each(cases)('%s', (_, value, problem) => {
    const expected = problem.startsWith('rich.') ? problem : `rich.v3.fr.json: ${problem}`;
    expect(problemsOf(() => check(asFileOrNot(value)))).toContain(expected);
  });

  const asFileOrNot = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  test('the questionnaire’s own language', () => {
    expect(problemsOf(() => check(french({ language: 'en' }), 'rich.v3.en.json'))).toEqual([
      "rich.v3.en.json: language: en is the questionnaire's own language. Correct it, or remove this file.",
    ]);
  });

  test('no questionnaire', () => {
    expect(problemsOf(() => checkOverlay(french(), 'rich.v3.fr.json', undefined))).toEqual([
      'rich.v3.fr.json: there is no questionnaire rich.v3.json. Add it, or correct the name of this file.',
    ]);
  });

  test('with all of its problems at once', () => {
    const value = { ...without(french(), 'title', 'flags'), description: 7, extra: 'x' };
    expect(problemsOf(() => check(value))).toEqual([
      'rich.v3.fr.json: description: has to be a text. Correct it.',
      'rich.v3.fr.json: title: is missing. Translate "Rich".',
      'rich.v3.fr.json: flags: is missing. Add it, with help.',
      `rich.v3.fr.json: extra: ${OVER}`,
    ]);
  });
});

test('a complete file is accepted', () => {
  expect(check(french())).toEqual(french());
});

test('the German texts of the wellbeing check leave no English one', () => {
  const english = new Set(leavesOf(textsOf(wellbeing)));
  expect(leavesOf(textsOf(wellbeingInGerman)).filter((text) => english.has(text))).toEqual([]);
  expect(wellbeingInGerman.language).toBe('de');
  expect(leavesOf(german).join(' ')).not.toMatch(/\b(du|dich|dir|dein\w*)\b/i);
});

const leavesOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(leavesOf)
      : [];

test.each([
  [
    'wellbeing-check.v1.de.json',
    { slug: 'wellbeing-check', version: 1, language: 'de', base: 'wellbeing-check.v1.json' },
  ],
  ['a.v10.pt-BR.json', { slug: 'a', version: 10, language: 'pt-BR', base: 'a.v10.json' }],
  ['wellbeing-check.v1.json', undefined],
  ['de.json', undefined],
  ['a.v1.de.txt', undefined],
])('the name %s', (name, parts) => {
  expect(overlayNameOf(name)).toEqual(parts);
});
