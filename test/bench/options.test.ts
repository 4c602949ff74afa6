import { expect, test } from 'vitest';
import { readOptions, UsageError } from '../../bench/options.ts';

const read = (...args: string[]) => readOptions(args, ['drain', 'push', 'rows'], ['drain', 'push']);

test('without names, the scenarios that are run by default', () => {
  expect(read()?.scenarios).toEqual(['drain', 'push']);
});

test('names, numbers and settings are taken, in any order', () => {
  expect(
    read('rows', '--reps', '2', 'drain', '--set', 'LEASE_MS=6000', '--set', 'NATS_USER=a=b', '--json'),
  ).toMatchObject({
    scenarios: ['rows', 'drain'],
    reps: 2,
    settings: { LEASE_MS: '6000', NATS_USER: 'a=b' },
    json: true,
  });
});

test.each([
  [['drian'], 'no such scenario: drian'],
  [['--jobs', '0'], '--jobs must be a whole number from 1 to 100000'],
  [['--jobs', '1e3'], '--jobs must be'],
  [['--sockets', '20001'], '--sockets must be'],
  [['--set', 'LEASE_MS'], '--set must be NAME=value'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, problem) => {
  expect(() => read(...args)).toThrow(problem);
  expect(() => read(...args)).toThrow(UsageError);
});
