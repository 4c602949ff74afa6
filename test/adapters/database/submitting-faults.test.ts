import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Sql } from '../../../src/adapters/database/sql.ts';
import { createSubmitting } from '../../../src/adapters/database/submitting.ts';
import { UnavailableError } from '../../../src/errors.ts';
import { startPostgres } from '../../support/postgres.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import { createWorld } from '../../support/world.ts';
import { countRows, failureOf, newAssessment, openStore, throughPort } from './store.ts';

test('without a connection nothing is stored, and the caller gets not-done within four seconds', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  await using store = await openStore({ world, url: throughPort(world.databaseUrl, proxy.port) });
  await proxy.setMode('down');
  // A statement over a connection whose end has not arrived yet is rightly unknown.
  await until(async () => ((await failureOf(store.check())) as UnavailableError).outcome === 'not-done');
  const started = performance.now();
  const error = await failureOf(store.submitting.insert(newAssessment()));
  expect(error).toMatchObject({ name: 'UnavailableError', outcome: 'not-done', code: 'SERVICE_UNAVAILABLE' });
  expect(performance.now() - started).toBeLessThan(4_000);
  await proxy.setMode('pass');
  expect(await countRows(store)).toBe(0);
  expect(await store.submitting.insert(newAssessment())).toMatchObject({ isNew: true });
  await proxy.close();
});

test('with a silent database rows in flight are unknown, and queued rows are not-done within three seconds', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  await using store = await openStore({ world, url: throughPort(world.databaseUrl, proxy.port), poolMax: 2 });
  // Two open connections, one for each lane.
  await Promise.all([store.check(), store.check()]);
  await proxy.setMode('blackHole');
  const sent = [failureOf(store.submitting.insert(newAssessment()))];
  await new Promise((resume) => setImmediate(resume));
  // Enough items for a second statement beside the first.
  sent.push(...Array.from({ length: 16 }, () => failureOf(store.submitting.insert(newAssessment()))));
  await new Promise((resume) => setImmediate(resume));
  const started = performance.now();
  const queued = await failureOf(store.submitting.insert(newAssessment()));
  expect(queued).toMatchObject({ name: 'UnavailableError', outcome: 'not-done' });
  expect(performance.now() - started).toBeLessThan(3_000);
  for (const error of await Promise.all(sent))
    expect(error).toMatchObject({ name: 'UnavailableError', outcome: 'unknown' });
  await proxy.setMode('pass');
  await until(() =>
    store.check().then(
      () => true,
      () => false,
    ),
  );
  await proxy.close();
});

test.each([
  ['before the statement is carried out', false],
  ['after it was carried out and before its rows came', true],
])('after a connection was cut %s, the row is stored once', async (_, answered) => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  await using store = await openStore({ world, url: throughPort(world.databaseUrl, proxy.port) });
  await store.submitting.insert(newAssessment());
  const row = newAssessment({ idempotencyKey: `cut-${randomUUID()}` });
  await proxy.setMode({ cutAt: row.idempotencyKey, answered });
  expect(await store.submitting.insert(row)).toMatchObject({ id: row.id, isNew: true });
  expect(proxy.mode).toBe('pass');
  expect(await countRows(store)).toBe(2);
  await proxy.close();
});

test('an insert whose result is lost is unknown, and a repeat with the same key gets the same assessment', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  await using store = await openStore({ world, url: throughPort(world.databaseUrl, proxy.port) });
  await store.submitting.insert(newAssessment());
  const row = newAssessment({ idempotencyKey: `lost-${randomUUID()}` });
  await proxy.setMode({ cutAt: row.idempotencyKey, answered: true });
  const failed = failureOf(store.submitting.insert(row));
  await until(() => proxy.mode === 'pass', { intervalMs: 1 });
  await proxy.setMode('down');
  const error = await failed;
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('same idempotency key') });
  await proxy.setMode('pass');
  const repeated = newAssessment({ idempotencyKey: row.idempotencyKey, sessionId: row.sessionId });
  expect(await store.submitting.insert(repeated)).toEqual({ id: row.id, isNew: false });
  expect(await countRows(store)).toBe(2);
  await proxy.close();
});

test('a row that was stored is unknown and not not-done if the look-up of another row failed', async () => {
  // One row is new and one a repeat, so a look-up follows the insert; it does not reach the server.
  const [fresh, repeat] = [newAssessment(), newAssessment()];
  const sql = (async (name: string) => {
    if (name === 'insert-assessments') return [{ id: fresh.id, submittedMs: 0 }];
    throw new UnavailableError('database', 'not-done');
  }) as Sql;
  const submitting = createSubmitting(sql);
  const errors = await Promise.all([fresh, repeat].map((row) => failureOf(submitting.insert(row))));
  for (const error of errors) expect(error).toMatchObject({ name: 'UnavailableError', outcome: 'unknown' });
});

test('submissions succeed if the server is back within their patience', async () => {
  const postgres = await startPostgres();
  try {
    await using world = await createWorld({ databaseUrl: postgres.url });
    await using store = await openStore({ world });
    await Promise.all(Array.from({ length: 3 }, () => store.check()));
    await postgres.stopServer('fast');
    const rows = Array.from({ length: 20 }, () => newAssessment());
    const inserts = Promise.all(rows.map((row) => store.submitting.insert(row)));
    await postgres.startServer();
    expect(await inserts).toEqual(rows.map(({ id }) => expect.objectContaining({ id, isNew: true })));
    expect(await countRows(store)).toBe(20);
  } finally {
    await postgres.stop();
  }
});
