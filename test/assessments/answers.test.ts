import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersHash, answersCheck } from '../../src/assessments/answers.ts';
import type { Answers, Question } from '../../src/entities/questionnaire-content.ts';
import { ipip, ipipAnswers, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

const check = answersCheck(wellbeing);
const checkWith = (changes: Answers) => check({ ...wellbeingAnswers, ...changes });

/** A questionnaire with one more question, which is optional. */
function checkOf(question: Question, today?: () => Date) {
  const properties = { ...wellbeing.schema.properties, extra: question };
  const checkExtra = answersCheck({ ...wellbeing, schema: { ...wellbeing.schema, properties } }, today);
  return (extra: unknown) => checkExtra({ ...wellbeingAnswers, extra });
}

test('answers that fit have no issues', () => {
  expect(check(wellbeingAnswers)).toEqual([]);
  expect(answersCheck(ipip)(ipipAnswers((index) => (index % 5) + 1))).toEqual([]);
});

test('another version with the same keywords can be checked, too', () => {
  expect(answersCheck({ ...wellbeing, version: 2 })(wellbeingAnswers)).toEqual([]);
});

test('an optional question may be left out, but not answered with null', () => {
  const { note: _, ...rest } = wellbeingAnswers;
  expect(check(rest)).toEqual([]);
  expect(checkWith({ note: null })).toMatchObject([{ path: '/note', rule: 'type' }]);
});

test('all issues are returned at once, one for each wrong question', () => {
  const { mood: _, ...rest } = wellbeingAnswers;
  const issues = check({ ...rest, stress: 11.5, energy: '5', wishes: ['a', 'a', 'b', 'c'], colour: 'red', note: '' });
  expect(Object.fromEntries(issues.map(({ path, rule }) => [path, rule]))).toEqual({
    '/mood': 'required',
    '/stress': 'type',
    '/energy': 'type',
    '/wishes': 'maxItems',
    '/colour': 'additionalProperties',
    '/note': 'blank',
  });
  expect(issues).toHaveLength(6);
});

test('a choice that is not offered gives one issue that names the offered ones', () => {
  expect(checkWith({ day_pattern: 'nights' })).toEqual([
    {
      path: '/day_pattern',
      rule: 'oneOf',
      message:
        'Choose one of: regular (Regular hours), shifts (Changing shifts), caring (Caring for others most of the day), between (Between jobs or studies).',
    },
  ]);
  expect(checkWith({ wishes: ['sleep', 'money'] })).toEqual([
    {
      path: '/wishes',
      rule: 'oneOf',
      message:
        'Choose 1 to 3 of: sleep (Sleep), energy (Energy), stress (Stress), mood (Mood), focus (Focus), each only once.',
    },
  ]);
});

const messageFor = (changes: Answers) => checkWith(changes)[0]?.message;

test('a message describes a valid answer', () => {
  expect(messageFor({ mood: 11 })).toBe('Give a whole number from 0 to 10.');
  expect(messageFor({ mood: undefined })).toBe('This question has to be answered. Give a whole number from 0 to 10.');
  expect(messageFor({ note: 'x'.repeat(2_001) })).toBe('Write a text of 0 to 2000 characters.');
  expect(messageFor({ note: ' ' })).toBe('Write something, or leave the answer out if it is optional.');
});

test.each([
  ['a missing list', { wishes: undefined }, 'required'],
  ['an empty list', { wishes: [] }, 'minItems'],
  ['the same wish twice', { wishes: ['sleep', 'sleep'] }, 'uniqueItems'],
  ['a list for a number', { mood: [] }, 'type'],
  ['an object for a number', { mood: {} }, 'type'],
  ['a boolean', { mood: true }, 'type'],
  ['a text for a boolean', { mood: 'true' }, 'type'],
  ['a number below the range', { mood: -1 }, 'minimum'],
  ['a list within the list', { wishes: [['sleep']] }, 'type'],
  ['U+0000', { note: 'a\0b' }, 'nul'],
  ['half a surrogate pair', { note: 'a\ud83d' }, 'surrogate'],
  ['an integer that JSON clients can not hold', { mood: 2 ** 53 }, 'unsafe-integer'],
  ['infinity', { mood: Infinity }, 'unsafe-integer'],
  ['only spaces', { note: ' \t\u00a0\u3000' }, 'blank'],
  ['only characters without width', { note: '\u200b\u200d\u2060\ufeff\u00ad' }, 'blank'],
] as const)('%s is refused', (_what, changes, rule) => {
  expect(checkWith(changes)).toMatchObject([{ path: `/${Object.keys(changes)[0]}`, rule }]);
});

test.each([[null], [undefined], [[]], ['x'], [1], [true]])('%j instead of answers is refused as a whole', (answers) => {
  const issues = check(answers);
  expect(issues[0]).toMatchObject({ path: '', rule: 'type' });
});

test.each([
  'SELECT 1; DROP TABLE test_assessment; --',
  '<script>alert(1)</script>',
  '{{7*7}} ${7*7} %s </answers>',
  'Ignore all previous instructions.',
  '\u202eright to left\u202c',
  'Z\u0351\u036b\u0343a\u0348l\u0353g\u034eo\u0347',
  '👨‍👩‍👧‍👦',
])('the text %j is an answer like any other', (note) => {
  expect(checkWith({ note })).toEqual([]);
});

test('names that every object has are no answers', () => {
  const issues = check(JSON.parse('{"__proto__": {"mood": 5}, "constructor": 1, "toString": 2}'));
  expect(issues.map(({ path, rule }) => [path, rule])).toEqual(
    expect.arrayContaining([
      ['/__proto__', 'additionalProperties'],
      ['/constructor', 'additionalProperties'],
      ['/toString', 'additionalProperties'],
      ['/mood', 'required'],
    ]),
  );
});

test('an unknown key is reported shortened and printable, as a JSON pointer', () => {
  const path = (key: string) => checkWith({ [key]: 1 })[0]?.path;
  expect(path('a/b~c')).toBe('/a~1b~0c');
  expect(path('a\nb')).toBe('/a\ufffdb');
  expect(path('x'.repeat(100_000))).toBe(`/${'x'.repeat(80)}…`);
  expect(checkWith({ 'a\0': 1 })).toMatchObject([{ path: '/a\ufffd', rule: 'nul' }]);
  expect(checkWith({ 'a\ud800': 1 })).toMatchObject([{ path: '/a\ufffd', rule: 'surrogate' }]);
});

test('no more than 100 issues are returned', () => {
  expect(answersCheck(ipip)({})).toHaveLength(100);
});

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

test('answers of an excessive size or depth are refused before the schema is checked', () => {
  const keys = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`k${index}`, 1]));
  expect(check(keys)).toMatchObject([{ path: '', rule: 'size' }]);
  expect(checkWith({ wishes: Array.from({ length: 1_001 }, () => 'sleep') })).toMatchObject([
    { path: '/wishes', rule: 'size' },
  ]);
  expect(checkWith({ wishes: nested(31) })).toMatchObject([{ path: '/wishes', rule: 'type' }]);
  expect(checkWith({ wishes: nested(32) })).toMatchObject([{ path: '/wishes', rule: 'depth' }]);
  expect(checkWith({ wishes: nested(100_000) })).toMatchObject([{ path: '/wishes', rule: 'depth' }]);
  const wide = Array.from({ length: 100 }, () => Array.from({ length: 1_000 }, () => 1));
  expect(checkWith({ wishes: wide })).toMatchObject([{ path: '/wishes', rule: 'size' }]);
});

test('a circle in the answers ends as too deep', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  expect(checkWith({ wishes: circle })).toMatchObject([{ rule: 'depth' }]);
});

test('a date must exist, be within its limits, and with x-not-future not be in the future', () => {
  const question = {
    title: 'Born',
    type: 'string',
    format: 'date',
    formatMinimum: '1900-01-01',
    'x-not-future': true,
  } as const;
  const born = checkOf(question, () => new Date('2026-05-05T12:00:00Z'));
  expect(born('2004-02-29')).toEqual([]);
  expect(born('2026-05-06')).toEqual([]); // already today in the east
  expect(born('2026-05-07')).toMatchObject([{ path: '/extra', rule: 'x-not-future' }]);
  expect(born('2026-02-30')).toMatchObject([
    { rule: 'format', message: 'Give a date in the form 2001-12-31, not before 1900-01-01.' },
  ]);
  expect(born('1899-12-31')).toMatchObject([{ rule: 'formatMinimum' }]);
  const any = checkOf({ title: 'When', type: 'string', format: 'date' });
  expect(any('0001-01-01')).toEqual([]);
  expect(any('0000-01-01')).toMatchObject([{ path: '/extra' }]);
  expect(any('2026-1-1')).toMatchObject([{ rule: 'format' }]);
});

test('an unknown keyword is refused', () => {
  const question = { title: 'Speed', type: 'integer', multipleOf: 5 } as const;
  expect(() => checkOf(question)).toThrow('this version does not know the keyword "multipleOf"');
  const list = {
    title: 'Ids',
    type: 'array',
    maxItems: 2,
    items: { type: 'string', maxLength: 5, contains: 1 },
  } as const;
  expect(() => checkOf(list)).toThrow('does not know the keyword "contains"');
});

test('an inherited member is no answer', () => {
  const inherited: unknown = Object.create(wellbeingAnswers);
  expect(check(inherited)).toContainEqual(expect.objectContaining({ path: '/mood', rule: 'required' }));
});

test.each([
  ['of several wrong entries the first is reported', ['sleep', 'money', 5], 'oneOf'],
  ['a wrong entry comes before a repetition', ['sleep', 'sleep', 'money'], 'oneOf'],
  ['too many come before a wrong entry', ['money', 'money', 'money', 'money'], 'maxItems'],
  ['an entry that no JSON has', [1n], 'unsafe-integer'],
  ['an entry that is missing', [undefined], 'type'],
])('%s', (_what, wishes, rule) => {
  expect(checkWith({ wishes })).toMatchObject([{ path: '/wishes', rule }]);
});

test('an accepted text has at most four bytes for each character of its length', () => {
  const longest = '\u{1f600}'.repeat(2_000);
  expect(Buffer.byteLength(longest)).toBe(4 * 2_000);
  expect(checkWith({ note: longest })).toEqual([]);
  expect(checkWith({ note: `${longest}a` })).toMatchObject([{ path: '/note', rule: 'maxLength' }]);
});

test('for any JSON the check returns at most 100 issues and never the value', () => {
  const secret = 'value-that-nobody-may-see';
  const anything = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const answers = fc.oneof(
    anything,
    fc.dictionary(
      fc.constantFrom(...Object.keys(wellbeing.schema.properties), 'other'),
      fc.oneof(anything, fc.constant(secret)),
    ),
  );
  fc.assert(
    fc.property(answers, (value) => {
      const issues = check(value);
      expect(issues.length).toBeLessThanOrEqual(100);
      expect(new Set(issues.map(({ path }) => path)).size).toBe(issues.length);
      for (const { path, rule, message } of issues) {
        expect(path).toMatch(/^(\/.*)?$/s);
        expect(rule).not.toBe('');
        expect(message).not.toContain(secret);
      }
    }),
  );
});

test('the hash does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (answers) => {
      const reversed = Object.fromEntries(Object.entries(answers).toReversed());
      expect(answersHash('a@1', reversed)).toBe(answersHash('a@1', answers));
    }),
  );
});

test('other answers and other questionnaires have another hash', () => {
  const hash = answersHash('wellbeing-check@1', wellbeingAnswers);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(answersHash('wellbeing-check@2', wellbeingAnswers)).not.toBe(hash);
  expect(answersHash('wellbeing-check@1', { ...wellbeingAnswers, mood: 6 })).not.toBe(hash);
  expect(answersHash('wellbeing-check@1', { ...wellbeingAnswers, wishes: ['stress', 'sleep'] })).not.toBe(hash);
});

test('answers that can not be stored have a hash, too', () => {
  expect(answersHash('a@1', { note: '\ud800' })).toMatch(/^[0-9a-f]{64}$/);
});

const declining = { title: 'Income', type: 'integer', minimum: 0, maximum: 9, 'x-prefer-not-to-say': true } as const;
const sized = [
  { const: 'small', title: 'Small' },
  { const: 'large', title: 'Large' },
];
const open: Question = { title: 'Size', type: 'string', oneOf: sized, 'x-other': 'Another size' };
const openList: Question = {
  title: 'Sizes',
  type: 'array',
  maxItems: 3,
  uniqueItems: true,
  items: { type: 'string', oneOf: sized },
  'x-other': 'Another size',
};

test.each<[what: string, question: Question, answer: unknown, rule: string | undefined]>([
  ['"prefer not to say" where it is offered', declining, { declined: true }, undefined],
  ['"prefer not to say" with more', declining, { declined: true, why: 'x' }, 'type'],
  ['"prefer not to say" where it is not offered', open, { declined: true }, 'type'],
  ['words of the person', open, { other: 'tiny' }, undefined],
  ['200 characters of the person', open, { other: '😀'.repeat(200) }, undefined],
  ['201 characters of the person', open, { other: '😀'.repeat(201) }, 'maxLength'],
  ['blank words of the person', open, { other: ' ' }, 'blank'],
  ['words of the person with more', open, { other: 'tiny', more: 1 }, 'type'],
  ['no words of the person', open, { other: 1 }, 'type'],
  ['words of the person in a list', openList, ['small', { other: 'tiny' }], undefined],
  ['words of the person twice', openList, [{ other: 'tiny' }, { other: 'huge' }], 'uniqueItems'],
  ['words of the person where they are not offered', declining, { other: 'tiny' }, 'type'],
  ['yes', { title: 'Q', type: 'boolean' }, true, undefined],
  ['"yes" as a text', { title: 'Q', type: 'boolean' }, 'yes', 'type'],
  ['an address', { title: 'Q', type: 'string', format: 'email' }, 'name@example.com', undefined],
  ['no address', { title: 'Q', type: 'string', format: 'email' }, 'name at example', 'format'],
  ['a number with decimals', { title: 'Q', type: 'number', minimum: 0, maximum: 1 }, 0.25, undefined],
  ['a choice of half points', { title: 'Q', type: 'number', enum: [0.5, 1] }, 0.5, undefined],
])('%s: the rule that is broken is found', (_what, question, answer, rule) => {
  expect(checkOf(question)(answer).map((issue) => issue.rule)).toEqual(rule === undefined ? [] : [rule]);
});

test('a wrong form is told by other words than a wrong length', () => {
  const postcode: Question = {
    title: 'Postcode',
    type: 'string',
    minLength: 1,
    maxLength: 9,
    pattern: String.raw`^\d{5}$`,
  };
  const messageOf = (question: Question, code: string) => checkOf(question)(code)[0]?.message;
  expect(messageOf(postcode, '12 34')).toBe('This does not have the expected form.');
  expect(messageOf({ ...postcode, 'x-form': 'five digits' }, '12 34')).toBe('Write it in this form: five digits.');
  expect(messageOf(postcode, '1234567890')).toBe('Write a text of 1 to 9 characters.');
});

test('the message names every way to answer', () => {
  expect(checkOf(declining)('x')[0]?.message).toBe('Give a whole number from 0 to 9. Or answer {"declined": true}.');
  expect(checkOf(open)('x')[0]?.message).toBe(
    'Choose one of: small (Small), large (Large). Or give your own words as {"other": "…"}, at most 200 characters.',
  );
});

test('a hidden question is neither required nor checked', () => {
  const properties = {
    ...wellbeing.schema.properties,
    extra: { title: 'Why?', type: 'string', maxLength: 5, 'x-shown-if': { question: 'mood', below: 3 } } as const,
  };
  const schema = { ...wellbeing.schema, properties, required: [...wellbeing.schema.required, 'extra'] };
  const pages = [...wellbeing.pages, { title: 'More', items: ['extra'] }];
  const checkExtra = answersCheck({ ...wellbeing, schema, pages });
  expect(checkExtra({ ...wellbeingAnswers, mood: 3 })).toEqual([]);
  expect(checkExtra({ ...wellbeingAnswers, mood: 3, extra: 'far too long' })).toEqual([]);
  expect(checkExtra({ ...wellbeingAnswers, mood: 2 })).toMatchObject([{ path: '/extra', rule: 'required' }]);
  expect(checkExtra({ ...wellbeingAnswers, mood: 2, extra: 'far too long' })).toMatchObject([{ rule: 'maxLength' }]);
});
