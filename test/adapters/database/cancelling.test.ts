import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { claimed, completed, openStore, rowOf, submitMany, type Store } from './store.ts';

/** A submitted assessment and its session. */
async function submitted(store: Store): Promise<{ id: string; owner: string }> {
  const [id = ''] = await submitMany(store, 1);
  return { id, owner: (await store.reading.byId(id))?.sessionId ?? '' };
}

test('a waiting assessment is cancelled in one statement, which returns the same view as a read', async () => {
  await using store = await openStore();
  const { id, owner } = await submitted(store);
  await store.sql(`UPDATE test_assessment SET not_before = now() + interval '1 h' WHERE id = $1`, [id]);
  store.statements.length = 0;
  const view = (await store.cancelling.cancel(id, owner))?.view;
  expect(store.statements).toEqual(['cancel']);
  expect(view).toMatchObject({ id, status: 'cancelled', version: 2, endedAt: expect.any(Date), result: null });
  expect(await store.reading.byId(id)).toEqual(view);
  expect(await rowOf(store, id)).toMatchObject({ status: 'cancelled', not_before: null, network: null, turn: null });
});

test('an assessment in work is cancelled: its claim is lost, and the reply for a repair is deleted', async () => {
  await using store = await openStore();
  const { id, owner } = await submitted(store);
  const { token } = await claimed(store, id);
  await store.sql(`UPDATE test_assessment SET rejected_answer = '{}' WHERE id = $1`, [id]);
  expect(await store.cancelling.cancel(id, owner)).toMatchObject({ view: { status: 'cancelled', version: 3 } });
  expect(await rowOf(store, id)).toMatchObject({ claim_token: null, lease_until: null, rejected_answer: null });
  expect(await store.working.renew([{ id, token }])).toEqual(new Set());
  expect(await store.working.release({ id, token, delayMs: 0, returnAttempt: false })).toBeUndefined();
  expect(await store.working.finish({ network: null, id, token, outcome: completed })).toBeUndefined();
  expect(await store.working.endOf(id)).toMatchObject({ status: 'cancelled', version: 3, lastError: null });
});

test('a sweep finds a cancellation like any other end', async () => {
  await using store = await openStore();
  const { cursor } = await store.sweeping.sweep(undefined);
  const { id, owner } = await submitted(store);
  await store.cancelling.cancel(id, owner);
  expect((await store.sweeping.sweep(cursor)).ends).toMatchObject([{ id, sessionId: owner, version: 2 }]);
});

test('another session, a second cancellation and an unknown id change nothing', async () => {
  await using store = await openStore();
  const { id, owner } = await submitted(store);
  expect(await store.cancelling.cancel(id, randomUUID())).toBeUndefined();
  expect(await store.cancelling.cancel(randomUUID(), owner)).toBeUndefined();
  expect(await rowOf(store, id)).toMatchObject({ status: 'submitted', version: 1 });
  await store.cancelling.cancel(id, owner);
  const before = await rowOf(store, id);
  expect(await store.cancelling.cancel(id, owner)).toBeUndefined();
  expect(await rowOf(store, id)).toEqual(before);
});

/** Waits until `count` statements wait for a lock. */
const waiting = ({ sql }: Store, count: number) =>
  until(async () => {
    const rows = await sql(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length === count;
  });

test.each(['cancelled', 'completed'] as const)('against a save in the same moment: %s wins', async (first) => {
  await using store = await openStore();
  const { id, owner } = await submitted(store);
  const { token } = await claimed(store, id);
  const client = new Client({ connectionString: store.world.databaseUrl });
  await client.connect();
  // Both statements wait for the row in work before one of them changes it.
  await client.query('BEGIN');
  await client.query('SELECT FROM test_assessment WHERE id = $1 FOR UPDATE', [id]);
  const cancel = async () => (await store.cancelling.cancel(id, owner))?.view;
  const finish = () => store.working.finish({ network: null, id, token, outcome: completed });
  const [one, other] = first === 'cancelled' ? [cancel, finish] : [finish, cancel];
  const earlier = one();
  await waiting(store, 1);
  const later = other();
  await waiting(store, 2);
  await client.query('COMMIT');
  await client.end();
  expect(await earlier).toMatchObject({ status: first, version: 3 });
  expect(await later).toBeUndefined();
  expect(await rowOf(store, id)).toMatchObject({ status: first, version: 3 });
  expect(await store.sql('SELECT FROM result_test')).toHaveLength(first === 'completed' ? 1 : 0);
});
