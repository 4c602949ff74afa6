import { expect, test } from 'vitest';
import { newest } from '../../web/src/api/assessment.ts';

const state = (version: number, summary?: string) => ({
  version,
  draft: summary === undefined ? null : { summary, recommendations: [] },
});

test('a state of an older version changes nothing', () => {
  const known = state(3);
  expect(newest(known, state(2, 'late'))).toBe(known);
});

test('a newer version replaces the whole state, the draft included', () => {
  expect(newest(state(2, 'draft'), state(3))).toEqual(state(3));
});

test('within a version the later arrival is newer, also a draft that started again', () => {
  expect(newest(state(2, 'long and written before'), state(2, 'anew'))).toEqual(state(2, 'anew'));
  expect(newest({ ...state(1), queuePosition: 4 }, { ...state(1), queuePosition: 3 })).toMatchObject({
    queuePosition: 3,
  });
});

test('a draft stays when a state without a draft arrives within the same version', () => {
  expect(newest(state(2, 'draft'), state(2))).toEqual(state(2, 'draft'));
});
