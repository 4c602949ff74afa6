import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SmallSet } from '../../src/memory/small-set.ts';

const MEMBERS = [{ n: 0 }, { n: 1 }, { n: 2 }];

test('it has the same members in the same order as a Set, after any adds and deletes', () => {
  const step = fc.record({
    what: fc.constantFrom<('add' | 'delete')[]>('add', 'delete'),
    member: fc.constantFrom(...MEMBERS),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const small = new SmallSet<object>();
      const set = new Set<object>();
      for (const { what, member } of steps) {
        small[what](member);
        set[what](member);
        expect([small.size, ...small]).toEqual([set.size, ...set]);
      }
    }),
  );
});

test.each([1, 2, 3])('an iteration that deletes each of %i members meets each of them once', (count) => {
  const small = new SmallSet<object>();
  for (const member of MEMBERS.slice(0, count)) small.add(member);
  const met: object[] = [];
  for (const member of small) {
    met.push(member);
    small.delete(member);
  }
  expect(met).toEqual(MEMBERS.slice(0, count));
  expect(small.size).toBe(0);
});
