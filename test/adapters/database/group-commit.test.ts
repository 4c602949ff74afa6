import { describe, expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { groupCommit, type GroupCommitOptions } from '../../../src/adapters/database/group-commit.ts';

/** A statement that waits until the test ends it. */
type Run = { items: number[]; end: (error?: Error) => void };

/** A group commit that doubles numbers; the test ends each statement. */
function heldGroup(options: Partial<GroupCommitOptions<number, number>> = {}) {
  const runs: Run[] = [];
  const commit = groupCommit<number, number>({
    run: (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<number[]>();
      const end = (error?: Error): void =>
        error === undefined ? resolve(items.map((item) => 2 * item)) : reject(error);
      runs.push({ items, end });
      return promise;
    },
    lanes: 1,
    besideMin: 1,
    itemsMax: 10,
    ...options,
  });
  return { commit, runs };
}

/** The next iteration of the event loop. */
const nextLoop = (): Promise<void> => new Promise((resume) => setImmediate(resume));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('on an idle system a single item is sent within one iteration of the event loop', async () => {
  const { commit, runs } = heldGroup();
  const result = commit(1);
  await nextLoop();
  expect(runs.map(({ items }) => items)).toEqual([[1]]);
  runs[0]?.end();
  expect(await result).toBe(2);
});

test('each caller gets its own result, in any order of the statements', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, itemsMax: 2 });
  const results = Promise.all(range(1, 4).map(commit));
  await nextLoop();
  expect(runs.map(({ items }) => items)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  runs[1]?.end();
  runs[0]?.end();
  expect(await results).toEqual([2, 4, 6, 8]);
});

test('no more statements are in flight than there are lanes, and waiting items are sent when one is free', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, itemsMax: 3 });
  const results = Promise.all(range(1, 10).map(commit));
  await nextLoop();
  expect(runs.map(({ items }) => items)).toEqual([range(1, 3), range(4, 6)]);
  runs[0]?.end();
  await nextLoop();
  expect(runs[2]?.items).toEqual(range(7, 9));
  runs[1]?.end();
  await nextLoop();
  expect(runs[3]?.items).toEqual([10]);
  for (const run of runs) run.end();
  expect(await results).toEqual(range(1, 10).map((item) => 2 * item));
});

test('beside a statement another one begins only for `besideMin` items; fewer wait for its end', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, besideMin: 3 });
  const results = [commit(1)];
  await nextLoop();
  results.push(commit(2), commit(3));
  await nextLoop();
  expect(runs.map(({ items }) => items)).toEqual([[1]]);
  results.push(commit(4));
  await nextLoop();
  expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
  runs[1]?.end();
  await nextLoop();
  results.push(commit(5));
  await nextLoop();
  expect(runs).toHaveLength(2);
  runs[0]?.end();
  await nextLoop();
  expect(runs[2]?.items).toEqual([5]);
  runs[2]?.end();
  expect(await Promise.all(results)).toEqual([2, 4, 6, 8, 10]);
});

test('behind a slow statement a single item is sent, also without later items', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, besideMin: 3 });
  const slow = commit(1);
  await nextLoop();
  const behind = commit(2);
  await until(() => runs.length === 2);
  runs[1]?.end();
  expect(await behind).toBe(4);
  runs[0]?.end();
  expect(await slow).toBe(2);
});

test('a statement has no more than its maximal size, and a larger item is sent alone', async () => {
  const { commit, runs } = heldGroup({ lanes: 9, size: (item) => item, sizeMax: 10 });
  void Promise.all([4, 6, 1, 50, 5, 5].map(commit));
  await nextLoop();
  expect(runs.map(({ items }) => items)).toEqual([[4, 6], [1], [50], [5, 5]]);
});

test('a statement has at most 4 Mi characters by default', async () => {
  const { commit, runs } = heldGroup({ lanes: 9, size: (item) => item * 1024 * 1024 });
  void Promise.all([3, 1, 2].map(commit));
  await nextLoop();
  expect(runs.map(({ items }) => items)).toEqual([[3, 1], [2]]);
});

test('an error reaches all callers of its statement, and no others', async () => {
  const { commit, runs } = heldGroup({ itemsMax: 2 });
  const outcomes = Promise.allSettled(range(1, 3).map(commit));
  await nextLoop();
  runs[0]?.end(new Error('gone'));
  await nextLoop();
  runs[1]?.end();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

describe('with an error about data', () => {
  test('the batch is halved until each bad item stands alone', async () => {
    const sizes: number[] = [];
    const bad = new Set([3, 77, 78]);
    const commit = groupCommit<number, number>({
      run: async (items) => {
        sizes.push(items.length);
        if (items.some((item) => bad.has(item))) throw new RangeError('bad');
        return items;
      },
      lanes: 1,
      itemsMax: 100,
      isDataError: (error) => error instanceof RangeError,
    });
    const outcomes = await Promise.allSettled(range(1, 100).map(commit));
    const refused = outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index + 1] : []));
    expect(refused).toEqual([3, 77, 78]);
    expect(sizes[0]).toBe(100);
    expect(sizes.length).toBeLessThan(40);
  });

  test('another error fails the whole batch', async () => {
    const { commit, runs } = heldGroup({ isDataError: (error) => error instanceof RangeError });
    const outcomes = Promise.allSettled(range(1, 4).map(commit));
    await nextLoop();
    runs[0]?.end(new TypeError('not about data'));
    expect((await outcomes).map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
    expect(runs).toHaveLength(1);
  });
});

describe('with a patience', () => {
  const patience = { ms: 30, error: () => new Error('too late') };

  test('an item that was not sent in time gets the error, and is never sent', async () => {
    const { commit, runs } = heldGroup({ patience });
    const sent = commit(1);
    await nextLoop();
    const queued = await Promise.allSettled(range(2, 5).map(commit));
    expect(queued.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
      Array.from({ length: 4 }, () => 'Error: too late'),
    );
    runs[0]?.end();
    expect(await sent).toBe(2);
    const later = commit(6);
    await nextLoop();
    expect(runs.map(({ items }) => items)).toEqual([[1], [6]]);
    runs[1]?.end();
    await later;
  });

  test('a statement in flight may take longer', async () => {
    const { commit, runs } = heldGroup({ patience });
    const sent = commit(1);
    await nextLoop();
    await Promise.allSettled([commit(2)]);
    runs[0]?.end();
    expect(await sent).toBe(2);
  });
});
