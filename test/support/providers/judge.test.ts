import { expect, test } from 'vitest';
import { lacks, type Seen } from './judge.ts';
import type { Right, Scenario } from './scenario.ts';

const scenario = (right: Scenario['right'], clue?: RegExp): Scenario => ({
  provider: 'a provider',
  does: 'something',
  source: 'common',
  right,
  ...(clue && { clue }),
  answer: () => {},
});
const seen = (status: string, code: string | null, given: Partial<Seen> = {}): Seen => ({
  states: Array.from({ length: 2 }, () => ({ status, code })),
  paidMost: 1,
  warnings: 0,
  isPaused: false,
  told: '',
  ...given,
});
const paused = { isPaused: true, told: 'assay_model_paused{reason="quota"}' };

test.each<[Right, Seen]>([
  ['completes', seen('completed', null)],
  ['completes', seen('completed', null, { paidMost: 2 })],
  ['waits', seen('submitted', null, paused)],
  ['waits', seen('submitted', null, { warnings: 1, told: 'quota' })],
  ['refused', seen('failed', 'AI_REFUSED')],
  ['rejected', seen('failed', 'AI_REJECTED', { told: 'quota' })],
  ['unusable', seen('failed', 'AI_INVALID_OUTPUT', { warnings: 1 })],
  ['unusable', seen('submitted', null, paused)],
])('"%s" is seen', (right, it) => {
  expect(lacks(scenario([right], /quota/), it)).toEqual([]);
});

test.each<[Right, Seen, string]>([
  ['completes', seen('completed', null, { paidMost: 3 }), '3 paid calls for one assessment'],
  ['completes', seen('submitted', null, paused), '2 submitted'],
  ['waits', seen('completed', null, paused), 'none of them waits'],
  ['waits', seen('failed', 'AI_REJECTED', paused), '2 failed AI_REJECTED'],
  ['waits', seen('submitted', null), 'no warning and no pause tells an operator'],
  ['waits', seen('submitted', null, { isPaused: true }), 'neither log nor metrics have /quota/'],
  ['refused', seen('failed', 'AI_REJECTED'), '2 failed AI_REJECTED'],
  ['rejected', seen('failed', 'AI_REJECTED'), 'neither log nor metrics have /quota/'],
  ['unusable', seen('failed', 'AI_INVALID_OUTPUT'), 'no warning and no pause tells an operator'],
  ['unusable', seen('failed', 'ATTEMPTS_EXHAUSTED', paused), '2 failed ATTEMPTS_EXHAUSTED'],
])('"%s" is not seen', (right, it, lack) => {
  expect(lacks(scenario([right], /quota/), it)).toEqual([`not "${right}": ${lack}`]);
});

test('one of several rights is enough; otherwise each says its lack', () => {
  const both = scenario(['completes', 'waits'], /quota/);
  expect(lacks(both, seen('submitted', null, paused))).toEqual([]);
  expect(lacks(both, seen('failed', 'AI_REJECTED'))).toEqual([
    'not "completes": 2 failed AI_REJECTED',
    'not "waits": 2 failed AI_REJECTED',
  ]);
});
