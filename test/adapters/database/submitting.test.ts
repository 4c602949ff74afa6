import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { DataRefusedError } from '../../../src/adapters/database/errors.ts';
import { createSubmitting, type NewAssessment } from '../../../src/adapters/database/submitting.ts';
import { IdempotencyConflictError } from '../../../src/errors.ts';
import { until } from '../../support/wait.ts';
import { createWorld } from '../../support/world.ts';
import { countRows, failureOf, newAssessment, openStore, type Store } from './store.ts';

test('rows that come together are stored by one statement', async () => {
  await using store = await openStore();
  const rows = Array.from({ length: 200 }, () => newAssessment());
  const stored = await Promise.all(rows.map((row) => store.submitting.insert(row)));
  expect(stored).toEqual(rows.map(({ id }) => ({ id, isNew: true, submittedAt: expect.any(Date), isDeferred: false })));
  expect(store.statements).toEqual(['insert-assessments']);
  expect(await countRows(store)).toBe(200);
});

test('rows that come during a statement share the next one', async () => {
  await using store = await openStore();
  const ahead = Array.from({ length: 2 }, () => store.submitting.insert(newAssessment()));
  // The statements begin with the next iteration of the event loop.
  await new Promise((resume) => setImmediate(resume));
  const waiting = Array.from({ length: 300 }, () => store.submitting.insert(newAssessment()));
  await Promise.all([...ahead, ...waiting]);
  expect(await countRows(store)).toBe(302);
  expect(store.statements.length).toBeLessThanOrEqual(3);
});

test('a row has exactly the submitted values, in status submitted', async () => {
  await using store = await openStore();
  const answers = { note: 'It’s „fine“ \\ "so" far 👩‍👩‍👧 \u202E\n\t', list: [1, 2.5, 'x'], deep: { a: null } };
  const row = newAssessment({ answersJson: JSON.stringify(answers), idempotencyKey: 'it\'s "mine" \\', watch: true });
  await store.submitting.insert(row);
  const [found] = await store.sql('SELECT *, answers::text AS as_text FROM test_assessment');
  expect(found).toMatchObject({
    id: row.id,
    session_id: row.sessionId,
    questionnaire_id: row.questionnaireId,
    answers,
    // Also the order of the keys.
    as_text: row.answersJson,
    answers_hash: row.answersHash,
    idempotency_key: row.idempotencyKey,
    watch: true,
    status: 'submitted',
    version: 1,
    round: 1,
    attempts: 0,
    dispatch_no: 1,
    claim_token: null,
    ended_at: null,
    ended_xid: null,
  });
});

test('one key twice in one statement is one assessment', async () => {
  await using store = await openStore();
  const first = newAssessment({ idempotencyKey: 'key' });
  const second = newAssessment({ idempotencyKey: 'key', sessionId: first.sessionId });
  const [one, two] = await Promise.all([store.submitting.insert(first), store.submitting.insert(second)]);
  expect(one).toMatchObject({ id: first.id, isNew: true });
  expect(two).toEqual({ id: first.id, isNew: false });
  expect(await countRows(store)).toBe(1);
});

test('the key of an earlier statement gives that assessment, and other answers under it are a conflict', async () => {
  await using store = await openStore();
  const first = newAssessment({ idempotencyKey: 'key' });
  await store.submitting.insert(first);
  const again = newAssessment({ idempotencyKey: 'key', sessionId: first.sessionId });
  expect(await store.submitting.insert(again)).toEqual({ id: first.id, isNew: false });
  const other = newAssessment({ idempotencyKey: 'key', sessionId: first.sessionId, answersHash: 'other' });
  const error = await failureOf(store.submitting.insert(other));
  expect(error).toBeInstanceOf(IdempotencyConflictError);
  expect(await store.submitting.findByKey(first.sessionId, 'key')).toEqual({ id: first.id, answersHash: 'hash' });
  expect(await countRows(store)).toBe(1);
});

test('the same key in another session is another assessment', async () => {
  await using store = await openStore();
  const rows = [newAssessment({ idempotencyKey: 'form-1' }), newAssessment({ idempotencyKey: 'form-1' })];
  const stored = await Promise.all(rows.map((row) => store.submitting.insert(row)));
  expect(stored.map(({ isNew }) => isNew)).toEqual([true, true]);
  expect(await store.submitting.findByKey(randomUUID(), 'form-1')).toBeUndefined();
});

test('two processes that store the same keys in opposite order agree on one assessment for each, without a deadlock', async () => {
  await using world = await createWorld();
  {
    await using one = await openStore({ world });
    await using two = await openStore({ world });
    const sessionId = randomUUID();
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
    const rowsFor = (names: string[]): NewAssessment[] =>
      names.map((idempotencyKey) => newAssessment({ sessionId, idempotencyKey }));
    const insertAll = (store: Store, rows: NewAssessment[]) =>
      Promise.all(rows.map((row) => store.submitting.insert(row)));
    for (let round = 0; round < 10; round++) {
      await one.sql('TRUNCATE test_assessment CASCADE');
      const [ofOne, ofTwo] = await Promise.all([
        insertAll(one, rowsFor(keys)),
        insertAll(two, rowsFor(keys.toReversed())),
      ]);
      expect(ofOne.map(({ id }) => id)).toEqual(ofTwo.toReversed().map(({ id }) => id));
      expect([...ofOne, ...ofTwo].filter(({ isNew }) => isNew)).toHaveLength(keys.length);
      expect(await countRows(one)).toBe(keys.length);
    }
  }
  // The program repeats after a deadlock, so the rows do not show one. Server processes report it at their end at the latest.
  await until(async () => (await world.sql(`SELECT 1 FROM pg_stat_activity WHERE ${OURS}`)).length === 0);
  const [statistics] = await world.sql('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()');
  expect(statistics).toEqual({ deadlocks: '0' });
});

const OURS = `datname = current_database() AND application_name = 'assay'`;

test('a row that the database can not hold fails alone', async () => {
  await using store = await openStore();
  const good = Array.from({ length: 30 }, () => newAssessment());
  const bad = [
    newAssessment({ answersJson: '{"note":' }),
    newAssessment({ idempotencyKey: 'a\0' }),
    newAssessment({ idempotencyKey: randomBytes(4_000) }),
  ];
  const rows = [...good.slice(0, 11), ...bad, ...good.slice(11)];
  const outcomes = await Promise.allSettled(rows.map((row) => store.submitting.insert(row)));
  const refused = outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [rows[index]?.id] : []));
  expect(refused).toEqual(bad.map(({ id }) => id));
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  for (const reason of reasons) expect(reason).toBeInstanceOf(DataRefusedError);
  expect(await countRows(store)).toBe(good.length);
});

/** Text that does not compress, so that it is too long for an index. */
const randomBytes = (length: number): string =>
  Array.from({ length: Math.ceil(length / 36) }, () => randomUUID())
    .join('')
    .slice(0, length);

test('look-ups by key that come together share a statement', async () => {
  const asked: unknown[] = [];
  const sql = async (_name: string, _text: string, values?: unknown[]): Promise<never[]> => {
    asked.push(values);
    return [];
  };
  const submitting = createSubmitting(sql);
  const [one, other] = [randomUUID(), randomUUID()];
  const keys: [string, string][] = [
    [one, 'a'],
    [other, 'b'],
    [one, 'a'],
  ];
  const found = await Promise.all(keys.map(([session, key]) => submitting.findByKey(session, key)));
  expect(found).toEqual([undefined, undefined, undefined]);
  expect(asked).toEqual([[`{${one},${other}}`, ['a', 'b']]]);
});
