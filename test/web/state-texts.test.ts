import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeText } from '../../web/src/moment-text.tsx';
import { announcement, durationText, stateText } from '../../web/src/waiting/state-texts.ts';

const waiting = (queuePosition: number | null, estimatedResultSeconds: number | null = null) =>
  ({ status: 'SUBMITTED', queuePosition, estimatedResultSeconds, nextTryAt: null, draft: null }) as const;
const writing = (recommendations: readonly unknown[] | undefined) =>
  ({
    status: 'PROCESSING',
    queuePosition: null,
    estimatedResultSeconds: null,
    nextTryAt: null,
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
  [0, 'about 5 seconds'],
  [5, 'about 5 seconds'],
  [6, 'about 10 seconds'],
  [21, 'about 25 seconds'],
  [30, 'about 30 seconds'],
  [31, 'about 40 seconds'],
  [51, 'about a minute'],
  [60, 'about a minute'],
  [61, 'about 2 minutes'],
  [601, 'about 15 minutes'],
  [3_300, 'about 55 minutes'],
  [3_301, 'about an hour'],
  [3_601, 'about 2 hours'],
])('a result in %i seconds is shown as “%s”', (seconds, words) => {
  expect(stateText(waiting(3, seconds))).toBe(`3rd in line, result in ${words}`);
});

test('no duration is shown shorter than it is', () => {
  const UNITS = { seconds: 1, minute: 60, minutes: 60, hour: 3_600, hours: 3_600 };
  fc.assert(
    fc.property(fc.nat(200_000), (seconds) => {
      const [, count = '', unit = ''] = /^about (an?|\d+) (\w+)$/.exec(durationText(seconds)) ?? [];
      const factor = Object.entries(UNITS).find(([name]) => name === unit)?.[1] ?? 0;
      expect((/^\d/.test(count) ? Number(count) : 1) * factor).toBeGreaterThanOrEqual(seconds);
    }),
  );
});

test('a wait without a place is not shown', () => {
  expect(stateText(waiting(null, 20))).toBe('Waiting for its turn');
});

test('while the model is not called the time of the next try is shown, and no place', () => {
  const nextTryAt = '2026-11-30T16:54:00.000Z';
  const busy = { ...waiting(3, 20), nextTryAt };
  expect(stateText(busy)).toBe(`The writing service is busy. It is tried again at ${timeText(nextTryAt)} by itself.`);
  expect(announcement(busy)).toBe('The writing service is busy. Your answers are tried again by themselves.');
});

test('a time in the next minute has seconds, because its minute may be the present one', () => {
  const now = Date.parse('2026-11-30T16:54:10.000Z');
  const at = (ms: number) => timeText(new Date(now + ms).toISOString(), now);
  expect(at(20_000)).toMatch(/:30/);
  expect(at(80_000)).not.toMatch(/:30/);
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
