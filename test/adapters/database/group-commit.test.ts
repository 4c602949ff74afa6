import { describe, expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { groupCommit, type GroupCommitOptions } from '../../../src/adapters/database/group-commit.ts';

/** A statement that waits until the test lets it end. */
type Run = { items: number[]; end: (error?: Error) => void };

/** A group commit of numbers that doubles them, with every statement in the test's hands. */
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

const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('on an idle system a single item goes out in the same turn of the event loop', async () => {
  const { commit, runs } = heldGroup();
  const result = commit(1);
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([[1]]);
  runs[0]?.end();
  expect(await result).toBe(2);
});

test('everybody gets their own result, in whatever order statements end', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, itemsMax: 2 });
  const results = Promise.all(range(1, 4).map(commit));
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  runs[1]?.end();
  runs[0]?.end();
  expect(await results).toEqual([2, 4, 6, 8]);
});

test('no more statements are in flight than there are lanes, and what waits goes out when one is free', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, itemsMax: 3 });
  const results = Promise.all(range(1, 10).map(commit));
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([range(1, 3), range(4, 6)]);
  runs[0]?.end();
  await turn();
  expect(runs[2]?.items).toEqual(range(7, 9));
  runs[1]?.end();
  await turn();
  expect(runs[3]?.items).toEqual([10]);
  for (const run of runs) run.end();
  expect(await results).toEqual(range(1, 10).map((item) => 2 * item));
});

test('beside one statement another begins only for many, and at once for what is too little when the first is done', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, besideMin: 3 });
  const results = [commit(1)];
  await turn();
  results.push(commit(2), commit(3));
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([[1]]);
  results.push(commit(4));
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
  runs[1]?.end();
  await turn();
  results.push(commit(5));
  await turn();
  expect(runs).toHaveLength(2);
  runs[0]?.end();
  await turn();
  expect(runs[2]?.items).toEqual([5]);
  runs[2]?.end();
  expect(await Promise.all(results)).toEqual([2, 4, 6, 8, 10]);
});

test('behind a slow statement nobody waits, however few they are and though nobody comes after them', async () => {
  const { commit, runs } = heldGroup({ lanes: 2, besideMin: 3 });
  const slow = commit(1);
  await turn();
  const behind = commit(2);
  await until(() => runs.length === 2);
  runs[1]?.end();
  expect(await behind).toBe(4);
  runs[0]?.end();
  expect(await slow).toBe(2);
});

test('a statement carries no more than its size allows, but an item that is too large still goes alone', async () => {
  const { commit, runs } = heldGroup({ lanes: 9, size: (item) => item, sizeMax: 10 });
  void Promise.all([4, 6, 1, 50, 5, 5].map(commit));
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([[4, 6], [1], [50], [5, 5]]);
});

test('a statement carries no more than 4 Mi characters if nothing else is said', async () => {
  const { commit, runs } = heldGroup({ lanes: 9, size: (item) => item * 1024 * 1024 });
  void Promise.all([3, 1, 2].map(commit));
  await turn();
  expect(runs.map(({ items }) => items)).toEqual([[3, 1], [2]]);
});

test('a failure reaches all whose statement it was, and nobody else', async () => {
  const { commit, runs } = heldGroup({ itemsMax: 2 });
  const outcomes = Promise.allSettled(range(1, 3).map(commit));
  await turn();
  runs[0]?.end(new Error('gone'));
  await turn();
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

  test('any other error fails the batch as it is', async () => {
    const { commit, runs } = heldGroup({ isDataError: (error) => error instanceof RangeError });
    const outcomes = Promise.allSettled(range(1, 4).map(commit));
    await turn();
    runs[0]?.end(new TypeError('not about data'));
    expect((await outcomes).map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
    expect(runs).toHaveLength(1);
  });
});

describe('with a patience', () => {
  const patience = { ms: 30, error: () => new Error('too late') };

  test('what could not be sent in time is given up, and is never sent afterwards', async () => {
    const { commit, runs } = heldGroup({ patience });
    const sent = commit(1);
    await turn();
    const queued = await Promise.allSettled(range(2, 5).map(commit));
    expect(queued.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
      Array.from({ length: 4 }, () => 'Error: too late'),
    );
    runs[0]?.end();
    expect(await sent).toBe(2);
    const later = commit(6);
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([[1], [6]]);
    runs[1]?.end();
    await later;
  });

  test('what is in flight may take longer', async () => {
    const { commit, runs } = heldGroup({ patience });
    const sent = commit(1);
    await turn();
    await Promise.allSettled([commit(2)]);
    runs[0]?.end();
    expect(await sent).toBe(2);
  });
});
