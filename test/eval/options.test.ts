import { expect, test } from 'vitest';
import { readOptions, UsageError } from '../../eval/options.ts';

test('without options all sheets are asked, three at a time', () => {
  expect(readOptions([])).toEqual({
    sheets: [],
    out: undefined,
    compare: undefined,
    callsMax: undefined,
    concurrency: 3,
  });
});

test('sheets, files and numbers are taken in any order', () => {
  const args = ['--out', 'b.json', 'ipip', '--max-calls', '7', '--compare', 'a.json', '--concurrency', '1'];
  expect(readOptions(args)).toEqual({
    sheets: ['ipip'],
    out: 'b.json',
    compare: 'a.json',
    callsMax: 7,
    concurrency: 1,
  });
});

test.each([
  [['--max-calls', '0'], '--max-calls must be a whole number from 1 to 10000'],
  [['--concurrency', '33'], '--concurrency must be a whole number from 1 to 32'],
  [['--concurrency', '1e1'], '--concurrency must be'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, problem) => {
  expect(() => readOptions(args)).toThrow(problem);
  expect(() => readOptions(args)).toThrow(UsageError);
});
