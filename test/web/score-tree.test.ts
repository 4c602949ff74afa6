import { expect, test } from 'vitest';
import { scoreTree } from '../../web/src/result/score-tree.ts';

test('facets are below their area, in the order in which they came', () => {
  const tree = scoreTree([
    { area: 'anger', parent: 'neuroticism' },
    { area: 'neuroticism', parent: null },
    { area: 'anxiety', parent: 'neuroticism' },
    { area: 'openness' },
  ]);
  expect(tree.map(({ score, children }) => [score.area, children.map((child) => child.score.area)])).toEqual([
    ['neuroticism', ['anger', 'anxiety']],
    ['openness', []],
  ]);
});

test('a score with an unknown parent is a root', () => {
  expect(scoreTree([{ area: 'a', parent: 'gone' }])).toHaveLength(1);
});
