import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { assessment, UPDATED, Visit } from './visit.ts';

test('an assessment is followed from its current state to its end, and the socket is closed then', async () => {
  await using visit = await Visit.start();
  const log = visit.follow();
  const feed = await visit.feed(1);
  expect(feed).toMatchObject({ field: 'assessmentUpdated', variables: { assessmentId: 'a' } });
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

test('a state that the server repeats after a reconnect is delivered once, and an older one never', async () => {
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

test('cut between the end and its complete, the end is delivered once and not subscribed to again', async () => {
  await using visit = await Visit.start();
  const log = visit.follow('a');
  visit.follow('b');
  (await visit.feed(1)).push(assessment(3, 'COMPLETED'));
  await until(() => log.ends.length === 1);
  const next = await reconnect(visit);
  expect(next.variables).toEqual({ assessmentId: 'b' });
  next.push(assessment(1, 'SUBMITTED', null, 'b'));
  visit.environment.advance(60_000);
  expect(visit.server.feeds).toHaveLength(3);
  expect(log.ends).toHaveLength(1);
});

test('an end in one piece with its complete leaves the socket open for the other subscriptions', async () => {
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

test('after stop no listener is called, and the server gets the complete', async () => {
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

test('a complete before the end of the assessment is the error ENDED_EARLY', async () => {
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

describe('documents', () => {
  type Shown = { id: string; version: number; status: 'COMPLETED' | 'FAILED'; draft: string };
  type Data = { assessmentUpdated: { assessment: Shown } | null };
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

test('any other subscription is passed on unchanged, and started again on each socket until its complete', async () => {
  await using visit = await Visit.start();
  const calls: unknown[] = [];
  visit.live.subscribe(
    {
      query: 'subscription ($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { version } } }',
      variables: { id: 'a' },
    },
    {
      next: (result) => calls.push(result),
      complete: () => calls.push('complete'),
      error: (error) => calls.push(error),
    },
  );
  (await visit.feed(1)).push(assessment(1, 'SUBMITTED'));
  await until(() => calls.length === 1);
  const again = await reconnect(visit);
  again.push(assessment(1, 'SUBMITTED'));
  again.complete();
  await until(() => calls.includes('complete'));
  const result = { data: { assessmentUpdated: { assessment: { version: 1 } } } };
  expect(calls).toEqual([result, result, 'complete']);
  expect(again.variables).toEqual({ assessmentId: 'a' });
  visit.environment.advance(1_000);
  expect(visit.live.status.get()).toEqual({ state: 'idle' });
});
