import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Candidate } from '../../../src/adapters/database/reconciling.ts';
import { createWorld } from '../../support/world.ts';
import { backdateLease, claimed, completed, openStore, submitMany, type Store } from './store.ts';

/** Backdates the dispatch of all rows, in the order of their ids. */
const backdateDispatch = ({ sql }: Store, seconds: number) =>
  sql(
    `UPDATE test_assessment a SET dispatched_at = now() - $1 * interval '1 s' + o.n * interval '1 ms'
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM test_assessment) AS o WHERE o.id = a.id`,
    [seconds],
  );

const idsOf = (candidates: Candidate[]): string[] => candidates.map(({ id }) => id);
const dispatchOf = async ({ sql }: Store, id: string) => {
  const [row] = await sql<{ dispatch_no: number; age: number }>(
    `SELECT dispatch_no, extract(epoch from now() - dispatched_at)::float8 AS age FROM test_assessment WHERE id = $1`,
    [id],
  );
  return row;
};

test('of two processes one leads, and stays the leader while it renews', async () => {
  await using world = await createWorld();
  await using one = await openStore({ world });
  await using two = await openStore({ world });
  const [me, you] = [randomUUID(), randomUUID()];
  const first = await Promise.all([
    one.reconciling.lead('reconcile', me, 10_000),
    two.reconciling.lead('reconcile', you, 10_000),
  ]);
  expect(first.filter(Boolean)).toHaveLength(1);
  const [leader, other] = first[0] ? [me, you] : [you, me];
  expect(await one.reconciling.lead('reconcile', leader, 10_000)).toBe(true);
  expect(await one.reconciling.lead('reconcile', other, 10_000)).toBe(false);
  // Another task has another leader.
  expect(await one.reconciling.lead('retention', other, 10_000)).toBe(true);
});

test('a leader is replaced at once after it resigns, or when its time is over', async () => {
  await using store = await openStore();
  const { reconciling, sql } = store;
  const [me, you] = [randomUUID(), randomUUID()];
  await reconciling.lead('reconcile', me, 10_000);
  await reconciling.resign('reconcile', you);
  expect(await reconciling.lead('reconcile', you, 10_000)).toBe(false);
  await reconciling.resign('reconcile', me);
  expect(await reconciling.lead('reconcile', you, 10_000)).toBe(true);
  await sql(`UPDATE leader SET until = now() - interval '1 s'`);
  expect(await reconciling.lead('reconcile', me, 10_000)).toBe(true);
  expect(await reconciling.lead('reconcile', you, 10_000)).toBe(false);
});

test('candidates are due or have an expired lease, and were dispatched before the grace time', async () => {
  await using store = await openStore({ leaseMs: 1 });
  const [due = '', later = '', working = '', lost = '', ended = '', young = ''] = await submitMany(store, 6);
  const claims = new Map(
    await Promise.all([later, working, lost, ended].map(async (id) => [id, await claimed(store, id)] as const)),
  );
  const tokenOf = (id: string): string => claims.get(id)?.token ?? '';
  await store.working.release({ id: later, token: tokenOf(later), delayMs: 60_000, returnAttempt: false });
  await store.working.finish({ network: null, id: ended, token: tokenOf(ended), outcome: completed });
  await store.sql(`UPDATE test_assessment SET lease_until = now() + interval '1 h' WHERE id = $1`, [working]);
  await backdateLease(store, lost);
  await backdateDispatch(store, 60);
  await store.sql('UPDATE test_assessment SET dispatched_at = now() WHERE id = $1', [young]);

  const candidates = await store.reconciling.candidates(5_000, 100);
  expect(idsOf(candidates)).toEqual([due, lost]);
  expect(candidates[0]).toMatchObject({ id: due, dispatchNo: 1, sessionId: expect.any(String) });
  expect(idsOf(await store.reconciling.candidates(0, 100))).toEqual(expect.arrayContaining([due, lost, young]));
  await store.sql(`UPDATE test_assessment SET not_before = now() - interval '1 s' WHERE id = $1`, [later]);
  expect(idsOf(await store.reconciling.candidates(5_000, 100))).toEqual([due, later, lost]);
});

test('a page continues after the one before, also between rows that were dispatched in the same microsecond', async () => {
  await using store = await openStore();
  const ids = await submitMany(store, 25);
  await store.sql(`UPDATE test_assessment SET dispatched_at = date_trunc('minute', now()) - interval '1 h'`);
  const seen: string[] = [];
  let after: Candidate | undefined;
  for (let page = 0; page < 4; page++) {
    const candidates = await store.reconciling.candidates(0, 10, after);
    seen.push(...idsOf(candidates));
    after = candidates.at(-1) ?? after;
  }
  expect(seen).toEqual(ids.toSorted());
});

test('a dispatch is recorded with its number and time, and is no candidate within the grace time', async () => {
  await using store = await openStore();
  const [id = '', other = ''] = await submitMany(store, 2);
  await backdateDispatch(store, 60);
  await store.reconciling.dispatched([{ id, dispatchNo: 2 }]);
  const noted = await dispatchOf(store, id);
  expect(noted?.dispatch_no).toBe(2);
  expect(noted?.age).toBeLessThan(30);
  expect(idsOf(await store.reconciling.candidates(30_000, 10))).toEqual([other]);
});

test('a used number is recorded without a new time, so that the next number is tried soon', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  await backdateDispatch(store, 60);
  await store.reconciling.numberUsed([{ id, dispatchNo: 7 }]);
  const noted = await dispatchOf(store, id);
  expect(noted?.dispatch_no).toBe(7);
  expect(noted?.age).toBeGreaterThan(50);
  // A lower number from an earlier read does not replace it.
  await store.reconciling.dispatched([{ id, dispatchNo: 3 }]);
  expect((await dispatchOf(store, id))?.dispatch_no).toBe(7);
});

test('open assessments are counted up to a limit, waiting ones with the age of the oldest', async () => {
  await using store = await openStore();
  expect(await store.reconciling.queue(10)).toEqual({ waiting: 0, deferred: 0, oldestSeconds: 0 });
  const [one = '', two = ''] = await submitMany(store, 5);
  await backdateDispatch(store, 60);
  await claimed(store, one);
  const { token } = await claimed(store, two);
  await store.working.finish({ network: null, id: two, token, outcome: completed });
  expect(await store.reconciling.open(100)).toBe(4);
  expect(await store.reconciling.open(3)).toBe(3);
  const queue = await store.reconciling.queue(100);
  expect(queue.waiting).toBe(3);
  expect(queue.oldestSeconds).toBeGreaterThan(50);
  expect(queue.oldestSeconds).toBeLessThan(90);
});
