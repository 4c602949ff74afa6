import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { createSweeping } from '../../../src/adapters/database/sweeping.ts';
import type { Sql } from '../../../src/adapters/database/sql.ts';
import type { Outcome } from '../../../src/entities/claim.ts';
import { until } from '../../support/wait.ts';
import { claimed, completed, failed, openStore, rowOf, submitMany, type Store } from './store.ts';

async function end(store: Store, id: string, outcome: Outcome = completed): Promise<void> {
  const { token } = await claimed(store, id);
  await store.working.finish({ network: null, id, token, outcome });
}

const END = `UPDATE test_assessment SET status = 'completed', version = 2, ended_at = now(),
  ended_xid = pg_current_xact_id() WHERE id = $1`;

/** Ends an assessment in another transaction that stays open. */
async function endSlowly(store: Store, id: string): Promise<{ commit: () => Promise<void> }> {
  const client = new Client({ connectionString: store.world.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(END, [id]);
  return {
    async commit() {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

const idsOf = (ends: { id: string }[]): string[] => ends.map(({ id }) => id).toSorted();

/** Sweeps until no end is repeated: any open transaction of the server, also of another test, holds the horizon back. */
const sweptClean = ({ sweeping }: Pick<Store, 'sweeping'>, cursor: string) =>
  until(async () => {
    const found = await sweeping.sweep(cursor);
    ({ cursor } = found);
    return found.ends.length === 0;
  });

test('a sweep finds the ends since the one before, with session and version, and no open assessment', async () => {
  await using store = await openStore();
  const [before = '', one = '', two = '', open = ''] = await submitMany(store, 4);
  await end(store, before);
  await sweptClean(store, (await store.sweeping.sweep(undefined)).cursor);
  const start = await store.sweeping.sweep(undefined);
  expect(start.ends).toEqual([]);
  await end(store, one);
  await end(store, two, failed);
  await claimed(store, open);
  const found = await store.sweeping.sweep(start.cursor);
  const { sessionId } = (await store.reading.byId(one)) ?? {};
  expect(idsOf(found.ends)).toEqual(expect.arrayContaining([one, two]));
  expect(idsOf(found.ends)).not.toContain(open);
  expect(found.ends).toContainEqual({ id: one, sessionId, version: 3, endedMsAgo: expect.any(Number) });
  await sweptClean(store, found.cursor);
});

test('an end that an older transaction commits late is found, after newer ends were swept', async () => {
  await using store = await openStore();
  const [late = '', ...early] = await submitMany(store, 4);
  const start = await store.sweeping.sweep(undefined);
  const slow = await endSlowly(store, late);
  for (const id of early) await end(store, id);
  const first = await store.sweeping.sweep(start.cursor);
  expect(idsOf(first.ends)).toEqual(early.toSorted());
  const second = await store.sweeping.sweep(first.cursor);
  expect(second.ends).not.toContainEqual(expect.objectContaining({ id: late }));
  await slow.commit();
  const third = await store.sweeping.sweep(second.cursor);
  expect(third.ends).toContainEqual(expect.objectContaining({ id: late }));
  await sweptClean(store, third.cursor);
});

test('one sweep finds more ends than one page has, also ends of one transaction', async () => {
  await using store = await openStore();
  const sql = sqlOf(store);
  const sweeping = createSweeping(sql, 3);
  const ids = await submitMany(store, 12);
  const start = await sweeping.sweep(undefined);
  await store.sql(END.replace('= $1', '= ANY($1)'), [ids.slice(0, 7)]);
  const slow = await endSlowly(store, ids[11] ?? '');
  for (const id of ids.slice(7, 11)) await end(store, id);
  const first = await sweeping.sweep(start.cursor);
  expect(idsOf(first.ends)).toEqual(ids.slice(0, 11).toSorted());
  await slow.commit();
  // Ends after the open transaction come once more: repeated rather than skipped.
  const second = await sweeping.sweep(first.cursor);
  expect(idsOf(second.ends)).toEqual(expect.arrayContaining([ids[11]]));
  await sweptClean({ sweeping }, second.cursor);
});

/** The test's own connection as Sql. */
const sqlOf =
  ({ sql }: Store): Sql =>
  async (_name, text, values = []) =>
    await sql(text, values);

test.each([
  ['ahead of this database', (cursor: string) => cursor.replace(/\d+$/, '999999999')],
  ['of another history', (cursor: string) => cursor.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))],
])(
  'after a cursor %s, a sweep reads no end, says so, and the next one begins at the current horizon',
  async (_, spoil) => {
    await using store = await openStore();
    const [before = '', after = ''] = await submitMany(store, 2);
    const start = await store.sweeping.sweep(undefined);
    await end(store, before);
    const broken = await store.sweeping.sweep(spoil(start.cursor));
    expect(broken).toMatchObject({ ends: [], isContinued: false, history: start.history });
    await end(store, after);
    const next = await store.sweeping.sweep(broken.cursor);
    expect(next.isContinued).toBe(true);
    expect(idsOf(next.ends)).toContain(after);
    await sweptClean(store, broken.cursor);
  },
);

test('the sweep of a session gives its ends since a cursor, and the next cursor', async () => {
  await using store = await openStore();
  const [before = '', one = '', two = '', foreign = '', open = ''] = await submitMany(store, 5);
  const mine = async (...ids: string[]): Promise<string> => {
    const { sessionId = '' } = (await store.reading.byId(ids[0] ?? '')) ?? {};
    await store.sql('UPDATE test_assessment SET session_id = $1 WHERE id = ANY($2)', [sessionId, ids]);
    return sessionId;
  };
  await end(store, foreign);
  const sessionId = await mine(before, one, two, open);
  await end(store, before);
  await sweptClean(store, (await store.sweeping.sweep(undefined)).cursor);
  const { cursor } = await store.sweeping.sweep(undefined);
  await end(store, one);
  await end(store, two, failed);
  const { sweep: found } = await store.sweeping.sweepSession({ sessionId, cursor });
  expect(found?.ends).toEqual([
    { id: one, sessionId, version: 3, endedMsAgo: expect.any(Number) },
    { id: two, sessionId, version: 3, endedMsAgo: expect.any(Number) },
  ]);
  let next = found?.cursor ?? '';
  await until(async () => {
    const { sweep: again } = await store.sweeping.sweepSession({ sessionId, cursor: next });
    next = again?.cursor ?? '';
    return again?.ends.length === 0;
  });
});

test.each([
  ['nonsense', () => 'nonsense'],
  ['an empty text', () => ''],
  ['a cursor of another history', (cursor: string) => cursor.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))],
  ['a future transaction', (cursor: string) => cursor.replace(/\d+$/, '9'.repeat(18))],
  ['the largest number', (cursor: string) => cursor.replace(/\d+$/, '9'.repeat(19))],
  ['a number beyond all numbers', (cursor: string) => cursor.replace(/\d+$/, '9'.repeat(40))],
])('%s is refused as a cursor', async (_, spoil) => {
  await using store = await openStore();
  const { cursor, history } = await store.sweeping.sweep(undefined);
  expect(await store.sweeping.sweepSession({ sessionId: randomUUID(), cursor })).toMatchObject({
    sweep: { ends: [] },
  });
  const refused = await store.sweeping.sweepSession({ sessionId: randomUUID(), cursor: spoil(cursor) });
  expect(refused).toEqual({ history, sweep: undefined });
});

test('300 sessions that resume at once share at most three statements, each with its own cursor', async () => {
  await using store = await openStore();
  const ids = await submitMany(store, 3);
  const before = await store.sweeping.sweep(undefined);
  for (const id of ids) await end(store, id);
  const views = await Promise.all(ids.map((id) => store.reading.byId(id)));
  store.statements.length = 0;
  const found = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      store.sweeping.sweepSession({
        sessionId: views[index % 3]?.sessionId ?? '',
        cursor: index % 4 === 3 ? 'nonsense' : before.cursor,
      }),
    ),
  );
  expect(found.map(({ sweep }) => sweep?.ends.map(({ id }) => id))).toEqual(
    found.map((_, index) => (index % 4 === 3 ? undefined : [ids[index % 3]])),
  );
  expect(store.statements.filter((name) => name === 'sweep-sessions').length).toBeLessThanOrEqual(3);
});

test('after more ends than the cap, a session has no replay', async () => {
  await using store = await openStore();
  const { cursor } = await store.sweeping.sweep(undefined);
  const ids = await submitMany(store, 1_001);
  const sessionId = randomUUID();
  await store.sql(END.replace('WHERE', ', session_id = $2 WHERE').replace('= $1', '= ANY($1)'), [
    ids.slice(1),
    sessionId,
  ]);
  expect((await store.sweeping.sweepSession({ sessionId, cursor })).sweep?.ends).toHaveLength(1_000);
  await store.sql(END.replace('WHERE', ', session_id = $2 WHERE').replace('= $1', '= ANY($1)'), [
    ids.slice(0, 1),
    sessionId,
  ]);
  expect((await store.sweeping.sweepSession({ sessionId, cursor })).sweep).toBeUndefined();
});

describe('numbers of another server, as in rows from a dump,', () => {
  /** Gives ended rows the number that a server further on would have given them. */
  async function copyEnded(store: Store, count: number, sessionId = randomUUID()): Promise<string[]> {
    const ids = await submitMany(store, count);
    await store.sql(
      `UPDATE test_assessment SET status = 'completed', version = 3, session_id = $2, ended_at = now() - interval '1 day',
         ended_xid = ((pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000 * ordinality)::text)::xid8
       FROM unnest($1::uuid[]) WITH ORDINALITY AS copied(id, ordinality) WHERE test_assessment.id = copied.id`,
      [ids, sessionId],
    );
    return ids;
  }

  test('are no ends for a sweep, nor for a session that resumes', async () => {
    await using store = await openStore();
    const before = await store.sweeping.sweep(undefined);
    const sessionId = randomUUID();
    await copyEnded(store, 3, sessionId);
    const [own = ''] = await submitMany(store, 1);
    await end(store, own);
    expect(await store.sweeping.sweep(undefined)).toMatchObject({ hasForeign: true });
    const found = await store.sweeping.sweep(before.cursor);
    expect({ ends: idsOf(found.ends), hasForeign: found.hasForeign }).toEqual({ ends: [own], hasForeign: true });
    const { sweep } = await store.sweeping.sweepSession({ sessionId, cursor: before.cursor });
    expect(sweep?.ends).toEqual([]);
  });

  test('are forgotten, and those of own ends are kept', async () => {
    await using store = await openStore();
    const before = await store.sweeping.sweep(undefined);
    const copied = await copyEnded(store, 3);
    const [own = ''] = await submitMany(store, 1);
    await end(store, own);
    expect(await store.sweeping.forgetForeign(1)).toBe(3);
    for (const id of copied) expect(await rowOf(store, id)).toMatchObject({ status: 'completed', ended_xid: null });
    const found = await store.sweeping.sweep(before.cursor);
    expect({ ends: idsOf(found.ends), hasForeign: found.hasForeign }).toEqual({ ends: [own], hasForeign: false });
    expect(await store.sweeping.forgetForeign(1)).toBe(0);
  });

  test('are forgotten in pages, the lowest first, so that this server does not give one of them meanwhile', async () => {
    await using store = await openStore();
    await copyEnded(store, 5_001);
    expect(await store.sweeping.forgetForeign(1)).toBe(5_000);
    const left = await store.sql<{ isHighest: boolean }>(
      `SELECT ended_xid::text::bigint > pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 4000000 AS "isHighest"
       FROM test_assessment WHERE ended_xid IS NOT NULL`,
    );
    expect(left).toEqual([{ isHighest: true }]);
    expect(await store.sweeping.forgetForeign(20)).toBe(1);
  });
});

test('of some assessments, those are open that exist and have not ended', async () => {
  await using store = await openStore();
  const [open = '', ended = ''] = await submitMany(store, 2);
  await end(store, ended);
  expect(await store.sweeping.open([open, ended, randomUUID()])).toEqual([open]);
  store.statements.length = 0;
  expect(await store.sweeping.open([])).toEqual([]);
  expect(store.statements).toEqual([]);
});
