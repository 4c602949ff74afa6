import { expect, test } from 'vitest';
import { discardDraft, loadDraft, newDraft, saveDraft, type DraftStorage } from '../../web/src/form/draft.ts';

const memory = (): DraftStorage & { items: Map<string, string> } => {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
};

const forbidden: DraftStorage = {
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

test('a reload gives back the answers and the key, so that sending again is the same submission', () => {
  const storage = memory();
  const draft = newDraft(1, { sleep: 3, wishes: ['sleep'] });
  saveDraft(storage, 'wellbeing-check', draft);
  expect(loadDraft(storage, 'wellbeing-check')).toEqual(draft);
  expect(loadDraft(storage, 'another')).toBeUndefined();
});

test('each filled form has a key of its own', () => {
  const keys = new Set(Array.from({ length: 100 }, () => newDraft(1).idempotencyKey));
  expect(keys.size).toBe(100);
  expect([...keys][0]).toMatch(/^[0-9a-f]{32}$/);
});

test('an untouched form is not kept', () => {
  const storage = memory();
  saveDraft(storage, 'wellbeing-check', newDraft(1));
  expect(storage.items.size).toBe(0);
});

test('a sent form is forgotten', () => {
  const storage = memory();
  saveDraft(storage, 'wellbeing-check', newDraft(1, { sleep: 3 }));
  discardDraft(storage, 'wellbeing-check');
  expect(loadDraft(storage, 'wellbeing-check')).toBeUndefined();
});

test('a browser that stores nothing does not break the form', () => {
  expect(() => saveDraft(forbidden, 'x', newDraft(1, { sleep: 3 }))).not.toThrow();
  expect(() => discardDraft(forbidden, 'x')).not.toThrow();
  expect(loadDraft(forbidden, 'x')).toBeUndefined();
});

test('what is no draft counts as none', () => {
  const key = 'assay:draft:x';
  for (const stored of ['{', 'null', '[]', '{"version":1}', '{"version":"1","answers":{},"idempotencyKey":"k"}']) {
    const storage = memory();
    storage.items.set(key, stored);
    expect(loadDraft(storage, 'x')).toBeUndefined();
  }
});
