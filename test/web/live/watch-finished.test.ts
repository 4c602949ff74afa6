import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { expect, test } from 'vitest';
import type { FinishedListener, FinishedSince, LiveAssessment, LiveError } from '../../../web/src/live/index.ts';
import { until } from '../../support/wait.ts';
import type { Feed } from './scripted-server.ts';
import { FINISHED, Visit } from './visit.ts';

const finish = (feed: Feed | undefined, id: string, version: number, cursor: string): void =>
  feed?.push({ cursor, assessment: { id, version, status: 'COMPLETED' } });
const invalid = (feed: Feed): void => feed.push({ cursor: null, assessment: null });

/** A watch, and the ends and cursors that it delivers, in their order. */
const watch = (visit: Visit, options: Partial<FinishedListener<LiveAssessment>> = {}) => {
  const delivered: string[] = [];
  const errors: LiveError[] = [];
  const stop = visit.live.watchFinished({
    document: FINISHED,
    after: 'c0',
    onFinished: ({ id, version }) => delivered.push(`${id}${version}`),
    onCursor: (cursor) => delivered.push(cursor),
    onInvalidCursor: () => Promise.reject(new Error('not expected')),
    onError: (error) => errors.push(error),
    ...options,
  });
  return { delivered, errors, stop };
};

const reconnect = async (visit: Visit) => {
  const next = visit.server.feeds.length + 1;
  visit.server.cut();
  await visit.state('waiting');
  visit.environment.advance(30_000);
  return visit.feed(next);
};

test('each reconnect resumes from the newest cursor, and a repeated end is delivered once', async () => {
  await using visit = await Visit.start();
  const { delivered } = watch(visit);
  const first = await visit.feed(1);
  expect(first).toMatchObject({ field: 'assessmentFinished', variables: { after: 'c0' } });
  finish(first, 'a', 3, 'c1');
  finish(first, 'b', 3, 'c1');
  await until(() => delivered.includes('b3'));

  const second = await reconnect(visit);
  expect(second.variables).toEqual({ after: 'c1' });
  finish(second, 'a', 3, 'c1');
  finish(second, 'b', 3, 'c2');
  finish(second, 'c', 3, 'c2');
  await until(() => delivered.includes('c3'));

  const third = await reconnect(visit);
  expect(third.variables).toEqual({ after: 'c2' });
  expect(delivered).toEqual(['a3', 'c1', 'b3', 'c2', 'c3']);
});

test('the end of a retried assessment is delivered, too', async () => {
  await using visit = await Visit.start();
  const { delivered } = watch(visit, { onCursor: () => {} });
  const feed = await visit.feed(1);
  for (const version of [3, 6, 3, 6]) finish(feed, 'a', version, 'c1');
  finish(feed, 'b', 2, 'c1');
  await until(() => delivered.includes('b2'));
  expect(delivered).toEqual(['a3', 'a6', 'b2']);
});

test('an end that is on screen already is not delivered', async () => {
  await using visit = await Visit.start();
  const { delivered } = watch(visit, { known: [{ id: 'a', version: 3 }] });
  const feed = await visit.feed(1);
  finish(feed, 'a', 3, 'c1');
  finish(feed, 'b', 3, 'c1');
  await until(() => delivered.includes('b3'));
  expect(delivered).toEqual(['c1', 'b3']);
});

test('after an invalid cursor the session is read again, and the watch resumes from the new cursor', async () => {
  await using visit = await Visit.start();
  const reads: string[] = [];
  const { delivered, errors } = watch(visit, {
    onInvalidCursor: async () => {
      reads.push('read');
      return { after: 'n0', known: [{ id: 'a', version: 3 }] };
    },
  });
  const refused = await visit.feed(1);
  invalid(refused);
  refused.complete();
  await until(() => visit.environment.pending()[0] === 500);
  visit.environment.advance(500);
  const feed = await visit.feed(2);
  expect(feed.variables).toEqual({ after: 'n0' });
  finish(feed, 'a', 3, 'n1');
  finish(feed, 'b', 3, 'n1');
  await until(() => delivered.includes('b3'));
  expect({ delivered, reads, errors }).toEqual({ delivered: ['n1', 'b3'], reads: ['read'], errors: [] });
});

test('reading the session again is repeated until it works, and meanwhile the invalid cursor is not used', async () => {
  await using visit = await Visit.start();
  const reads: PromiseWithResolvers<FinishedSince>[] = [];
  watch(visit, {
    onInvalidCursor: () => {
      const read = Promise.withResolvers<FinishedSince>();
      reads.push(read);
      return read.promise;
    },
  });
  invalid(await visit.feed(1));
  await until(() => visit.environment.pending()[0] === 500);
  visit.environment.advance(500);
  reads[0]?.reject(new Error('The server cannot be reached.'));
  await until(() => visit.environment.pending()[0] === 1_000);

  visit.server.cut();
  await visit.state('waiting');
  visit.environment.advance(500);
  await visit.state('connected');
  visit.environment.advance(500);
  expect(visit.server.feeds).toHaveLength(1);
  reads[1]?.resolve({ after: 'n0' });
  expect((await visit.feed(2)).variables).toEqual({ after: 'n0' });
  expect(reads).toHaveLength(2);
});

test('closed while it waits to read the session again, the client does not read', async () => {
  await using visit = await Visit.start();
  let reads = 0;
  watch(visit, { onInvalidCursor: async () => ({ after: `n${(reads += 1)}` }) });
  invalid(await visit.feed(1));
  await until(() => visit.environment.pending()[0] === 500);
  visit.live.close();
  expect(visit.environment.pending()).toEqual([]);
  visit.environment.advance(60_000);
  expect(reads).toBe(0);
});

test('a watch that is stopped while the session is read again stays stopped', async () => {
  await using visit = await Visit.start();
  const read = Promise.withResolvers<FinishedSince>();
  const { stop } = watch(visit, { onInvalidCursor: () => read.promise });
  visit.follow();
  invalid(await visit.feed(1));
  await until(() => visit.environment.pending()[0] === 500);
  visit.environment.advance(500);
  stop();
  read.resolve({ after: 'n0' });
  await read.promise;
  visit.follow('b');
  await until(() => visit.server.lastFeed?.variables.assessmentId === 'b');
  expect(visit.server.feeds.map(({ field }) => field)).toEqual([
    'assessmentFinished',
    'assessmentUpdated',
    'assessmentUpdated',
  ]);
});

test('a watch that the server completes is subscribed again, after waits that grow', async () => {
  await using visit = await Visit.start();
  const { errors } = watch(visit);
  for (const [index, waitMs] of [500, 1_000, 2_000].entries()) {
    (await visit.feed(index + 1)).complete();
    await until(() => visit.environment.pending()[0] === waitMs, { label: `a wait of ${waitMs} ms` });
    visit.environment.advance(waitMs);
  }
  await visit.feed(4);
  visit.environment.advance(10_000); // the subscription has lasted, so the next wait is a first one
  visit.server.lastFeed?.complete();
  await until(() => visit.environment.pending()[0] === 500);
  expect(errors).toEqual([]);
});

test('a permanent error is reported, and a temporary one is retried', async () => {
  await using visit = await Visit.start();
  visit.server.refusals.push({ as: 'next', code: 'SERVICE_UNAVAILABLE' }, { as: 'next', code: 'BAD_USER_INPUT' });
  const { errors } = watch(visit);
  await until(() => visit.environment.pending()[0] === 500);
  visit.environment.advance(500);
  await until(() => errors.length === 1);
  expect(errors).toMatchObject([{ code: 'GRAPHQL', message: 'BAD_USER_INPUT' }]);
});

test('an assessment that could not be read is an error of the server, and no invalid cursor', async () => {
  await using visit = await Visit.start();
  const { errors } = watch(visit);
  (await visit.feed(1)).push({ cursor: 'c1', assessment: new Error('a fault of the server') });
  await until(() => errors.length === 1);
  expect(errors).toMatchObject([{ code: 'GRAPHQL', message: 'a fault of the server' }]);
});

test('the end of the session is reported', async () => {
  await using visit = await Visit.start();
  const { errors } = watch(visit);
  await visit.feed(1);
  visit.server.closeWith(4401);
  await until(() => errors.length === 1);
  expect(errors).toMatchObject([{ code: 'SESSION_ENDED' }]);
});

test('a generated document brings its types', async () => {
  type Finished = { id: string; version: number; status: 'COMPLETED'; title: string };
  type Data = { assessmentFinished: { cursor: string | null; assessment: Finished | null } | null };
  await using visit = await Visit.start({ print: () => FINISHED });
  const titles: string[] = [];
  visit.live.watchFinished({
    document: { kind: 'Document', definitions: [] } as unknown as TypedDocumentNode<Data, { after: string }>,
    after: 'c0',
    // Does not compile if the document's types get lost.
    onFinished: ({ id, title }) => titles.push(`${id satisfies string} ${title}`),
    onInvalidCursor: async () => ({ after: '' }),
    onError: () => {},
  });
  finish(await visit.feed(1), 'a', 3, 'c1');
  await until(() => titles.length === 1);
  expect(titles).toEqual(['a undefined']);
});
