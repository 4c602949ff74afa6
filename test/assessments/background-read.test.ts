import { expect, test } from 'vitest';
import { backgroundRead } from '../../src/assessments/background-read.ts';

/** Reads that the test ends, at times that it sets. */
function start() {
  const state = { now: 0, reads: [] as PromiseWithResolvers<void>[] };
  const read = (): Promise<void> => {
    const next = Promise.withResolvers<void>();
    state.reads.push(next);
    return next.promise;
  };
  return Object.assign(
    state,
    backgroundRead(read, () => state.now),
  );
}

/** Whether the promise has ended, once everything that can go on has done so. */
async function isOver(promise: Promise<unknown>): Promise<boolean> {
  let over = false;
  promise.then(
    () => (over = true),
    () => (over = true),
  );
  await new Promise((resume) => setImmediate(resume));
  return over;
}

test('the first look-up reads at once, and all others of the next second wait for the same read', async () => {
  const state = start();
  const first = state.lookUp();
  state.now = 500;
  const second = state.lookUp();
  expect([await isOver(first), await isOver(second), state.reads.length]).toEqual([false, false, 1]);
  state.reads[0]?.resolve();
  expect([await isOver(first), await isOver(second)]).toEqual([true, true]);
  expect(await isOver(state.lookUp())).toBe(true);
  expect(state.reads).toHaveLength(1);
});

test('a read counts from its begin: a look-up reads again a second after it, however long it took', async () => {
  const state = start();
  void state.lookUp();
  state.now = 5_000;
  const during = state.lookUp();
  expect(state.reads).toHaveLength(1);
  state.reads[0]?.resolve();
  expect(await isOver(during)).toBe(true);
  void state.lookUp();
  expect(state.reads).toHaveLength(2);
});

test('a failed read fails the look-ups of its second, and the next one reads again', async () => {
  const state = start();
  const first = state.lookUp();
  state.reads[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  state.now = 999;
  await expect(state.lookUp()).rejects.toThrow('away');
  expect(state.reads).toHaveLength(1);
  state.now = 1_000;
  const next = state.lookUp();
  state.reads[1]?.resolve();
  await expect(next).resolves.toBeUndefined();
});

test('a use refreshes three seconds after the start or the last read, waits for it, and does not fail', async () => {
  const state = start();
  state.now = 2_999;
  expect(await isOver(state.refresh())).toBe(true);
  expect(state.reads).toHaveLength(0);
  state.now = 3_000;
  const [first, second] = [state.refresh(), state.refresh()];
  expect([await isOver(first), await isOver(second), state.reads.length]).toEqual([false, false, 1]);
  state.reads[0]?.reject(new Error('away'));
  await expect(Promise.all([first, second])).resolves.toEqual([undefined, undefined]);
  state.now = 5_999;
  await state.refresh();
  expect(state.reads).toHaveLength(1);
  state.now = 6_000;
  void state.refresh();
  expect(state.reads).toHaveLength(2);
});
