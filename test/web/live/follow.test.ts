import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { assessment, UPDATED, Visit } from './visit.ts';

test('an assessment is followed from its state now to its end, and then left', async () => {
  await using visit = await Visit.start();
  const log = visit.follow();
  const feed = await visit.feed(1);
  expect(feed).toMatchObject({ field: 'assessmentUpdated', variables: { id: 'a' } });
  const states = [
    assessment(1, 'SUBMITTED'),
    assessment(2, 'PROCESSING'),
    assessment(2, 'PROCESSING', 'Sleep'),
    assessment(2, 'PROCESSING', 'Sleep more'),
    assessment(3, 'COMPLETED'),
  ];
  for (const state of states) feed.push(state);
  await until(() => log.ends.length === 1);
  expect(log).toMatchObject({ updates: states, ends: [assessment(3, 'COMPLETED')], errors: [] });
  await until(() => feed.isOver);
  visit.environment.advance(1_000);
  expect(visit.live.status.get()).toEqual({ state: 'idle' });
});

test.each(['COMPLETED', 'FAILED', 'CANCELLED'])('%s is an end', async (status) => {
  await using visit = await Visit.start();
  const log = visit.follow();
  (await visit.feed(1)).push(assessment(2, status));
  await until(() => log.ends.length === 1);
  expect(log.ends).toEqual([assessment(2, status)]);
});

const reconnect = async (visit: Visit) => {
  const next = visit.server.feeds.length + 1;
  visit.server.cut();
  await visit.state('waiting');
  visit.environment.advance(30_000);
  return visit.feed(next);
};

test('what the server repeats after a reconnect is shown once, and nothing older is shown', async () => {
  await using visit = await Visit.start();
  const log = visit.follow();
  (await visit.feed(1)).push(assessment(2, 'PROCESSING', 'Sleep'));
  await until(() => log.updates.length === 1);
  const again = await reconnect(visit);
  again.push(assessment(2, 'PROCESSING', 'Sleep'));
  again.push(assessment(1, 'SUBMITTED'));
  again.push(assessment(2, 'PROCESSING', 'Sleep more'));
  again.push(assessment(3, 'FAILED'));
  await until(() => log.ends.length === 1);
  expect(log.updates).toEqual([
    assessment(2, 'PROCESSING', 'Sleep'),
    assessment(2, 'PROCESSING', 'Sleep more'),
    assessment(3, 'FAILED'),
  ]);
});

test('cut between the end and its complete, the end is told once and not asked for again', async () => {
  await using visit = await Visit.start();
  const log = visit.follow('a');
  visit.follow('b');
  (await visit.feed(1)).push(assessment(3, 'COMPLETED'));
  await until(() => log.ends.length === 1);
  const next = await reconnect(visit);
  expect(next.variables).toEqual({ id: 'b' });
  next.push(assessment(1, 'SUBMITTED', null, 'b'));
  visit.environment.advance(60_000);
  expect(visit.server.feeds).toHaveLength(3);
  expect(log.ends).toHaveLength(1);
});

test('an end that arrives in one piece with its complete leaves the connection to the others', async () => {
  await using visit = await Visit.start();
  const [ended, other] = [visit.follow('a'), visit.follow('b')];
  await visit.feed(2);
  const [feed, otherFeed] = visit.server.feeds;
  feed?.push(assessment(3, 'COMPLETED'));
  feed?.complete();
  await until(() => ended.ends.length === 1);
  otherFeed?.push(assessment(1, 'SUBMITTED', null, 'b'));
  await until(() => other.updates.length === 1);
  expect(visit.states).toEqual(['connecting', 'connected']);
});

test('after stop nothing is told, and the server hears that nobody listens', async () => {
  await using visit = await Visit.start();
  const [stopped, kept] = [visit.follow('a'), visit.follow('b')];
  await visit.feed(2);
  const [feed, other] = visit.server.feeds;
  stopped.stop();
  stopped.stop();
  feed?.push(assessment(3, 'COMPLETED'));
  other?.push(assessment(3, 'COMPLETED', null, 'b'));
  await until(() => feed?.isOver);
  await until(() => kept.ends.length === 1);
  expect(stopped).toMatchObject({ updates: [], ends: [], errors: [] });
});

test('a server that completes before the end has broken its promise, and the listener is told', async () => {
  await using visit = await Visit.start();
  const log = visit.follow();
  const feed = await visit.feed(1);
  feed.push(assessment(2, 'PROCESSING'));
  feed.complete();
  await until(() => log.errors.length === 1);
  expect(log).toMatchObject({ updates: [{ version: 2 }], ends: [], errors: [{ code: 'ENDED_EARLY' }] });
  visit.environment.advance(60_000);
  expect(visit.server.feeds).toHaveLength(1);
});

describe.each(['error', 'next'] as const)('what the server refuses by a message `%s`', (as) => {
  test.each([
    ['NOT_FOUND', 'GRAPHQL'],
    ['INTERNAL_SERVER_ERROR', 'GRAPHQL'],
    ['UNAUTHENTICATED', 'SESSION_ENDED'],
  ])('with %s is told once as %s, and not tried again', async (code, told) => {
    await using visit = await Visit.start();
    visit.server.refusals.push({ as, code });
    const log = visit.follow();
    await until(() => log.errors.length > 0);
    visit.environment.advance(60_000);
    expect(log.errors).toMatchObject([{ code: told, message: code, errors: [{ extensions: { code } }] }]);
    expect(visit.server.feeds).toEqual([]);
  });

  test('with SERVICE_UNAVAILABLE is tried again, after waits that grow', async () => {
    await using visit = await Visit.start();
    for (let times = 0; times < 3; times += 1) visit.server.refusals.push({ as, code: 'SERVICE_UNAVAILABLE' });
    const log = visit.follow();
    for (const waitMs of [500, 1_000, 2_000]) {
      await until(() => visit.environment.pending()[0] === waitMs, { label: `a wait of ${waitMs} ms` });
      visit.environment.advance(waitMs);
    }
    (await visit.feed(1)).push(assessment(3, 'COMPLETED'));
    await until(() => log.ends.length === 1);
    expect(log.errors).toEqual([]);
  });

  test('with RATE_LIMITED is tried again when the server says', async () => {
    await using visit = await Visit.start();
    visit.server.refusals.push({ as, code: 'RATE_LIMITED', retryAfterSeconds: 7 });
    visit.follow();
    await until(() => visit.environment.pending()[0] === 7_000, { timeoutMs: 500 });
    visit.environment.advance(6_999);
    expect(visit.environment.pending()[0]).toBe(1);
    visit.environment.advance(1);
    await visit.feed(1);
  });
});

describe('documents', () => {
  type Data = { assessmentUpdated: { id: string; version: number; status: 'COMPLETED' | 'FAILED'; draft: string } };
  const tree = parse(UPDATED) as TypedDocumentNode<Data, { id: string }>;

  test('of a code generator bring their types, and are sent as the text that `print` makes', async () => {
    await using visit = await Visit.start({ print });
    const drafts: string[] = [];
    visit.live.follow('a', {
      document: tree,
      // Does not compile if the document's types get lost.
      onUpdate: ({ draft, status }) => drafts.push(`${draft.toUpperCase()} ${status satisfies 'COMPLETED' | 'FAILED'}`),
      onError: () => {},
    });
    (await visit.feed(1)).push(assessment(3, 'COMPLETED', 'sleep'));
    await until(() => drafts.length === 1);
    expect(drafts).toEqual(['SLEEP COMPLETED']);
  });

  test('that are trees need `print`, and the error says so', async () => {
    await using visit = await Visit.start();
    const listener = { document: tree, onUpdate: () => {}, onError: () => {} };
    expect(() => visit.live.follow('a', listener)).toThrow('give createLive `print` of graphql');
  });
});

test('any other subscription is passed on as it is, begun anew on each connection, to its complete', async () => {
  await using visit = await Visit.start();
  const told: unknown[] = [];
  visit.live.subscribe(
    { query: 'subscription ($id: ID!) { assessmentUpdated(id: $id) { version } }', variables: { id: 'a' } },
    { next: (result) => told.push(result), complete: () => told.push('complete'), error: (error) => told.push(error) },
  );
  (await visit.feed(1)).push(assessment(1, 'SUBMITTED'));
  await until(() => told.length === 1);
  const again = await reconnect(visit);
  again.push(assessment(1, 'SUBMITTED'));
  again.complete();
  await until(() => told.includes('complete'));
  const result = { data: { assessmentUpdated: { version: 1 } } };
  expect(told).toEqual([result, result, 'complete']);
  expect(again.variables).toEqual({ id: 'a' });
});

test('an error of any other subscription is told, not tried again', async () => {
  await using visit = await Visit.start();
  visit.server.refusals.push({ as: 'error', code: 'SERVICE_UNAVAILABLE' });
  const told: unknown[] = [];
  const sink = { next: () => told.push('next'), complete: () => told.push('complete') };
  visit.live.subscribe({ query: UPDATED, variables: { id: 'a' } }, { ...sink, error: (error) => told.push(error) });
  await until(() => told.length > 0);
  visit.environment.advance(60_000);
  expect(told).toMatchObject([{ code: 'GRAPHQL', errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] }]);
});
