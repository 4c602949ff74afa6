import { describe, expect, test } from 'vitest';
import { answersCheck } from '../../src/assessments/answers.ts';
import { keywordsOfType, questionShape, type Question } from '../../src/entities/question.ts';
import { kindOf, questionKinds } from '../../src/entities/question-kind.ts';
import { checkContent } from '../../src/entities/questionnaire-content.ts';
import { StartError } from '../../src/own-error.ts';
import { readPages, type Field } from '../../web/src/form/fields.ts';
import { fileOf, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

/** Does not compile without each kind of field that the page has a control for. */
const FIELD_KINDS: Record<Field['kind'], true> = { scale: true, choice: true, choices: true, text: true };

const titled = (...values: (string | number)[]) => values.map((value) => ({ const: value, title: `${value}.` }));

/** Values of each keyword; questions with every combination of them are drawn. */
const VALUES: Record<string, readonly unknown[]> = {
  oneOf: [titled('a', 'b'), titled(1, 2)],
  enum: [
    ['a', 'b'],
    [1, 2],
  ],
  minLength: [1],
  maxLength: [10],
  pattern: ['^a'],
  format: ['date'],
  formatMinimum: ['1900-01-01'],
  formatMaximum: ['2100-01-01'],
  minimum: [0, 0.5, 5],
  maximum: [5, 5.5, 20, 21, 120],
  minItems: [0, 1, 3],
  maxItems: [1, 3],
  uniqueItems: [true, false],
};

/** All questions of a type whose form the server accepts. A keyword without values fails here. */
const drawn = (type: Question['type'], values = VALUES): Question[] => {
  const withKeyword = (questions: object[], keyword: string): object[] => {
    const offered = values[keyword];
    if (!offered) throw new Error(`Draw questions with the keyword "${keyword}": give it values in VALUES.`);
    return questions.flatMap((question) => [question, ...offered.map((value) => ({ ...question, [keyword]: value }))]);
  };
  const candidates = keywordsOfType[type].reduce(withKeyword, [{ title: 'Question', type }]);
  return candidates.flatMap((candidate) => questionShape.safeParse(candidate).data ?? []);
};

const types = Object.keys(keywordsOfType) as Question['type'][];
const scalars = types.filter((type) => type !== 'array').flatMap((type) => drawn(type));
const untitled = (question: Question) =>
  Object.fromEntries(Object.entries(question).filter(([keyword]) => keyword !== 'title'));
const questions = [...scalars, ...drawn('array', { ...VALUES, items: scalars.map(untitled) })];

/** What the start says of a questionnaire with this question, and the field that the page makes of it. */
const tryOut = (extra: unknown): { problems: readonly string[]; field?: Field } => {
  const { schema, pages } = wellbeing;
  const file = {
    ...wellbeing,
    schema: { ...schema, properties: { ...schema.properties, extra } },
    pages: [...pages, { title: 'Extra', items: ['extra'] }],
  };
  try {
    const content = checkContent(file, 'wellbeing-check.v1.json');
    return { problems: [], field: readPages(content).at(-1)?.fields[0] };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { problems: error.problems };
  }
};
const tried = questions.map((question) => ({ question, ...tryOut(question) }));
const accepted = tried.filter(({ problems }) => problems.length === 0);
const refused = tried.filter(({ problems }) => problems.length > 0);

test('the kinds that the start accepts are the kinds that the page has a control for', () => {
  expect(Object.keys(FIELD_KINDS)).toEqual(questionKinds);
  expect(new Set(accepted.map(({ field }) => field?.kind))).toEqual(new Set(questionKinds));
});

test('the page shows every question that the start accepts, and as the kind that the server takes it for', () => {
  expect(accepted.length).toBeGreaterThan(100);
  for (const { question, field } of accepted) expect(kindOf(question)).toEqual({ kind: field?.kind });
});

test('a question is refused by its name and with a remedy', () => {
  expect(refused.length).toBeGreaterThan(100);
  for (const { problems } of refused) {
    expect(problems).toEqual([
      expect.stringMatching(
        /^wellbeing-check\.v1\.json: schema\.properties\.extra: the web page cannot show .+\. .+\.$/,
      ),
    ]);
  }
});

test('each step of a scale is an answer that the server accepts', () => {
  for (const { question, field } of accepted) {
    if (field?.kind !== 'scale') continue;
    const properties = { ...wellbeing.schema.properties, extra: question };
    const check = answersCheck({ ...wellbeing, schema: { ...wellbeing.schema, properties } });
    for (const { value } of field.options) expect(check({ ...wellbeingAnswers, extra: value })).toEqual([]);
  }
});

describe('the start refuses', () => {
  const list = { type: 'array', maxItems: 3 };
  test.each([
    ['a boolean', { type: 'boolean' }, 'a boolean. Make it a string with "oneOf"'],
    ['a date', { type: 'string', format: 'date' }, 'a date. Make it a text'],
    ['a number', { type: 'number', minimum: 0, maximum: 10 }, 'a number with decimals. Make it an integer'],
    ['an integer from 0 to 120', { type: 'integer', minimum: 0, maximum: 120 }, 'at most 21 steps'],
    ['an integer without bounds', { type: 'integer' }, 'at most 21 steps'],
    ['an integer from a half', { type: 'integer', minimum: 0.5, maximum: 3.5 }, 'a whole "minimum"'],
    ['one of a list without titles', { type: 'string', enum: ['a', 'b'] }, 'Write "oneOf" in place of "enum"'],
    ['several of a list without titles', { ...list, items: { type: 'string', enum: ['a', 'b'] } }, '"oneOf"'],
    ['a list of texts', { ...list, items: { type: 'string', maxLength: 9 } }, 'Give its "items" a "oneOf"'],
    [
      'more choices than there are',
      { ...list, minItems: 3, items: { type: 'string', oneOf: titled('a', 'b') } },
      'Lower "minItems"',
    ],
  ])('%s, and says what to write instead', (_, question, remedy) => {
    expect(tryOut({ title: 'Question', ...question }).problems).toEqual([expect.stringContaining(remedy)]);
  });
});

test('a question that shares a definition is shown with its own title', async () => {
  const file = (await fileOf('wellbeing-check.v1.json')) as typeof wellbeing;
  const { schema } = file;
  const shared = { title: 'Shared', type: 'string', oneOf: titled('yes', 'no') };
  const properties = { ...schema.properties, note: { title: 'Own', $ref: '#/$defs/yesNo' } };
  const content = checkContent(
    { ...file, schema: { ...schema, $defs: { yesNo: shared }, properties } },
    'wellbeing-check.v1.json',
  );
  const fields = readPages(content).flatMap((page) => page.fields);
  expect(fields.find(({ name }) => name === 'note')).toMatchObject({
    kind: 'choice',
    title: 'Own',
    options: [
      { value: 'yes', label: 'yes.' },
      { value: 'no', label: 'no.' },
    ],
  });
});
