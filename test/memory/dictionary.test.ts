import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dictionary } from '../../src/memory/dictionary.ts';

const KEYS = ['a', 'b', '__proto__', 'constructor', 'toString', '', '-1', '0.5'];

test('it holds the same values in the same order as a Map, after any sets and deletes', () => {
  const step = fc.record({
    key: fc.constantFrom(...KEYS),
    value: fc.option(fc.nat(3), { nil: undefined }),
    isSet: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const dictionary = new Dictionary<number | undefined>();
      const map = new Map<string, number | undefined>();
      for (const { key, value, isSet } of steps) {
        const applied = (to: Pick<typeof map, 'delete'> & { set(at: string, given: typeof value): unknown }): boolean =>
          isSet ? to.set(key, value) !== null : to.delete(key);
        expect(applied(dictionary)).toBe(applied(map));
        expect(dictionary.values()).toEqual([...map.values()]);
        expect(dictionary.size).toBe(map.size);
        expect(KEYS.map((each) => dictionary.get(each))).toEqual(KEYS.map((each) => map.get(each)));
        expect(KEYS.map((each) => dictionary.has(each))).toEqual(KEYS.map((each) => map.has(each)));
      }
    }),
  );
});

test('keys that are whole numbers come first, in numeric order', () => {
  const dictionary = new Dictionary<string>();
  for (const key of ['p1', '10', 'p0', '2']) dictionary.set(key, key);
  expect(dictionary.values()).toEqual(['2', '10', 'p1', 'p0']);
});

test('the list of values is a copy, so that entries can be deleted during an iteration', () => {
  const dictionary = new Dictionary<string>();
  for (const key of ['a', 'b', 'c']) dictionary.set(key, key);
  const seen: string[] = [];
  for (const value of dictionary.values()) {
    seen.push(value);
    dictionary.delete('b');
    dictionary.delete(value);
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(dictionary.size).toBe(0);
});

/** Bytes of each short-lived value that stay in the old generation, in a process of its own. */
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

test('V8: deleted values of a Dictionary are collected young and those of a Map are not (if this fails for Map, delete Dictionary)', () => {
  expect(survivingBytes('new Dictionary()'), 'Dictionary').toBeLessThan(100);
  expect(survivingBytes('new Map()'), 'Map').toBeGreaterThan(400);
});
