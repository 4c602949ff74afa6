import { expect, test } from 'vitest';
import {
  discardSavedAnswers,
  loadSavedAnswers,
  newSavedAnswers,
  saveAnswers,
  type AnswerStorage,
} from '../../web/src/form/saved-answers.ts';

const memory = (): AnswerStorage & { items: Map<string, string> } => {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
};

const forbidden: AnswerStorage = {
  getItem: () => {
    throw new Error('SecurityError');
  },
  setItem: () => {
    throw new Error('QuotaExceededError');
  },
  removeItem: () => {
    throw new Error('SecurityError');
  },
};

test('a reload restores the answers and the idempotency key, so that sending again is the same submission', () => {
  const storage = memory();
  const saved = newSavedAnswers(1, { sleep: 3, wishes: ['sleep'] });
  saveAnswers(storage, 'wellbeing-check', saved);
  expect(loadSavedAnswers(storage, 'wellbeing-check')).toEqual(saved);
  expect(loadSavedAnswers(storage, 'another')).toBeUndefined();
});

test('answers that an earlier version of the page has saved are found', () => {
  const storage = memory();
  storage.items.set('assay:draft:x', '{"version":1,"answers":{"sleep":3},"idempotencyKey":"k"}');
  expect(loadSavedAnswers(storage, 'x')).toEqual({ version: 1, answers: { sleep: 3 }, idempotencyKey: 'k' });
});

test('each form has an idempotency key of its own', () => {
  const keys = new Set(Array.from({ length: 100 }, () => newSavedAnswers(1).idempotencyKey));
  expect(keys.size).toBe(100);
  expect([...keys][0]).toMatch(/^[0-9a-f]{32}$/);
});

test('an untouched form is not saved', () => {
  const storage = memory();
  saveAnswers(storage, 'wellbeing-check', newSavedAnswers(1));
  expect(storage.items.size).toBe(0);
});

test('discarded answers are gone', () => {
  const storage = memory();
  saveAnswers(storage, 'wellbeing-check', newSavedAnswers(1, { sleep: 3 }));
  discardSavedAnswers(storage, 'wellbeing-check');
  expect(loadSavedAnswers(storage, 'wellbeing-check')).toBeUndefined();
});

test('a browser that stores nothing does not break the form', () => {
  expect(() => saveAnswers(forbidden, 'x', newSavedAnswers(1, { sleep: 3 }))).not.toThrow();
  expect(() => discardSavedAnswers(forbidden, 'x')).not.toThrow();
  expect(loadSavedAnswers(forbidden, 'x')).toBeUndefined();
});

test('a stored value of another shape counts as no saved answers', () => {
  const key = 'assay:draft:x';
  for (const stored of ['{', 'null', '[]', '{"version":1}', '{"version":"1","answers":{},"idempotencyKey":"k"}']) {
    const storage = memory();
    storage.items.set(key, stored);
    expect(loadSavedAnswers(storage, 'x')).toBeUndefined();
  }
});
