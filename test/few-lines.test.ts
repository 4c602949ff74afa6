import { expect, test } from 'vitest';
import { fewLines } from '../src/few-lines.ts';

const hundred = Array.from({ length: 100 });

test('of each key one line is written in a minute, and says how many were left out', () => {
  const time = { ms: 0 };
  const lines = fewLines({ everyMs: 60_000 }, () => time.ms);
  expect(hundred.flatMap(() => lines('a') ?? [])).toEqual([{ leftOut: 0 }]);
  expect(lines('b')).toEqual({ leftOut: 0 });
  time.ms = 59_999;
  expect(lines('a')).toBeUndefined();
  time.ms = 60_000;
  expect(lines('a')).toEqual({ leftOut: 100 });
  // A long rest saves up no lines.
  time.ms = 3_600_000;
  expect(hundred.flatMap(() => lines('a') ?? [])).toEqual([{ leftOut: 0 }]);
});

test('some may be written at once, and then one more for each interval', () => {
  const time = { ms: 0 };
  const lines = fewLines({ everyMs: 1_000, atOnce: 5 }, () => time.ms);
  expect(hundred.flatMap(() => lines('a') ?? [])).toHaveLength(5);
  time.ms = 2_500;
  expect(hundred.flatMap(() => lines('a') ?? [])).toEqual([{ leftOut: 95 }, { leftOut: 0 }]);
  time.ms = 3_000;
  expect(lines('a')).toEqual({ leftOut: 98 });
});

test('more keys than a program has do not fill the memory', () => {
  const lines = fewLines({ everyMs: 60_000 }, () => 0);
  expect(lines('first')).toEqual({ leftOut: 0 });
  for (let key = 0; key < 99; key++) lines(`key ${key}`);
  expect(lines('first')).toBeUndefined();
  lines('one more');
  expect(lines('first')).toEqual({ leftOut: 0 });
});
