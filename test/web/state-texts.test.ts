import { expect, test } from 'vitest';
import { stateText, announcement } from '../../web/src/waiting/state-texts.ts';

const waiting = (queuePosition: number | null, estimatedWaitSeconds: number | null = null) =>
  ({ status: 'SUBMITTED', queuePosition, estimatedWaitSeconds, draft: null }) as const;
const writing = (recommendations: readonly unknown[] | undefined) =>
  ({
    status: 'PROCESSING',
    queuePosition: null,
    estimatedWaitSeconds: null,
    draft: recommendations ? { recommendations } : null,
  }) as const;

test.each([
  [1, 'Next in line'],
  [2, '2nd in line'],
  [3, '3rd in line'],
  [4, '4th in line'],
  [11, '11th in line'],
  [13, '13th in line'],
  [21, '21st in line'],
  [1_112, '1,112th in line'],
  [null, 'Waiting for its turn'],
])('the place %s in line is shown as “%s”', (position, words) => {
  expect(stateText(waiting(position))).toBe(words);
});

test.each([
  [0, 'a few seconds'],
  [9, 'a few seconds'],
  [10, 'about 10 seconds'],
  [44, 'about 40 seconds'],
  [45, 'about a minute'],
  [89, 'about a minute'],
  [90, 'about 2 minutes'],
  [2_999, 'about 50 minutes'],
  [3_000, 'about an hour'],
  [5_399, 'about an hour'],
  [5_400, 'about 2 hours'],
])('a wait of %i seconds is shown as “%s”', (seconds, words) => {
  expect(stateText(waiting(3, seconds))).toBe(`3rd in line, ${words}`);
});

test('a wait without a place is not shown', () => {
  expect(stateText(waiting(null, 20))).toBe('Waiting for its turn');
});

test('the start of the work and the number of written recommendations are shown', () => {
  expect([undefined, [], ['one'], ['one', 'two']].map((parts) => stateText(writing(parts)))).toEqual([
    'Being worked on now',
    'Being written now',
    'Being written: 1 so far',
    'Being written: 2 so far',
  ]);
});

test('the announcement leaves out steps far back in the line, the estimate, and each further recommendation', () => {
  const steps = [
    ...Array.from({ length: 40 }, (_, index) => waiting(40 - index, 80 - index)),
    writing(undefined),
    ...Array.from({ length: 8 }, (_, count) => writing(Array.from({ length: count }, () => 'one'))),
  ];
  const spoken = steps.map(announcement);
  expect(spoken.filter((words, index) => words !== spoken[index - 1])).toEqual([
    'Your answers wait in line.',
    'Your answers wait: 3rd in line.',
    'Your answers wait: 2nd in line.',
    'Your answers wait: next in line.',
    'Your answers are being worked on.',
    'A first part is shown below.',
    'The first recommendations are shown below, and may still change.',
  ]);
});
