import { expect, test } from 'vitest';
import { publishBehind } from '../../src/assessments/publish-behind.ts';
import { UnavailableError } from '../../src/errors.ts';

const unknown = new UnavailableError('broker', 'unknown');
const notDone = new UnavailableError('broker', 'not-done');

test.for<[title: string, acks: (Error | 'stored')[], error: Error | undefined]>([
  ['once if it is stored', ['stored'], undefined],
  ['again without an ack', [unknown, unknown, 'stored'], undefined],
  ['three times at most', [unknown, unknown, unknown], unknown],
  ['not again if it surely was not stored', [unknown, notDone], notDone],
])('publishes %s', async ([, acks, error]) => {
  const left = [...acks];
  const published = publishBehind(async () => {
    const ack = left.shift() ?? 'stored';
    if (ack !== 'stored') throw ack;
  });
  expect(await published.catch((thrown: unknown) => thrown)).toBe(error);
  expect(left).toEqual([]);
});
