import { expect, test } from 'vitest';
import { publishBehind } from '../../src/assessments/publish-behind.ts';
import { UnavailableError } from '../../src/errors.ts';

const unknown = new UnavailableError('broker', 'unknown');
const notDone = new UnavailableError('broker', 'not-done');

test.for<[title: string, answers: (Error | 'stored')[], error: Error | undefined]>([
  ['once where it is stored', ['stored'], undefined],
  ['again where nobody knows', [unknown, unknown, 'stored'], undefined],
  ['three times at most', [unknown, unknown, unknown], unknown],
  ['not again where it surely was not taken', [unknown, notDone], notDone],
])('publishes %s', async ([, answers, error]) => {
  const left = [...answers];
  const published = publishBehind(async () => {
    const answer = left.shift() ?? 'stored';
    if (answer !== 'stored') throw answer;
  });
  expect(await published.catch((thrown: unknown) => thrown)).toBe(error);
  expect(left).toEqual([]);
});
