import type { Client } from 'urql';
import { expect, test } from 'vitest';
import type { FinishedListener, Live, LiveAssessment } from '../../web/src/live/index.ts';
import { ListFeed, type ListSelection } from '../../web/src/pages/list-feed.ts';
import { until } from '../support/wait.ts';

const one = (id: string, status = 'SUBMITTED', version = 1, slug = 'q') => ({
  id,
  status,
  version,
  questionnaire: { slug },
});
const session = (cursor: string, ids: readonly string[], endCursor: string | null = null) => ({
  data: {
    session: {
      cursor,
      assessments: { nodes: ids.map((id) => one(id)), pageInfo: { hasNextPage: endCursor !== null, endCursor } },
    },
  },
});

/** A feed with a fake server: the test answers each read, and calls the listeners of each watch. */
function startFeed(selection: Partial<ListSelection> = {}) {
  const reads: ((response: object) => void)[] = [];
  const watches: (FinishedListener<LiveAssessment> & { isOver?: boolean })[] = [];
  const asked: object[] = [];
  const client = {
    query: (_document: unknown, variables: object) => {
      asked.push(variables);
      return new Promise<object>((resolve) => reads.push(resolve));
    },
  };
  const watchFinished = (listener: FinishedListener<LiveAssessment>) => {
    const watch = { ...listener, isOver: false };
    watches.push(watch);
    return () => {
      watch.isOver = true;
    };
  };
  const feed = new ListFeed(client as unknown as Client, { watchFinished } as unknown as Live, {
    first: 10,
    ...selection,
  });
  const shown = () => feed.view.get().list?.nodes.map(({ id, status }) => `${id} ${status}`);
  return { feed, asked, reads, watches, shown };
}

test('the list is watched from the cursor that was read together with it', async () => {
  const { feed, reads, watches, shown } = startFeed();
  feed.reload();
  reads[0]?.(session('c1', ['b', 'a']));
  await until(() => watches.length === 1);
  expect(watches[0]).toMatchObject({ after: 'c1', known: [one('b'), one('a')] });
  watches[0]?.onFinished(one('a', 'COMPLETED', 3));
  expect(shown()).toEqual(['b SUBMITTED', 'a COMPLETED']);
});

test('after an invalid cursor the list is read again, and watched from the new cursor', async () => {
  const { feed, reads, watches, shown } = startFeed();
  feed.reload();
  reads[0]?.(session('c1', ['a']));
  await until(() => watches.length === 1);
  const since = watches[0]?.onInvalidCursor();
  reads[1]?.(session('c2', ['b', 'a']));
  expect(await since).toMatchObject({ after: 'c2' });
  expect(shown()).toEqual(['b SUBMITTED', 'a SUBMITTED']);
});

test('a deleted assessment is taken out, and the list that is read again has as many as were shown, in parts of 100', async () => {
  const { feed, asked, reads, watches, shown } = startFeed({ first: 2 });
  feed.reload();
  reads[0]?.(session('c1', ['d', 'c'], 'after c'));
  await until(() => watches.length === 1);
  const more = feed.loadMore('after c');
  reads[1]?.(session('c1', ['b', 'a']));
  await more;
  feed.remove('c');
  expect(shown()).toEqual(['d SUBMITTED', 'b SUBMITTED', 'a SUBMITTED']);
  const since = watches[0]?.onInvalidCursor();
  const ids = Array.from({ length: 120 }, (_, index) => `e${index}`);
  reads[2]?.(session('c2', ids));
  await since;
  const again = watches[0]?.onInvalidCursor();
  reads[3]?.(session('c3', ids.slice(0, 100), 'after e99'));
  await until(() => reads.length === 5);
  reads[4]?.(session('c4', ids.slice(100), 'after e119'));
  expect(await again).toMatchObject({ after: 'c3', known: ids.map((id) => one(id)) });
  expect([shown()?.length, feed.view.get().list?.next]).toEqual([120, 'after e119']);
  expect(asked.map((variables) => ('first' in variables ? variables.first : undefined))).toEqual([2, 2, 3, 100, 20]);
});

test('a part that was asked for before a deletion shows nothing that is gone', async () => {
  const { feed, asked, reads, watches, shown } = startFeed({ first: 2 });
  feed.reload();
  reads[0]?.(session('c1', ['d', 'c'], 'after c'));
  await until(() => watches.length === 1);
  const more = feed.loadMore('after c');
  const since = watches[0]?.onInvalidCursor();
  reads[2]?.(session('c2', ['d', 'b'], 'after b'));
  await since;
  expect(feed.view.get().isLoadingMore).toBe(true);
  reads[1]?.(session('c1', ['b', 'a', 'c']));
  await until(() => reads.length === 4);
  expect(asked[3]).toMatchObject({ after: 'after b' });
  reads[3]?.(session('c2', ['a']));
  await more;
  expect(shown()).toEqual(['d SUBMITTED', 'b SUBMITTED', 'a SUBMITTED']);
  expect(feed.view.get().isLoadingMore).toBe(false);
});

test('an end that is pushed while the next part is read wins over that part', async () => {
  const { feed, reads, watches, shown } = startFeed();
  feed.reload();
  reads[0]?.(session('c1', ['b'], 'after b'));
  await until(() => watches.length === 1);
  const more = feed.loadMore('after b');
  watches[0]?.onFinished(one('a', 'COMPLETED', 3));
  expect(shown()).toEqual(['b SUBMITTED']);
  reads[1]?.(session('c2', ['a']));
  await more;
  expect(shown()).toEqual(['b SUBMITTED', 'a COMPLETED']);
});

test('an error is shown, and a reload replaces it by the list', async () => {
  const { feed, reads, watches, shown } = startFeed();
  const error = new Error('offline');
  feed.reload();
  reads[0]?.({ error });
  await until(() => feed.view.get().error === error);
  feed.reload();
  reads[1]?.(session('c1', ['a']));
  await until(() => watches.length === 1);
  expect(feed.view.get().error).toBeUndefined();
  expect(shown()).toEqual(['a SUBMITTED']);
});

test('a session whose list could not be read is an error of the list', async () => {
  const { feed, reads } = startFeed();
  const error = new Error('away');
  feed.reload();
  reads[0]?.({ data: { session: { cursor: 'c1', assessments: null } }, error });
  await until(() => feed.view.get().error === error);
  expect(feed.view.get().list).toBeUndefined();
});

test('a feed that was stopped changes nothing, even if a read was still under way', async () => {
  const { feed, reads, watches, shown } = startFeed();
  feed.reload();
  reads[0]?.(session('c1', ['a']));
  await until(() => watches.length === 1);
  feed.reload();
  expect(watches[0]?.isOver).toBe(true);
  feed.stop();
  reads[1]?.(session('c2', ['b']));
  await new Promise(setImmediate);
  expect(watches).toHaveLength(1);
  expect(shown()).toEqual(['a SUBMITTED']);
});

test('the selection is asked for, and an end that does not belong to it is not listed', async () => {
  const { feed, asked, reads, watches, shown } = startFeed({ questionnaire: 'q', status: 'PROCESSING' });
  feed.reload();
  expect(asked).toEqual([{ first: 10, questionnaire: 'q', status: 'PROCESSING', after: null }]);
  reads[0]?.(session('c1', ['b', 'a']));
  await until(() => watches.length === 1);
  watches[0]?.onFinished(one('a', 'COMPLETED', 3));
  watches[0]?.onFinished(one('c', 'PROCESSING', 3, 'another'));
  expect(shown()).toEqual(['b SUBMITTED']);
});

test('the next part is read once at a time, and a failure leaves the list and can be repeated', async () => {
  const { feed, reads, watches, shown } = startFeed();
  feed.reload();
  reads[0]?.(session('c1', ['b'], 'after b'));
  await until(() => watches.length === 1);
  const more = feed.loadMore('after b');
  await feed.loadMore('after b');
  expect([reads.length, feed.view.get().isLoadingMore]).toEqual([2, true]);
  const error = new Error('offline');
  reads[1]?.({ error });
  await expect(more).rejects.toBe(error);
  expect(feed.view.get()).toMatchObject({ error, isLoadingMore: false });
  const again = feed.loadMore('after b');
  expect(feed.view.get().error).toBeUndefined();
  reads[2]?.(session('c2', ['a']));
  await again;
  expect(shown()).toEqual(['b SUBMITTED', 'a SUBMITTED']);
});
