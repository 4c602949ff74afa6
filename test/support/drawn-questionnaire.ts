import * as fc from 'fast-check';
import type { Condition } from '../../src/entities/condition.ts';
import { checkContent, type QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';

type Draw = fc.GeneratorValue;
type Drawn = Record<string, unknown>;

/** A questionnaire of a few questions of every kind, with conditions on its pages, matrices and questions. */
export const drawnQuestionnaire = (options: { dates?: boolean } = {}): fc.Arbitrary<QuestionnaireContent> =>
  fc.gen().map((draw) => questionnaire(draw, options.dates ?? true));

/** An answer sheet with good, broken and missing answers. */
export const drawnAnswers = (content: QuestionnaireContent): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(Object.entries(content.schema.properties).map(([id, question]) => [id, answerTo(question)])),
    { requiredKeys: [] },
  );

const flip = (draw: Draw): boolean => draw(fc.boolean);
const pick = <T>(draw: Draw, ...values: T[]): T => draw(() => fc.constantFrom(...values));

const CHOICES = [
  { const: 'a', title: 'A' },
  { const: 'b', title: 'B' },
  { const: 'c', title: 'C' },
];
const GRADES = [0, 1, 2, 3].map((value) => ({ const: value, title: `grade ${value}` }));

function drawnQuestion(draw: Draw, dates: boolean): Drawn {
  const other = flip(draw) ? { 'x-other': 'Something else' } : {};
  const kinds: (() => Drawn)[] = [
    () => ({ type: 'integer', minimum: 0, maximum: pick(draw, 4, 10, 14), 'x-low': 'None', 'x-comment': 'A remark.' }),
    () => ({ type: 'integer', oneOf: GRADES }),
    () => ({ type: 'string', oneOf: CHOICES, ...other }),
    () => ({ type: 'string', enum: Array.from({ length: 14 }, (_, place) => `choice ${place}`), ...other }),
    () => ({
      type: 'array',
      items: { type: 'string', oneOf: CHOICES },
      uniqueItems: true,
      minItems: pick(draw, 1, 2),
      maxItems: pick(draw, 2, 3),
      ...other,
    }),
    () => ({ type: 'boolean' }),
    () => ({ type: 'integer', minimum: 18, maximum: 120, 'x-unit': 'years' }),
    () => ({ type: 'number', ...(flip(draw) ? { minimum: -1.5, maximum: 300 } : {}), 'x-unit': 'kg' }),
    () => ({ type: 'string', maxLength: 12, minLength: pick(draw, 0, 1, 3), 'x-multiline': flip(draw) }),
    () => ({ type: 'string', maxLength: 9, pattern: '^\\d{5}$', 'x-form': 'five digits' }),
    () => ({ type: 'string', format: 'email' }),
    () => ({
      type: 'array',
      items: { type: 'string', maxLength: 6, minLength: pick(draw, 0, 2) },
      maxItems: 3,
      uniqueItems: flip(draw),
    }),
    ...(dates
      ? [
          () => ({
            type: 'string',
            format: 'date',
            ...(flip(draw) ? { formatMinimum: '1900-01-01', formatMaximum: '2020-12-31' } : {}),
            'x-not-future': flip(draw),
          }),
        ]
      : []),
  ];
  const decline = pick(draw, true, false, false) ? { 'x-prefer-not-to-say': true } : {};
  return { title: 'A question', ...pick(draw, ...kinds)(), ...decline };
}

function condition(draw: Draw, before: readonly [string, Drawn][], depth = 0): Condition {
  const inner = (): Condition => condition(draw, before, depth + 1);
  if (depth < 2 && pick(draw, true, false, false)) {
    const form = pick(draw, 'and', 'or', 'not');
    if (form === 'not') return { not: inner() };
    return form === 'and' ? { and: [inner(), inner()] } : { or: [inner(), inner()] };
  }
  const [name, { type, oneOf, items, enum: names, format }] = pick(draw, ...before);
  const offered = (items as Drawn | undefined)?.oneOf ?? oneOf;
  const values = Array.isArray(names)
    ? names
    : Array.isArray(offered)
      ? offered.map((choice: { const: string | number }) => choice.const)
      : undefined;
  const answered = pick(draw, true, false);
  const test = { question: name };
  if (values && flip(draw)) return { ...test, oneOf: [values[0], values[1]] };
  if (values && flip(draw)) return { ...test, equals: values[0] };
  if (type === 'boolean') return { ...test, equals: answered };
  if ((type === 'integer' || type === 'number') && flip(draw)) return { ...test, above: pick(draw, 1, 2, 20) };
  if (format === 'date' && flip(draw)) return { ...test, below: '2010-01-01' };
  return { ...test, answered };
}

function questionnaire(draw: Draw, dates: boolean): QuestionnaireContent {
  const count = draw(fc.integer, { min: 2, max: 6 });
  const entries: [string, Drawn][] = [['mood', { title: 'Mood', type: 'integer', minimum: 0, maximum: 10 }]];
  const pages: { title: string; items: unknown[]; shownIf?: Condition }[] = [{ title: 'Page', items: ['mood'] }];
  const maybe = (name: string): object => (flip(draw) ? { [name]: condition(draw, entries) } : {});
  for (let place = 0; place < count; place++) {
    if (flip(draw)) pages.push({ title: 'Page', items: [], ...maybe('shownIf') });
    const page = pages.at(-1);
    if (pick(draw, true, false, false, false)) {
      const row = { title: 'A statement', type: 'integer', oneOf: GRADES };
      const shownIf = maybe('shownIf');
      const names = [`m${place}a`, `m${place}b`];
      for (const name of names) entries.push([name, row]);
      page?.items.push({ title: 'A matrix', ...shownIf, items: names });
    } else {
      const shownIf = maybe('x-shown-if');
      entries.push([`q${place}`, { ...drawnQuestion(draw, dates), ...shownIf }]);
      page?.items.push(`q${place}`);
    }
  }
  const names = entries.map(([name]) => name);
  const file = {
    slug: 'drawn',
    version: 1,
    title: 'Drawn',
    language: 'en',
    minutes: 1,
    description: 'Drawn.',
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: names.filter(() => flip(draw)),
      properties: Object.fromEntries(entries),
    },
    pages: pages.filter(({ items }) => items.length > 0),
    scoring: { levels: { low: 40, high: 70 }, areas: [{ id: 'mood', title: 'Mood', items: ['mood'] }] },
    prompt: { version: '1', system: 'You help.', task: 'Help.' },
  };
  return checkContent(file, 'drawn.v1.json');
}

const TEXTS = [
  '',
  ' ',
  '\u200B',
  'x',
  'xy',
  'word',
  '12345',
  '1234',
  '😀'.repeat(6),
  'y'.repeat(13),
  'me@host.example',
];
const ADDRESSES = ['me@host', '.me@host.example', 'a..b@host.example', '"a b"@host.example', 'ä@host.example'];
const DATES = ['2010-02-29', '2012-02-29', '1899-12-31', '2021-01-01', '0000-01-01', '9999-12-31', '2010-1-1'];

function answerTo(question: QuestionnaireContent['schema']['properties'][string]): fc.Arbitrary<unknown> {
  const scalar = question.items ?? question;
  const offered = scalar.oneOf?.map((choice) => choice.const) ?? scalar.enum ?? [];
  const texts = fc.constantFrom(...TEXTS, ...(scalar.format === 'email' ? ADDRESSES : []));
  const dates = scalar.format === 'date' ? [fc.constantFrom(...DATES)] : [];
  const other = fc.constantFrom(
    { other: 'my own' },
    { other: ' ' },
    { other: 'o'.repeat(201) },
    { other: 'x', more: 1 },
  );
  const one = fc.oneof(
    ...(offered.length > 0 ? [{ weight: 4, arbitrary: fc.constantFrom(...offered) }] : []),
    ...dates.map((arbitrary) => ({ weight: 4, arbitrary })),
    { weight: 2, arbitrary: texts },
    { weight: 2, arbitrary: fc.integer({ min: -2, max: 121 }) },
    fc.constantFrom(0.5, 1.5, 299.5, true, false, null),
    other,
    fc.constantFrom({ declined: true }, { declined: true, more: 1 }),
  );
  return question.type === 'array' ? fc.oneof({ weight: 5, arbitrary: fc.array(one, { maxLength: 4 }) }, one) : one;
}
