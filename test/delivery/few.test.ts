import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Few } from '../../src/delivery/few.ts';

const MEMBERS = [{ n: 0 }, { n: 1 }, { n: 2 }];

test('it has what a set has, whatever was added and deleted', () => {
  const step = fc.record({
    what: fc.constantFrom<('add' | 'delete')[]>('add', 'delete'),
    member: fc.constantFrom(...MEMBERS),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const few = new Few<object>();
      const set = new Set<object>();
      for (const { what, member } of steps) {
        few[what](member);
        set[what](member);
        expect([few.size, ...few]).toEqual([set.size, ...set]);
      }
    }),
  );
});

test.each([1, 2, 3])('each of %i is met once by who deletes them on the way', (count) => {
  const few = new Few<object>();
  for (const member of MEMBERS.slice(0, count)) few.add(member);
  const met: object[] = [];
  for (const member of few) {
    met.push(member);
    few.delete(member);
  }
  expect(met).toEqual(MEMBERS.slice(0, count));
  expect(few.size).toBe(0);
});
