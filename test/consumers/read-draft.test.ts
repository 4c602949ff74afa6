import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Draft } from '../../src/consumers/draft.ts';
import { readDraft } from '../../src/consumers/read-draft.ts';
import { wellbeing } from '../support/questionnaires.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = JSON.stringify({
  summary: 'You sleep badly.',
  recommendations: [{ title: 'a', rationale: 'b', action: 'c', area: null, priority: 'LOW' }],
});
const half = text.indexOf(',"recommendations');

function start(onDraft?: () => void) {
  const heard: number[] = [];
  const reading = readDraft(wellbeing, (draft: Draft) => {
    heard.push(draft.recommendations.length);
    onDraft?.();
  });
  return { ...reading, heard };
}

test('the first piece is read at once, and all that comes within 50 ms after it together', () => {
  const { add, end, heard } = start();
  add(text.slice(0, half));
  expect(heard).toEqual([0]);
  for (const letter of text.slice(half)) add(letter);
  vi.advanceTimersByTime(49);
  expect(heard).toEqual([0]);
  vi.advanceTimersByTime(1);
  expect(heard).toEqual([0, 1]);
  end();
  expect(vi.getTimerCount()).toBe(0);
});

test('after a pause the next piece is read at once again', () => {
  const { add, heard } = start();
  add(text.slice(0, 5));
  vi.advanceTimersByTime(50);
  expect(vi.getTimerCount()).toBe(0);
  add(text.slice(5, half));
  expect(heard).toEqual([0]);
});

test('the end reads the rest, and after it there are no more drafts', () => {
  const { add, end, heard } = start();
  add(text.slice(0, 5));
  add(text.slice(5, half));
  end();
  expect(heard).toEqual([0]);
  add(text.slice(half));
  vi.advanceTimersByTime(1_000);
  end();
  expect(heard).toEqual([0]);
  expect(vi.getTimerCount()).toBe(0);
});

test('an error of the receiver ends the drafts and not the call', () => {
  const { add, end, heard } = start(() => {
    throw new Error('no');
  });
  for (const letter of text) {
    add(letter);
    vi.advanceTimersByTime(50);
  }
  end();
  expect(heard).toEqual([0]);
});
