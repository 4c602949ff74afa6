import { expect, test } from 'vitest';
import { memoize } from '../../src/memory/memoize.ts';

test('the function runs once for each object, also if its result is undefined', () => {
  const calls: object[] = [];
  const sizeOf = memoize((key: { size?: number }) => {
    calls.push(key);
    return key.size;
  });
  const [one, other, without] = [{ size: 1 }, { size: 1 }, {}];
  expect([one, other, without, without, other, one].map(sizeOf)).toEqual([1, 1, undefined, undefined, 1, 1]);
  expect(calls).toEqual([one, other, without]);
});
