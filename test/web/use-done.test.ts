import { expect, test } from 'vitest';
import { loadDone, saveDone } from '../../web/src/result/use-done.ts';

const memory = () => {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  };
};

test('ticks are kept for each assessment, and nothing is kept without a tick', () => {
  const storage = memory();
  saveDone(() => storage, 'a', [2, 0]);
  expect(loadDone(() => storage, 'a')).toEqual([2, 0]);
  expect(loadDone(() => storage, 'b')).toEqual([]);
  saveDone(() => storage, 'a', []);
  expect(storage.texts.size).toBe(0);
});

test('a storage that throws on access, is full or holds something else means no ticks', () => {
  const forbidden = () => {
    throw new Error('forbidden');
  };
  saveDone(forbidden, 'a', [1]);
  expect(loadDone(forbidden, 'a')).toEqual([]);
  const storage = memory();
  for (const text of ['{', '{}', '["x"]', 'null']) {
    storage.setItem('assay:done:a', text);
    expect(loadDone(() => storage, 'a')).toEqual([]);
  }
});
