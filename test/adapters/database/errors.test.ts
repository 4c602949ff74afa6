import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { classifyDatabaseError } from '../../../src/adapters/database/errors.ts';
import { startPostgres } from '../../support/postgres.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import { createWorld } from '../../support/world.ts';
import { claimed, openStore, submitMany, throughPort } from './store.ts';

const errorWith = (code: string) => Object.assign(new Error('Key (note)=(I am tired) already exists.'), { code });
const read = (code: string, sent = true) => {
  const { name, outcome } = classifyDatabaseError(errorWith(code), sent) as Error & { outcome?: string };
  return outcome === undefined ? name : `${name} ${outcome}`;
};

describe('the class of an error', () => {
  test.each([
    ['22P05', 'DataRefusedError'],
    ['23505', 'DataRefusedError'],
    ['54000', 'DataRefusedError'],
    ['40P01', 'TryAgainError'],
    ['40001', 'TryAgainError'],
    ['0A000', 'TryAgainError'],
    ['42P01', 'StatementRefusedError'],
    ['42501', 'StatementRefusedError'],
    ['XX000', 'StatementRefusedError'],
    ['55P03', 'UnavailableError not-done'],
    ['57014', 'UnavailableError not-done'],
    ['57P03', 'UnavailableError not-done'],
    ['53300', 'UnavailableError not-done'],
    ['53100', 'UnavailableError not-done'],
    ['25006', 'UnavailableError not-done'],
    ['28P01', 'UnavailableError not-done'],
    ['57P01', 'UnavailableError unknown'],
    ['57P02', 'UnavailableError unknown'],
    ['08006', 'UnavailableError unknown'],
    ['ECONNRESET', 'UnavailableError unknown'],
    ['EPIPE', 'UnavailableError unknown'],
    ['ETIMEDOUT', 'UnavailableError unknown'],
  ])('%s after sending: %s', (code, expected) => {
    expect(read(code)).toBe(expected);
  });

  test.each(['ECONNREFUSED', 'EPIPE', '57P01', '08006', '57P03'])('%s before sending: surely not done', (code) => {
    expect(read(code, false)).toBe('UnavailableError not-done');
  });

  test('an error without a code is unknown after sending, and not-done before', () => {
    expect(classifyDatabaseError(new Error('Query read timeout'), true)).toMatchObject({ outcome: 'unknown' });
    expect(classifyDatabaseError(new Error('timeout exceeded'), false)).toMatchObject({ outcome: 'not-done' });
  });

  test.each(['22P05', '42P01', '40P01'])('the driver’s text, which may quote a row, is not kept (%s)', (code) => {
    const { message, cause } = classifyDatabaseError(errorWith(code), true);
    expect(message).not.toContain('tired');
    expect(message).toContain(code);
    expect(cause).toBeUndefined();
  });
});

test('two statements that lock the same rows in opposite order both succeed: the undone one is repeated', async () => {
  await using store = await openStore();
  // One after the other, so that the rows are stored in the order of their ids.
  const [one = ''] = await submitMany(store, 1);
  const [two = ''] = await submitMany(store, 1);
  const claims = [await claimed(store, one), await claimed(store, two)];
  const other = new Client({ connectionString: store.world.databaseUrl });
  await other.connect();
  await other.query('BEGIN');
  await other.query('SET LOCAL deadlock_timeout = 600000');
  await other.query('SELECT 1 FROM test_assessment WHERE id = $1 FOR UPDATE', [two]);
  const renewed = store.working.renew(claims);
  // The renewal holds the first row and waits for the second; now the other transaction waits for the first.
  await until(() => waiting(store.sql));
  await other.query('SELECT 1 FROM test_assessment WHERE id = $1 FOR UPDATE', [one]);
  await other.query('COMMIT');
  await other.end();
  expect(await renewed).toEqual(new Set([one, two]));
  await until(async () => {
    const [row] = await store.sql<{ deadlocks: string }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    return row?.deadlocks === '1';
  });
});

async function waiting(sql: (text: string) => Promise<unknown[]>): Promise<boolean> {
  const rows = await sql(
    `SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE NOT l.granted AND a.datname = current_database() AND a.application_name = 'assay'`,
  );
  return rows.length > 0;
}

test('a prepared statement succeeds after its table was changed', async () => {
  await using store = await openStore({ poolMax: 2 });
  const [id = ''] = await submitMany(store, 1);
  await Promise.all([store.reading.byId(id), store.reading.byId(id)]);
  await store.sql('ALTER TABLE test_assessment ALTER COLUMN questionnaire_id TYPE varchar(200)');
  expect(await store.reading.byId(id)).toMatchObject({ id });
});

test('a connection that breaks during a statement fails that statement, and the next one succeeds', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  await using store = await openStore({ world, url: throughPort(world.databaseUrl, proxy.port) });
  const [id = ''] = await submitMany(store, 1);
  await proxy.setMode('blackHole');
  const reads = Promise.allSettled([store.reading.byId(id), store.check(), store.check()]);
  await proxy.setMode('reset');
  for (const outcome of await reads) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'UnavailableError' } });
  }
  await proxy.setMode('pass');
  expect(await store.reading.byId(id)).toMatchObject({ id });
  await proxy.close();
});

test('a change whose connection breaks is in doubt, and a read is not: it has stored nothing', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  await using store = await openStore({ world, url: throughPort(world.databaseUrl, proxy.port) });
  const [id = ''] = await submitMany(store, 1);
  await proxy.setMode({ cutAt: 'read-assessments' });
  await expect(store.reading.byId(id)).rejects.toMatchObject({ name: 'UnavailableError', outcome: 'not-done' });
  await proxy.setMode({ cutAt: 'end-session' });
  await expect(store.sessions.end(randomUUID())).rejects.toMatchObject({
    name: 'UnavailableError',
    outcome: 'unknown',
  });
  await proxy.close();
});

test('a closed database leaves no connection open', async () => {
  await using world = await createWorld();
  const store = await openStore({ world });
  await Promise.all([store.check(), store.check()]);
  const open = () =>
    world.sql(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'assay'`);
  expect((await open()).length).toBeGreaterThan(0);
  await store.close();
  await until(async () => (await open()).length === 0);
});

test('a check of a silent server fails within five seconds', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  await using store = await openStore({ world, url: throughPort(world.databaseUrl, proxy.port) });
  await store.check();
  await proxy.setMode('blackHole');
  const started = performance.now();
  await expect(store.check()).rejects.toMatchObject({ name: 'UnavailableError' });
  expect(performance.now() - started).toBeLessThan(4_500);
  await proxy.close();
});

test.each(['fast', 'immediate', 'kill'] as const)(
  'a server that was stopped (%s) and started again is used again, over new connections',
  async (how) => {
    const postgres = await startPostgres();
    try {
      await using world = await createWorld({ databaseUrl: postgres.url });
      await using store = await openStore({ world });
      const ids = await submitMany(store, 3);
      await postgres.stopServer(how);
      await expect(store.check()).rejects.toMatchObject({ name: 'UnavailableError', code: 'SERVICE_UNAVAILABLE' });
      await postgres.startServer();
      const views = await until(() => Promise.all(ids.map((id) => store.reading.byId(id))).catch(() => undefined));
      expect(views.map((view) => view?.id)).toEqual(ids);
      expect(await store.working.claim({ id: ids[0] ?? '', token: randomUUID() })).toMatchObject({ attempts: 1 });
    } finally {
      await postgres.stop();
    }
  },
);
