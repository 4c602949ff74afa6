import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Dictionary } from '../../src/memory/dictionary.ts';

test('gives back what was set last, until it is deleted', () => {
  const dictionary = new Dictionary<number>();
  dictionary.set('a', 1);
  dictionary.set('b', 2);
  dictionary.set('a', 3);
  expect([dictionary.get('a'), dictionary.get('b'), dictionary.get('c')]).toEqual([3, 2, undefined]);
  expect([dictionary.has('b'), dictionary.has('c')]).toEqual([true, false]);
  expect(dictionary.size).toBe(2);
  expect(dictionary.values()).toEqual([3, 2]);
  expect([dictionary.delete('a'), dictionary.delete('a')]).toEqual([true, false]);
  expect(dictionary.get('a')).toBeUndefined();
  expect(dictionary.values()).toEqual([2]);
  expect(dictionary.size).toBe(1);
});

test.each(['__proto__', 'constructor', 'toString', ''])('takes the key "%s" like any other', (key) => {
  const dictionary = new Dictionary<string>();
  expect(dictionary.get(key)).toBeUndefined();
  expect(dictionary.has(key)).toBe(false);
  dictionary.set(key, 'mine');
  expect(dictionary.get(key)).toBe('mine');
  expect(dictionary.size).toBe(1);
  expect(dictionary.delete(key)).toBe(true);
  expect(dictionary.size).toBe(0);
});

/** Bytes that each of many short-lived values leaves among the old objects, in a process of its own. */
function survivingBytes(make: 'new Dictionary()' | 'new Map()'): number {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { Dictionary } from ${JSON.stringify(new URL('../../src/memory/dictionary.ts', import.meta.url).href)};
    const oldBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space').space_used_size;
    const inUse = ${make};
    const COUNT = 20_000;
    for (let nth = -32; nth < 0; nth++) inUse.set('n' + nth, [nth]);
    gc(); gc();
    const before = oldBytes();
    for (let nth = 0; nth < COUNT; nth++) {
      inUse.set('n' + nth, new Array(100).fill(nth));
      inUse.delete('n' + (nth - 32));
    }
    console.log((oldBytes() - before) / COUNT);
  `;
  const flags = ['--expose-gc', '--max-semi-space-size=1', '--input-type=module', '--eval', program];
  return Number(execFileSync(process.execPath, flags, { encoding: 'utf8' }));
}

test('what was deleted is collected young; of a Map most of it grows old, which is why there is this class', () => {
  expect(survivingBytes('new Dictionary()')).toBeLessThan(100);
  expect(survivingBytes('new Map()')).toBeGreaterThan(400);
});
