import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { migrationsList } from '../../../migrations/index.ts';
import { openDatabase } from '../../../src/adapters/database.ts';
import { createDatabase } from '../../support/postgres.ts';
import { startPooler } from '../../support/pooler.ts';
import { openStore, throughPort } from './store.ts';

const [first, last] = [migrationsList.at(0)?.name ?? '', migrationsList.at(-1)?.name ?? ''];

function opened(url: string) {
  return openDatabase({ at: { url, poolMax: 2 }, leaseMs: 15_000, observe: () => {} }).then((database) => {
    onTestFinished(() => database.close());
    return database;
  });
}

/** A database of its own and a client of its administrator. */
async function emptyDatabase(how = '') {
  const { name, url, drop } = await createDatabase(inject('databaseUrl'));
  const admin = new Client({ connectionString: inject('databaseUrl') });
  await admin.connect();
  if (how !== '') {
    await admin.query(`DROP DATABASE ${name}`);
    await admin.query(`CREATE DATABASE ${name} ${how}`);
  }
  const client = new Client({ connectionString: url });
  client.on('error', () => {}); // its ended connection may still be open when the database is dropped
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await admin.end();
    await drop();
  });
  return { name, url, client };
}

const as = (url: string, user: string): string => {
  const changed = new URL(url);
  changed.username = user;
  return changed.href;
};

const refusal = (message: RegExp) => ({ name: 'StartError', message: expect.stringMatching(message) });

test('a database in another encoding than UTF8 is refused by migrate and at the start', async () => {
  const { url } = await emptyDatabase("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
  const database = await opened(url);
  await expect(database.migrate()).rejects.toMatchObject(refusal(/has the encoding LATIN1.*ENCODING 'UTF8'/));
  await expect(database.pendingMigrations()).rejects.toMatchObject(refusal(/LATIN1/));
});

test('a role that may not create tables is told which right on which schema', async () => {
  const { url, client } = await emptyDatabase();
  await client.query('CREATE ROLE may_nothing LOGIN').catch(() => {}); // from an earlier run on the same server
  await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  const database = await opened(as(url, 'may_nothing'));
  await expect(database.migrate()).rejects.toMatchObject(refusal(/GRANT CREATE ON SCHEMA "public" to it/));
  const elsewhere = await opened(`${as(url, 'may_nothing')}?options=-csearch_path%3Dnowhere`);
  await expect(elsewhere.migrate()).rejects.toMatchObject(refusal(/names no schema that exists/));
});

test('tables that may not be read are named', async () => {
  await using store = await openStore();
  await store.sql('CREATE ROLE may_read LOGIN').catch(() => {}); // as above
  await store.sql('GRANT SELECT ON mikro_orm_migrations, test_assessment TO may_read');
  const database = await opened(as(store.world.databaseUrl, 'may_read'));
  await expect(database.pendingMigrations()).rejects.toMatchObject(
    refusal(/may not read (?!.*test_assessment).*\bsession\b.*PostgreSQL roles/),
  );
});

test('a migration that ran with another text is refused by its name, and nothing is changed', async () => {
  await using store = await openStore();
  await store.sql(`UPDATE mikro_orm_migrations SET sql_hash = 'another' WHERE name = $1`, [first]);
  for (const check of [() => store.pendingMigrations(), () => store.migrate()])
    await expect(check()).rejects.toMatchObject(refusal(new RegExp(`another text of ${first} than`)));
});

test('the texts of a database that an earlier program migrated are remembered by migrate', async () => {
  await using store = await openStore();
  await store.sql('ALTER TABLE mikro_orm_migrations DROP COLUMN sql_hash, DROP COLUMN needs');
  expect(await store.pendingMigrations()).toEqual([]);
  expect(await store.migrate()).toEqual([]);
  const rows = await store.sql('SELECT name, needs, sql_hash FROM mikro_orm_migrations ORDER BY id');
  expect(rows).toEqual(
    migrationsList.map(({ name, needs }) => ({ name, needs, sql_hash: expect.stringMatching(/^[\da-f]{64}$/) })),
  );
});

test('migrate needs no right to create anything where nothing is to do', async () => {
  await using store = await openStore();
  await store.sql('CREATE ROLE may_use LOGIN').catch(() => {}); // as above
  await store.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  await store.sql('GRANT SELECT ON ALL TABLES IN SCHEMA public TO may_use');
  const database = await opened(as(store.world.databaseUrl, 'may_use'));
  expect(await database.migrate()).toEqual([]);
});

test('a column or table that is missing is named by the start and by migrate', async () => {
  await using store = await openStore();
  await store.sql('ALTER TABLE test_assessment DROP COLUMN rejected_answer');
  await store.sql('DROP TABLE worker_slots');
  for (const check of [() => store.pendingMigrations(), () => store.migrate()])
    await expect(check()).rejects.toMatchObject(
      refusal(/lacks (?=.*test_assessment\.rejected_answer)(?=.*\bworker_slots\b)/),
    );
});

test('a newer schema is used, unless one of its migrations needs a program that knows more', async () => {
  await using store = await openStore();
  const add = (name: string, needs: string) =>
    store.sql('INSERT INTO mikro_orm_migrations (name, needs) VALUES ($1, $2)', [name, needs]);
  await add('Migration29980101000000', last);
  await store.sql('ALTER TABLE test_assessment ADD later text');
  expect(await store.pendingMigrations()).toEqual([]);
  expect(await store.migrate()).toEqual([]);
  await add('Migration29990101000000', 'Migration29980101000000');
  await expect(store.pendingMigrations()).rejects.toMatchObject(refusal(/newer.*Migration29990101000000/));
});

/** Of the migrations that ran somewhere. */
const HASHES = {
  Migration20261124120000: '25d924a2e1515662',
  Migration20261128174219: '85ef206f0780a87c',
  Migration20261130120000: '1313c62ae8e8a512',
  Migration20261130130000: '96562535a16fd5ef',
  Migration20261130140000: '9cf54f9fac70c617',
};

test('the text of a migration that ran somewhere is never changed', async () => {
  await using store = await openStore();
  const rows = await store.sql<{ name: string; hash: string }>(
    'SELECT name, left(sql_hash, 16) AS hash FROM mikro_orm_migrations',
  );
  expect(Object.fromEntries(rows.map(({ name, hash }) => [name, hash]))).toMatchObject(HASHES);
});

test('every migration needs itself or an older one', () => {
  for (const { name, needs } of migrationsList) {
    expect(migrationsList.map((known) => known.name)).toContain(needs);
    expect(needs <= name).toBe(true);
  }
});

test('migrations run behind a pooler under whose name another database stands', async () => {
  const { name, url, client } = await emptyDatabase();
  const pooler = await startPooler(url, name);
  onTestFinished(() => pooler.close());
  const alias = new URL(throughPort(url, pooler.port));
  alias.pathname = '/alias';
  const database = await opened(alias.href);
  expect(await database.migrate()).toEqual(migrationsList.map((known) => known.name));
  expect(await database.pendingMigrations()).toEqual([]);
  const { rows } = await client.query('SELECT name FROM mikro_orm_migrations');
  expect(rows).toHaveLength(migrationsList.length);
});

test('options, the name of the application and the schema in the search_path come from the URL', async () => {
  const { url, client } = await emptyDatabase();
  await client.query('CREATE SCHEMA app');
  const database = await opened(`${url}?options=-csearch_path%3Dapp&application_name=mine`);
  await database.migrate();
  expect(await database.pendingMigrations()).toEqual([]);
  const { rows } = await client.query(`SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN
    ('mikro_orm_migrations', 'test_assessment', 'worker_slots')`);
  expect(rows).toEqual([{ schemaname: 'app' }]);
  const names = await client.query('SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = $1', [
    new URL(url).pathname.slice(1),
  ]);
  expect(names.rows).toContainEqual({ application_name: 'mine' });
});
