import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { DELETED_PAGE, REPLAYED, openDatabase, type Database } from '../../../src/adapters/database.ts';
import { createDatabase } from '../../support/postgres.ts';
import { claimed, failed, LEASE_MS, newAssessment } from './store.ts';

async function open(where: string): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-both-'));
  const server = await createDatabase(inject('databaseUrl'));
  const at = where === 'PGlite' ? { folder: join(folder, 'postgres') } : { url: server.url, poolMax: 2 };
  const database = await openDatabase({ at, leaseMs: LEASE_MS, observe: () => {} });
  onTestFinished(async () => {
    await database.close();
    await server.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  await database.migrate();
  return database;
}

describe.each(['PostgreSQL', 'PGlite'])('on %s', (where) => {
  test('sessions begin, are found, and end', async () => {
    const { sessions } = await open(where);
    const [id, other] = [randomUUID(), randomUUID()];
    const started = await sessions.start(id, 'hash', 60_000);
    await sessions.start(other, 'other', -1);
    expect(started.expiresAt.getTime() - started.createdAt.getTime()).toBe(60_000);
    expect(await sessions.find('hash')).toEqual(started);
    expect(await sessions.find('other')).toBeUndefined();
    expect(await sessions.over([id, other])).toEqual([other]);
    await sessions.end(id);
    expect(await sessions.find('hash')).toBeUndefined();
  });

  test('one holder leads until it resigns', async () => {
    const { reconciling } = await open(where);
    const [one, two] = [randomUUID(), randomUUID()];
    expect(await reconciling.lead('task', one, 60_000)).toBe(true);
    expect(await reconciling.lead('task', two, 60_000)).toBe(false);
    await reconciling.resign('task', one);
    expect(await reconciling.lead('task', two, 60_000)).toBe(true);
  });

  test('open assessments are counted, placed, listed and dispatched', async () => {
    const { submitting, reading, reconciling, placing } = await open(where);
    const sessionId = randomUUID();
    const ids = [newAssessment({ sessionId }), newAssessment({ sessionId }), newAssessment({ sessionId })];
    for (const row of ids) await submitting.insert(row);
    const [first = '', second = '', third = ''] = ids.map(({ id }) => id);
    expect(await reconciling.open(2)).toBe(2);
    expect(await reconciling.queue(10)).toMatchObject({ waiting: 3 });
    expect(await Promise.all([first, third].map((id) => placing.place(id)))).toEqual([
      { id: first, version: 1, position: 1, processing: 0, elapsedMs: null, meanRunMs: null },
      { id: third, version: 1, position: 3, processing: 0, elapsedMs: null, meanRunMs: null },
    ]);
    const list = { sessionId, status: null, questionnaire: null, before: null, limit: 2 };
    const idsOf = (views: { id: string }[]) => views.map(({ id }) => id);
    expect(idsOf(await reading.ofSession(list))).toEqual([third, second]);
    expect(idsOf(await reading.ofSession({ ...list, before: second }))).toEqual([first]);
    expect(idsOf(await reading.ofSession({ ...list, status: 'failed' }))).toEqual([]);
    expect(idsOf(await reading.ofSession({ ...list, questionnaire: 'wellbeing-check', limit: 9 }))).toHaveLength(3);
    expect(idsOf(await reading.ofSession({ ...list, questionnaire: 'wellbeing' }))).toEqual([]);
    const page = await reconciling.candidates(-60_000, 2);
    expect(idsOf(page)).toEqual([first, second]);
    const rest = await reconciling.candidates(-60_000, 2, page[1]);
    expect(rest).toEqual([expect.objectContaining({ id: third, sessionId, dispatchNo: 1 })]);
    await reconciling.dispatched([{ id: first, dispatchNo: 5 }]);
    await reconciling.numberUsed([{ id: second, dispatchNo: 7 }]);
    const after = await reconciling.candidates(-60_000, 9);
    expect(after.map(({ id, dispatchNo }) => [id, dispatchNo])).toEqual([
      [second, 7],
      [third, 1],
      [first, 5],
    ]);
  });

  test('failures leave dead letters, and are retried, replayed or cancelled', async () => {
    const database = await open(where);
    const { submitting, working, retrying, cancelling, turns } = database;
    const rows = [newAssessment(), newAssessment()];
    for (const row of rows) {
      await submitting.insert(row);
      const { id, token } = await claimed(database, row.id);
      await working.finish({ network: null, id, token, outcome: failed });
    }
    const [one, two] = [rows[0] ?? newAssessment(), rows[1] ?? newAssessment()];
    const all = { code: null, since: null, until: null, ids: null };
    const letters = await retrying.deadLetters(all, null, 9);
    expect(letters.map(({ assessmentId }) => assessmentId)).toEqual([two.id, one.id]);
    expect(letters[0]).toMatchObject({ sessionId: two.sessionId, round: 1, code: 'AI_REFUSED', replayable: true });
    const [newest] = letters.map((letter) => ({ ...letter, createdAt: letter.createdAt.toISOString() }));
    const found = async (query: object) => (await retrying.deadLetters({ ...all, ...query }, null, 9)).length;
    expect(await retrying.deadLetters(all, newest ?? null, 9)).toEqual([letters[1]]);
    expect(await found({ code: 'AI_REJECTED' })).toBe(0);
    expect(await found({ since: new Date(0), until: new Date(Date.now() + 60_000), ids: [one.id] })).toBe(1);

    expect(await retrying.retry(one.id, two.sessionId, one.network)).toBeUndefined();
    expect(await retrying.retry(one.id, one.sessionId, one.network)).toMatchObject({
      id: one.id,
      status: 'submitted',
      round: 2,
      version: 4,
      endedAt: null,
      failureCode: null,
    });
    expect(await retrying.replay({ ...all, code: 'AI_REFUSED' }, 9)).toBe(1);
    expect(await turns.deferredNetworks('', 9)).toEqual([one.network, REPLAYED].toSorted());
    expect(
      await turns.release([
        { network: one.network, most: 9 },
        { network: REPLAYED, most: 9 },
      ]),
    ).toEqual(expect.arrayContaining([one, two].map(({ id, sessionId }) => ({ id, sessionId, dispatchNo: 2 }))));
    expect(await cancelling.cancel(one.id, one.sessionId)).toMatchObject({
      view: { status: 'cancelled', version: 5 },
      network: one.network,
    });
    expect(await cancelling.cancel(one.id, one.sessionId)).toBeUndefined();
  });

  test('a deletion takes all that refers to the row, of its own session alone, some at a time', async () => {
    const { submitting, deleting, reading, working, sessions, untold, retrying } = await open(where);
    const sessionId = randomUUID();
    const rows = Array.from({ length: DELETED_PAGE + 2 }, () => newAssessment({ sessionId }));
    await Promise.all(rows.map((row) => submitting.insert(row)));
    const [one, two] = rows;
    if (one === undefined || two === undefined) throw new Error('there are no rows');
    const held = { id: one.id, token: randomUUID() };
    await working.claim(held);
    await working.finish({ ...held, network: null, outcome: failed });
    await untold.add({ id: one.id, sessionId, status: 'failed', version: 3, round: 1, stream: 'dead' });
    expect(await deleting.one(randomUUID(), one.id)).toBeUndefined();
    expect(await deleting.one(sessionId, one.id)).toMatchObject({ id: one.id, version: 3, status: 'failed' });
    expect(await deleting.one(sessionId, one.id)).toBeUndefined();
    expect(await reading.byId(one.id)).toBeUndefined();
    expect(await untold.oldest('dead', 10)).toEqual([]);
    const all = { code: null, since: null, until: null, ids: [one.id] };
    expect(await retrying.deadLetters(all, null, 10)).toEqual([]);
    expect(await deleting.one(sessionId, two.id)).toMatchObject({ version: 1, status: 'submitted' });
    expect(await deleting.some(sessionId)).toHaveLength(DELETED_PAGE);
    expect(await deleting.some(sessionId)).toEqual([]);

    const started = await sessions.start(randomUUID(), randomUUID(), 10_000);
    expect(await sessions.renew(started.id, 20_000, 15_000)).toBeUndefined();
    const renewed = await sessions.renew(started.id, 20_000, 5_000);
    expect(Number(renewed?.expiresAt)).toBeGreaterThan(Number(started.expiresAt) + 5_000);
    await sessions.remove(started.id);
    expect(await sessions.over([started.id])).toEqual([started.id]);
    expect(await sessions.renew(started.id, 40_000, 5_000)).toBeUndefined();
  });

  test('ends are swept in the history of the server, by all and by session, and open ones are known', async () => {
    const { submitting, cancelling, sweeping } = await open(where);
    const [one, two] = [newAssessment(), newAssessment()];
    for (const row of [one, two]) await submitting.insert(row);
    const begin = await sweeping.sweep(undefined);
    expect(begin).toMatchObject({ ends: [], history: expect.stringMatching(/^[\da-f]{16}$/), hasForeign: false });
    await cancelling.cancel(one.id, one.sessionId);
    const end = { id: one.id, sessionId: one.sessionId, version: 2, endedMsAgo: expect.any(Number) };
    expect(await sweeping.sweep(begin.cursor)).toMatchObject({
      ends: [end],
      isContinued: true,
      history: begin.history,
    });
    const { history, cursor } = begin;
    const ofSession = await sweeping.sweepSession({ sessionId: one.sessionId, cursor });
    expect(ofSession).toMatchObject({ history, sweep: { ends: [end] } });
    expect(await sweeping.sweepSession({ sessionId: one.sessionId, cursor: `${'0'.repeat(16)}.1` })).toEqual({
      history,
      sweep: undefined,
    });
    expect(await sweeping.open([one.id, two.id])).toEqual([two.id]);
    expect(await sweeping.forgetForeign(1)).toBe(0);
  });
});
