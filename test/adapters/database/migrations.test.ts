import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MikroORM, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { inject } from 'vitest';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/database.ts';
import { ormOptions } from '../../../src/adapters/database/orm-options.ts';
import { pendingMigrations } from '../../../src/adapters/database/schema.ts';
import type { Sql } from '../../../src/adapters/database/sql.ts';
import { createDatabase, startPostgres } from '../../support/postgres.ts';
import { createWorld } from '../../support/world.ts';
import { versionsOf, wellbeing } from '../../support/questionnaires.ts';
import { migrationsList } from '../../../migrations/index.ts';
import { Client } from 'pg';
import { asRead, completed, newAssessment, openStore } from './store.ts';

const last = migrationsList.at(-1)?.name ?? '';
const open = (url: string) => openDatabase({ at: { url, poolMax: 2 }, leaseMs: 15_000, observe: () => {} });

async function emptyDatabase() {
  const database = await createDatabase(inject('databaseUrl'));
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return {
    ...database,
    client,
    async [Symbol.asyncDispose]() {
      await client.end();
      await database.drop();
    },
  };
}

test('the migrations create exactly the schema of the entities', async () => {
  await using empty = await emptyDatabase();
  const database = await open(empty.url);
  await database.migrate();
  await database.close();
  const orm = await MikroORM.init({ ...ormOptions, driver: PostgreSqlDriver, clientUrl: empty.url });
  try {
    expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    // The snapshot, from which the next migration is generated, is up to date, too.
    expect(await orm.migrator.checkSchema()).toBe(false);
  } finally {
    await orm.close();
  }
});

test('rows of the first schema are read as before, and their columns become json', async () => {
  await using empty = await emptyDatabase();
  const orm = await MikroORM.init({ ...ormOptions, driver: PostgreSqlDriver, clientUrl: empty.url });
  await orm.migrator.up({ to: migrationsList[0]?.name ?? '' });
  await orm.close();
  const [id, sessionId] = [randomUUID(), randomUUID()];
  const { result } = completed;
  await empty.client.query(
    `INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch, status)
     VALUES ($1, $2, 'wellbeing-check@1', '{"b":1,"a":["x"]}', '', 'key', false, 'completed')`,
    [id, sessionId],
  );
  await empty.client.query('INSERT INTO result_test VALUES ($1, 1, $2, $3, $4, $5, $6)', [
    id,
    result.summary,
    JSON.stringify(result.recommendations),
    JSON.stringify(result.scores),
    result.model,
    result.promptVersion,
  ]);
  const database = await open(empty.url);
  await database.migrate();
  expect(await database.reading.byId(id)).toMatchObject({ answers: { a: ['x'], b: 1 }, result: asRead(result) });
  await database.close();
  const { rows } = await empty.client.query(
    `SELECT column_name, data_type FROM information_schema.columns
     WHERE table_name IN ('test_assessment', 'result_test') AND data_type LIKE 'json%' ORDER BY column_name`,
  );
  expect(rows.map(({ column_name, data_type }) => `${column_name} ${data_type}`)).toEqual([
    'answers json',
    'recommendations json',
    'rejected_answer jsonb',
    'scores json',
  ]);
});

test('migrating again changes nothing, and needs no right beyond owning the database', async () => {
  await using empty = await emptyDatabase();
  await empty.client.query('CREATE ROLE migration_owner LOGIN').catch(() => {}); // from an earlier run on the same server
  await empty.client.query(`ALTER DATABASE ${empty.name} OWNER TO migration_owner`);
  const url = new URL(empty.url);
  url.username = 'migration_owner';
  const database = await open(url.href);
  expect(await database.pendingMigrations()).toEqual(migrationsList.map(({ name }) => name));
  await database.migrate();
  expect(await database.pendingMigrations()).toEqual([]);
  await database.migrate();
  await database.close();
  const { rows } = await empty.client.query('SELECT name FROM mikro_orm_migrations');
  expect(rows).toEqual(migrationsList.map(({ name }) => ({ name })));
});

test('of three processes that migrate at once, one migrates and the others wait', async () => {
  await using empty = await emptyDatabase();
  const databases = await Promise.all(Array.from({ length: 3 }, () => open(empty.url)));
  await Promise.all(databases.map((database) => database.migrate()));
  expect(await databases[0]?.pendingMigrations()).toEqual([]);
  const { rows } = await empty.client.query('SELECT name FROM mikro_orm_migrations');
  expect(rows).toHaveLength(migrationsList.length);
  await Promise.all(databases.map((database) => database.close()));
});

test('an older schema is reported by its missing migrations', async () => {
  await using store = await openStore();
  await store.sql('DELETE FROM mikro_orm_migrations WHERE name = $1', [last]);
  expect(await store.pendingMigrations()).toEqual([last]);
});

test('a newer schema is refused with the names of both migrations, and not changed', async () => {
  await using store = await openStore();
  await store.sql(`INSERT INTO mikro_orm_migrations (name) VALUES ('Migration29991231000000')`);
  const refusal = {
    name: 'StartError',
    message: expect.stringMatching(/newer.*Migration29991231000000.*Migration2026/),
  };
  const executed = () => store.sql('SELECT * FROM mikro_orm_migrations ORDER BY id');
  const before = await executed();
  await expect(store.pendingMigrations()).rejects.toMatchObject(refusal);
  await expect(store.migrate()).rejects.toMatchObject(refusal);
  expect(await executed()).toEqual(before);
});

test('an unavailable server gives UnavailableError, and the migration succeeds after its start', async () => {
  const postgres = await startPostgres();
  try {
    await postgres.stopServer('fast');
    const database = await open(postgres.url);
    await expect(database.pendingMigrations()).rejects.toMatchObject({ name: 'UnavailableError' });
    await expect(database.migrate()).rejects.toMatchObject({ name: 'UnavailableError' });
    await postgres.startServer();
    await database.migrate();
    expect(await database.pendingMigrations()).toEqual([]);
    await database.close();
  } finally {
    await postgres.stop();
  }
});

test('a missing database gives StartError', async () => {
  const url = new URL(inject('databaseUrl'));
  url.pathname = '/no_such_database';
  const database = await open(url.href);
  await expect(database.pendingMigrations()).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('There is no database of the name in DATABASE_URL'),
  });
  await database.close();
});

test('a server that is too old is refused by its version', async () => {
  const sql = (async () => [{ major: 13 }]) as Sql;
  await expect(pendingMigrations(sql, [])).rejects.toMatchObject({
    name: 'StartError',
    message: 'The database server is PostgreSQL 13. Use 14 or newer, or leave DATABASE_URL out.',
  });
});

test('the embedded database gets the same migrations, and keeps its rows when it is opened again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-pglite-'));
  try {
    const at = { folder: join(folder, 'postgres') };
    const first = await openDatabase({ at, leaseMs: 15_000, observe: () => {} });
    expect(await first.pendingMigrations()).toEqual(migrationsList.map(({ name }) => name));
    await first.migrate();
    expect(await first.pendingMigrations()).toEqual([]);
    const row = newAssessment();
    await first.submitting.insert(row);
    expect(await first.working.claim({ id: row.id, token: row.id })).toMatchObject({ id: row.id, attempts: 1 });
    await first.close();

    const second = await openDatabase({ at, leaseMs: 15_000, observe: () => {} });
    await second.migrate();
    expect(await second.reading.byId(row.id)).toMatchObject({ status: 'processing', version: 2 });
    await second.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('several processes publish a questionnaire once, and another content under the same version is refused', async () => {
  await using world = await createWorld();
  await world.sql('DELETE FROM questionnaire');
  const databases = await Promise.all(Array.from({ length: 3 }, () => open(world.databaseUrl)));
  const files = versionsOf(wellbeing);
  await Promise.all(databases.map((database) => database.publish(files)));
  expect(await world.sql('SELECT id, content FROM questionnaire')).toEqual([
    { id: 'wellbeing-check@1', content: wellbeing },
  ]);
  const changed = versionsOf({ ...wellbeing, title: 'Another title' });
  const refusal = {
    name: 'StartError',
    message: expect.stringContaining('wellbeing-check@1 was published with other content'),
  };
  await expect(databases[0]?.publish(changed)).rejects.toMatchObject(refusal);
  await expect(databases[0]?.unpublished(changed)).rejects.toMatchObject(refusal);
  // The first process decides, also if both find no stored version at first.
  await world.sql('DELETE FROM questionnaire');
  const outcomes = await Promise.allSettled([databases[0]?.publish(files), databases[1]?.publish(changed)]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await Promise.all(databases.map((database) => database.close()));
});
