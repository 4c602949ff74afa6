import { expect, test } from 'vitest';
import { memoize } from '../../src/memory/memoize.ts';

test('what is made of an object is made once, also if it is undefined', () => {
  const asked: object[] = [];
  const sizeOf = memoize((key: { size?: number }) => {
    asked.push(key);
    return key.size;
  });
  const [one, other, without] = [{ size: 1 }, { size: 1 }, {}];
  expect([one, other, without, without, other, one].map(sizeOf)).toEqual([1, 1, undefined, undefined, 1, 1]);
  expect(asked).toEqual([one, other, without]);
});
