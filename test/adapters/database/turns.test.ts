import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { TooManyAssessmentsError } from '../../../src/errors.ts';
import { createWorld } from '../../support/world.ts';
import { claimed, completed, newAssessment, openStore, rowOf, type Store } from './store.ts';

const NETWORK = 'one network';
const NO_CAP = { ofNetwork: 0, ofSession: 0 };

/** Submits together, in this order, from sessions by their names; resolves to the ids. */
async function submit(store: Store, sessions: string[], network = NETWORK): Promise<string[]> {
  const ids: string[] = [];
  for (const session of sessions) {
    const row = newAssessment({ network, sessionId: sessionOf(session) });
    await store.submitting.insert(row);
    ids.push(row.id);
  }
  return ids;
}

const sessionOf = (name: string): string => `0190a000-0000-7000-8000-${name.padStart(12, '0')}`;

const deferredOf = async ({ sql }: Store, ids: string[]): Promise<string[]> => {
  const rows = await sql<{ id: string }>('SELECT id FROM test_assessment WHERE turn IS NOT NULL');
  const deferred = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => deferred.has(id));
};

const withSlots = (store: Store, slots: number): Promise<void> => store.turns.announce(randomUUID(), slots, 60_000);

const release = async ({ turns }: Store, most: number, network = NETWORK): Promise<string[]> =>
  (await turns.release([{ network, most }])).map(({ id }) => id);

async function end(store: Store, id: string): Promise<boolean | undefined> {
  const { token, network } = await claimed(store, id);
  return (await store.working.finish({ id, token, network, outcome: completed }))?.othersDeferred;
}

test('a network has as many messages as the fleet has slots; the rest is deferred', async () => {
  await using store = await openStore();
  await withSlots(store, 2);
  await withSlots(store, 1);
  const ids = await submit(store, ['1', '1', '2', '3', '1']);
  expect(await deferredOf(store, ids)).toEqual(ids.slice(3));
  const [row] = await store.sql<{ at: string }>(`SELECT dispatched_at::text AS at FROM test_assessment WHERE id = $1`, [
    ids[4],
  ]);
  expect(row?.at).toBe('infinity');
  expect(await deferredOf(store, await submit(store, ['1', '2'], 'another network'))).toEqual([]);
});

test('rows of one statement count each other', async () => {
  await using store = await openStore();
  await withSlots(store, 3);
  const rows = Array.from({ length: 10 }, () => newAssessment({ network: NETWORK }));
  const stored = await Promise.all(rows.map((row) => store.submitting.insert(row)));
  expect(store.statements.filter((name) => name === 'insert-assessments')).toHaveLength(1);
  expect(stored.filter((each) => each.isNew && each.isDeferred)).toHaveLength(7);
});

test('without a worker, and when the announcements have run out, a network has two messages', async () => {
  await using store = await openStore();
  const ids = await submit(store, ['1', '1', '1']);
  expect(await deferredOf(store, ids)).toEqual(ids.slice(2));
  await withSlots(store, 9);
  await store.sql(`UPDATE worker_slots SET until = now() - interval '1 s'`);
  expect(await release(store, 9)).toEqual([]);
});

test('a worker that stops takes its slots away, and one that announces again replaces its number', async () => {
  await using store = await openStore();
  const workerId = randomUUID();
  await store.turns.announce(workerId, 5, 60_000);
  await store.turns.announce(workerId, 4, 60_000);
  const slots = () => store.sql<{ slots: number }>('SELECT slots FROM worker_slots');
  expect(await slots()).toEqual([{ slots: 4 }]);
  await store.turns.withdraw(workerId);
  expect(await slots()).toEqual([]);
});

test('an end says that others are deferred, and makes room for the next turn', async () => {
  await using store = await openStore();
  const [first = '', second = '', third = '', fourth = ''] = await submit(store, ['1', '1', '1', '1']);
  expect(await release(store, 9)).toEqual([]);
  expect(await end(store, first)).toBe(true);
  expect(await rowOf(store, first)).toMatchObject({ network: null, turn: null });
  expect(await release(store, 9)).toEqual([third]);
  expect(await release(store, 9)).toEqual([]);
  expect(await end(store, second)).toBe(true);
  expect(await release(store, 1)).toEqual([fourth]);
  expect(await end(store, third)).toBe(false);
});

test('a released one has no turn, and is dispatched now with its number', async () => {
  await using store = await openStore();
  const [first = '', , third = ''] = await submit(store, ['1', '1', '1']);
  await end(store, first);
  expect(await store.turns.release([{ network: NETWORK, most: 1 }])).toEqual([
    { id: third, sessionId: sessionOf('1'), dispatchNo: 1 },
  ]);
  const [row] = await store.sql<{ age: number; turn: null }>(
    'SELECT extract(epoch from now() - dispatched_at)::float8 AS age, turn FROM test_assessment WHERE id = $1',
    [third],
  );
  expect(row?.turn).toBeNull();
  expect(row?.age).toBeLessThan(60);
});

test('sessions of one network take turns: another one does not wait for all of the first', async () => {
  await using store = await openStore();
  const many = await submit(
    store,
    Array.from({ length: 8 }, () => '1'),
  );
  const [other = ''] = await submit(store, ['2']);
  await withSlots(store, 4);
  expect((await release(store, 2)).toSorted()).toEqual([many[2] ?? '', other].toSorted());
});

test('new sessions do not go before those that wait', async () => {
  await using store = await openStore();
  const first = await submit(
    store,
    Array.from({ length: 6 }, () => '1'),
  );
  await withSlots(store, 4);
  // Turns 1 and 2 of the first session are over.
  expect(await release(store, 2)).toEqual([first[2], first[3]]);
  const later = await submit(store, ['2', '3', '4', '5']);
  await withSlots(store, 100);
  const released = await release(store, 3);
  expect(released).toContain(first[4]);
  expect(released.filter((id) => later.includes(id))).toHaveLength(2);
});

test('a deferred one waits behind those that are deferred, even if there is room', async () => {
  await using store = await openStore();
  const ids = await submit(store, ['1', '1', '1']);
  await withSlots(store, 9);
  const [later = ''] = await submit(store, ['2']);
  expect(await deferredOf(store, [...ids, later])).toEqual([ids[2], later]);
});

test('one that waits for another try makes room, and takes it back when it is due', async () => {
  await using store = await openStore();
  const [first = '', , third = '', fourth = ''] = await submit(store, ['1', '1', '1', '1']);
  const { token } = await claimed(store, first);
  const waits = { id: first, token, delayMs: 60_000, returnAttempt: false };
  expect(await store.working.release(waits)).toEqual({ id: first, othersDeferred: true });
  expect(await release(store, 9)).toEqual([third]);
  await store.sql('UPDATE test_assessment SET not_before = now() WHERE id = $1', [first]);
  expect(await release(store, 9)).toEqual([]);
  expect(await deferredOf(store, [fourth])).toEqual([fourth]);
});

test('two processes at once release different ones, each as many as have ended for it', async () => {
  await using world = await createWorld();
  await using one = await openStore({ world });
  await using two = await openStore({ world });
  await withSlots(one, 2);
  const [first = '', second = '', ...rest] = await submit(
    one,
    Array.from({ length: 9 }, () => '1'),
  );
  await Promise.all([end(one, first), end(two, second)]);
  const released = await Promise.all([release(one, 1), release(two, 1)]);
  expect(released.flat().toSorted()).toEqual(rest.slice(0, 2).toSorted());
});

test('networks with deferred ones are listed once each, page by page', async () => {
  await using store = await openStore();
  for (const network of ['a', 'b', 'c']) await submit(store, ['1', '1', '1', '1'], network);
  await submit(store, ['1'], 'd');
  expect(await store.turns.deferredNetworks('', 2)).toEqual(['a', 'b']);
  expect(await store.turns.deferredNetworks('b', 2)).toEqual(['c']);
});

test('a deferred one has no claim, and is no candidate of the reconciler', async () => {
  await using store = await openStore();
  const ids = await submit(store, ['1', '1', '1']);
  await store.sql(`UPDATE test_assessment SET dispatched_at = now() - interval '1 min' WHERE turn IS NULL`);
  expect(await store.working.claim({ id: ids[2] ?? '', token: randomUUID() })).toEqual({ kind: 'deferred' });
  const candidates = await store.reconciling.candidates(5_000, 10);
  expect(candidates.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(await store.reconciling.open(10)).toBe(3);
  expect(await store.reconciling.dispatchable(10)).toBe(2);
  expect(await store.reconciling.queue(10)).toMatchObject({ waiting: 3, deferred: 1 });
});

test('the age of the oldest is that of the oldest dispatch, and 0 where all are deferred', async () => {
  await using store = await openStore();
  const ids = await submit(store, ['1', '1', '1']);
  await store.sql(`UPDATE test_assessment SET dispatched_at = now() - interval '1 min' WHERE turn IS NULL`);
  expect((await store.reconciling.queue(10)).oldestSeconds).toBeGreaterThan(50);
  for (const id of ids.slice(0, 2)) await end(store, id);
  expect(await store.reconciling.queue(10)).toEqual({ waiting: 1, deferred: 1, oldestSeconds: 0 });
});

test('a cancelled one leaves the line', async () => {
  await using store = await openStore();
  const [, , third = '', fourth = ''] = await submit(store, ['1', '1', '1', '1']);
  expect(await store.cancelling.cancel(third, sessionOf('1'))).toMatchObject({ network: NETWORK });
  expect(await rowOf(store, third)).toMatchObject({ network: null, turn: null });
  await withSlots(store, 9);
  expect(await release(store, 9)).toEqual([fourth]);
});

test('a retry stands at the end of the line of the network that it comes from', async () => {
  await using store = await openStore();
  const [first = ''] = await submit(store, ['1'], 'before');
  await store.cancelling.cancel(first, sessionOf('1'));
  const waiting = await submit(store, ['1', '1', '1', '1']);
  await store.retrying.retry(first, sessionOf('1'), NETWORK);
  expect(await rowOf(store, first)).toMatchObject({ network: NETWORK, turn: 3, round: 2 });
  await withSlots(store, 9);
  expect(await store.turns.release([{ network: NETWORK, most: 9 }])).toHaveLength(3);
  expect(await deferredOf(store, [...waiting, first])).toEqual([]);
});

describe('caps of open assessments', () => {
  const insert = (store: Store, session: string, openMax: { ofNetwork: number; ofSession: number }) =>
    store.submitting.insert(newAssessment({ network: NETWORK, sessionId: sessionOf(session), openMax }));

  test('a session with as many as it may have is refused, with what to do; another one is not', async () => {
    await using store = await openStore();
    const openMax = { ofNetwork: 10, ofSession: 3 };
    const ids = [];
    for (let nth = 0; nth < 3; nth++) ids.push((await insert(store, '1', openMax)).id);
    const refused = insert(store, '1', openMax);
    await expect(refused).rejects.toThrow(TooManyAssessmentsError);
    await expect(refused).rejects.toThrow(/This session has as many unfinished.*cancel one.*30 s/);
    expect(await insert(store, '2', openMax)).toMatchObject({ isNew: true });
    expect(await store.turns.capReached(NETWORK, sessionOf('1'), openMax)).toBe('session');
    expect(await store.turns.capReached(NETWORK, sessionOf('2'), openMax)).toBeUndefined();
    await end(store, ids[0] ?? '');
    expect(await insert(store, '1', openMax)).toMatchObject({ isNew: true });
  });

  test('a network with as many as it may have is refused in any session', async () => {
    await using store = await openStore();
    const openMax = { ofNetwork: 3, ofSession: 2 };
    for (const session of ['1', '2', '3']) await insert(store, session, openMax);
    await expect(insert(store, '4', openMax)).rejects.toThrow(/This address has as many unfinished/);
    expect(await store.turns.capReached(NETWORK, sessionOf('4'), openMax)).toBe('network');
    expect(await store.turns.capReached(NETWORK, sessionOf('4'), NO_CAP)).toBeUndefined();
  });

  test('rows of one statement count each other', async () => {
    await using store = await openStore();
    const openMax = { ofNetwork: 5, ofSession: 2 };
    const rows = ['1', '1', '1', '2', '3', '4', '5'].map((session) =>
      newAssessment({ network: NETWORK, sessionId: sessionOf(session), openMax }),
    );
    const outcomes = await Promise.allSettled(rows.map((row) => store.submitting.insert(row)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(5);
    const [stored] = await store.sql<{ count: number }>('SELECT count(*)::int AS count FROM test_assessment');
    expect(stored?.count).toBe(outcomes.filter(({ status }) => status === 'fulfilled').length);
    expect(stored?.count).toBeGreaterThanOrEqual(4);
  });

  test('a repeat of a stored one is no new one, whatever is open', async () => {
    await using store = await openStore();
    const row = newAssessment({ network: NETWORK, openMax: { ofNetwork: 1, ofSession: 1 } });
    await store.submitting.insert(row);
    expect(await store.submitting.insert({ ...row, id: newAssessment().id })).toEqual({ id: row.id, isNew: false });
    // An earlier try of the same row had stored it.
    expect(await store.submitting.insert(row)).toMatchObject({ id: row.id, isNew: true });
  });
});
