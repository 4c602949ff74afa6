import { inject, expect, onTestFinished, test } from 'vitest';
import { Pool } from 'pg';
import { openDatabase } from '../../../src/adapters/database.ts';
import { poolOptions } from '../../../src/adapters/database/pool-options.ts';
import { createDatabase } from '../../support/postgres.ts';
import { startPooler } from '../../support/pooler.ts';
import { versionsOf, wellbeing } from '../../support/questionnaires.ts';
import { newAssessment, throughPort } from './store.ts';

async function open() {
  const empty = await createDatabase(inject('databaseUrl'));
  const pooler = await startPooler(empty.url);
  const url = throughPort(empty.url, pooler.port);
  const database = await openDatabase({ at: { url, poolMax: 2 }, leaseMs: 15_000, observe: () => {} });
  onTestFinished(async () => {
    await database.close();
    await pooler.close();
    await empty.drop();
  });
  return { database, pooler, url };
}

test('a pooler that allows few start-up parameters accepts every connection: for migrations, registration and work', async () => {
  const { database, pooler } = await open();
  await database.migrate();
  await database.publish(versionsOf(wellbeing));
  const { id } = await database.submitting.insert(newAssessment());
  expect(await database.reading.byId(id)).toMatchObject({ status: 'submitted' });
  expect(new Set(pooler.parameters.flatMap((given) => Object.keys(given)))).toEqual(
    new Set(['user', 'database', 'client_encoding', 'application_name']),
  );
});

/** Settings as the server shows them, with times in milliseconds. */
const EXPECTED = {
  statement_timeout: '5000',
  lock_timeout: '2000',
  idle_in_transaction_session_timeout: '10000',
  plan_cache_mode: 'force_custom_plan',
};
const NAMES = Object.keys(EXPECTED);

test('each connection has the time-outs and the plan mode of the program', async () => {
  const pool = new Pool({ connectionString: inject('databaseUrl'), ...poolOptions(3) });
  const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
  const settings = await Promise.all(
    clients.map((client) => client.query('SELECT name, setting FROM pg_settings WHERE name = ANY($1)', [NAMES])),
  );
  for (const client of clients) client.release();
  await pool.end();
  for (const { rows } of settings)
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual(EXPECTED);
});

test('a connection that refuses the settings is closed, and the next one is tried', async () => {
  const { database, pooler, url } = await open();
  pooler.first = 'refuse';
  await expect(database.check()).rejects.toMatchObject({ outcome: 'not-done', cause: { code: '42501' } });
  const pool = new Pool({ connectionString: url, ...poolOptions(1) });
  await expect(pool.connect()).rejects.toMatchObject({ code: '42501' });
  expect(pool.totalCount).toBe(0);
  await pool.end();
  pooler.first = 'pass';
  await database.migrate();
  await database.check();
});

test('a server that is silent to the settings gives an outcome of not-done within five seconds', async () => {
  const { database, pooler } = await open();
  pooler.first = 'ignore';
  const started = performance.now();
  await expect(database.check()).rejects.toMatchObject({ name: 'UnavailableError', outcome: 'not-done' });
  expect(performance.now() - started).toBeLessThan(4_500);
  pooler.first = 'pass';
  await database.migrate();
  await database.check();
});
