import { expect, test } from 'vitest';
import { newest } from '../../web/src/api/assessment.ts';

const state = (version: number, summary?: string) => ({
  version,
  draft: summary === undefined ? null : { summary, recommendations: [] },
});

test('what is older changes nothing, whatever it says', () => {
  const known = state(3);
  expect(newest(known, state(2, 'late'))).toBe(known);
});

test('a newer version replaces all, the draft of the one before included', () => {
  expect(newest(state(2, 'draft'), state(3))).toEqual(state(3));
});

test('within a version the later is the newer, also a draft that has begun once more', () => {
  expect(newest(state(2, 'long and written before'), state(2, 'anew'))).toEqual(state(2, 'anew'));
  expect(newest({ ...state(1), queuePosition: 4 }, { ...state(1), queuePosition: 3 })).toMatchObject({
    queuePosition: 3,
  });
});

test('a draft stays until the model has written more, though a query or a new connection knows nothing of it', () => {
  expect(newest(state(2, 'draft'), state(2))).toEqual(state(2, 'draft'));
});
