import { expect, test } from 'vitest';
import { hiddenQuestions, holds, type Condition, type ShownPage } from '../../src/entities/condition.ts';

const ANSWERS = {
  number: 3,
  text: 'yes',
  date: '2020-02-29',
  list: ['a', 'b'],
  none: [],
  blank: ' \u200b',
  no: false,
  declined: { declined: true },
  other: { other: 'my own' },
};

const about = (question: string, tests: object): Condition => ({ question, ...tests });

test.each<[holding: boolean, Condition]>([
  [true, about('number', { equals: 3 })],
  [false, about('number', { equals: '3' })],
  [true, about('no', { equals: false })],
  [true, about('list', { equals: 'b' })],
  [false, about('list', { equals: 'c' })],
  [true, about('text', { oneOf: ['no', 'yes'] })],
  [true, about('list', { oneOf: ['c', 'a'] })],
  [false, about('text', { oneOf: ['no'] })],
  [true, about('number', { above: 2 })],
  [false, about('number', { above: 3 })],
  [true, about('number', { below: 4 })],
  [false, about('number', { below: 3 })],
  [true, about('number', { above: 2, below: 4 })],
  [false, about('number', { above: 2, below: 3 })],
  [true, about('date', { above: '2020-02-28', below: '2020-03-01' })],
  [false, about('date', { above: '2020-02-29' })],
  [false, about('text', { above: 1 })],
  [true, about('number', { answered: true })],
  [true, about('no', { answered: true })],
  [true, about('other', { answered: true })],
  [false, about('other', { equals: 'my own' })],
  ...['none', 'blank', 'declined', 'missing', 'constructor'].flatMap((name): [boolean, Condition][] => [
    [true, about(name, { answered: false })],
    [false, about(name, { answered: true })],
    [false, about(name, { equals: 'x' })],
    [false, about(name, { below: 100 })],
  ]),
  [true, { and: [about('number', { equals: 3 }), about('text', { equals: 'yes' })] }],
  [false, { and: [about('number', { equals: 3 }), about('text', { equals: 'no' })] }],
  [true, { or: [about('number', { equals: 4 }), about('text', { equals: 'yes' })] }],
  [false, { or: [about('number', { equals: 4 }), about('text', { equals: 'no' })] }],
  [true, { not: about('number', { equals: 4 }) }],
  [true, { not: about('missing', { equals: 4 }) }],
])('it is %j that %j', (holding, condition) => {
  expect(holds(condition, ANSWERS)).toBe(holding);
});

const PAGES: ShownPage[] = [
  { items: [{ key: 'q1' }, { key: 'q2', shownIf: about('q1', { equals: 1 }) }] },
  { shownIf: about('q2', { equals: 1 }), items: [{ key: 'q3' }] },
  {
    items: [
      {
        key: 'q4',
        shownIf: about('q1', { above: 0 }),
        rows: [{ key: 'q4' }, { key: 'q5', shownIf: about('q4', { answered: true }) }],
      },
    ],
  },
];

test.each([
  [{}, ['q2', 'q3', 'q4', 'q5']],
  [{ q1: 0 }, ['q2', 'q3', 'q4', 'q5']],
  [{ q1: 1, q2: 0 }, ['q3', 'q5']],
  [{ q1: 1, q2: 1, q4: 2 }, []],
  [{ q1: 2, q2: 1, q4: 2 }, ['q2', 'q3']],
  [{ q1: 0, q2: 1, q3: 1, q4: 1, q5: 1 }, ['q2', 'q3', 'q4', 'q5']],
])(
  'with the answers %j the questions %j are hidden: the answer to a hidden question counts as none',
  (answers, keys) => {
    expect([...hiddenQuestions(PAGES, answers)]).toEqual(keys);
  },
);

test('the answers stay as they are', () => {
  const answers = Object.freeze({ q1: 0, q2: 1 });
  hiddenQuestions(PAGES, answers);
  expect(answers).toEqual({ q1: 0, q2: 1 });
});
