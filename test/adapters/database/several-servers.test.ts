import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/database.ts';
import { freePort } from '../../support/ports.ts';
import { startPostgres, type Postgres } from '../../support/postgres.ts';
import { until } from '../../support/wait.ts';

async function server(): Promise<Postgres> {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  return postgres;
}

async function opened(ports: number[], attributes = 'read-write', poolMax = 3) {
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
  const url = `postgresql://postgres@${hosts}/postgres?target_session_attrs=${attributes}`;
  const database = await openDatabase({ at: { url, poolMax }, leaseMs: 15_000, observe: () => {} });
  onTestFinished(() => database.close());
  return database;
}

/** As a standby is: it refuses writes. */
async function setReadOnly({ url }: Postgres, readOnly: boolean): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${readOnly ? 'on' : 'off'}`);
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

async function countConnections({ url }: Postgres): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`SELECT FROM pg_stat_activity WHERE application_name LIKE 'assay%'`);
  await client.end();
  return rows.length;
}

test('of several servers the one that accepts writes is used, for migrations and for work', async () => {
  const [standby, primary] = await Promise.all([server(), server()]);
  await setReadOnly(standby, true);
  const database = await opened([await freePort(), standby.port, primary.port]);
  await until(() => database.migrate().catch(() => undefined));
  await Promise.all(Array.from({ length: 12 }, () => database.check()));
  expect(await countConnections(primary)).toBeGreaterThan(0);
  await until(async () => (await countConnections(standby)) === 0);
});

test('after a server has ended, the next statements go to the other one', async () => {
  const [one, two] = await Promise.all([server(), server()]);
  const database = await opened([one.port, two.port], 'primary');
  await Promise.all(Array.from({ length: 6 }, () => database.identity()));
  const [used, other] = (await countConnections(one)) > 0 ? [one, two] : [two, one];
  await used.stopServer('immediate');
  await until(() =>
    database.identity().then(
      () => true,
      () => false,
    ),
  );
  expect(await countConnections(other)).toBeGreaterThan(0);
});

test('where every server refuses writes, the database is unavailable, by the code of a read-only server', async () => {
  const only = await server();
  await setReadOnly(only, true);
  const database = await opened([only.port]);
  await expect(until(() => database.check(), { timeoutMs: 1_000 })).rejects.toMatchObject({
    name: 'UnavailableError',
    cause: { code: '25006' },
  });
});
