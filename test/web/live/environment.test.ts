import { expect, test } from 'vitest';
import { browserEnvironment } from '../../../web/src/live/index.ts';

test('the browser’s events and states are read, and its events are ignored after the cancellation', () => {
  const document = Object.assign<EventTarget, { visibilityState: DocumentVisibilityState }>(new EventTarget(), {
    visibilityState: 'visible',
  });
  const navigator = { onLine: true };
  const window = Object.assign(new EventTarget(), { document, navigator });
  const environment = browserEnvironment(window);
  const changes: string[] = [];
  const cancel = environment.watch((change) => changes.push(change));
  expect([environment.isOnline(), environment.isHidden()]).toEqual([true, false]);

  navigator.onLine = false;
  window.dispatchEvent(new Event('offline'));
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  expect([environment.isOnline(), environment.isHidden()]).toEqual([false, true]);
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  window.dispatchEvent(new Event('online'));
  expect(changes).toEqual(['offline', 'visible', 'online']);

  cancel();
  for (const name of ['online', 'offline']) window.dispatchEvent(new Event(name));
  document.dispatchEvent(new Event('visibilitychange'));
  expect(changes).toHaveLength(3);
});

test('without a page, as in Node, the environment counts as visible and online', () => {
  const environment = browserEnvironment({});
  expect([environment.isOnline(), environment.isHidden()]).toEqual([true, false]);
  expect(() => environment.watch(() => {})()).not.toThrow();
});
