import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { migrationsList } from '../../migrations/index.ts';
import { migrate } from '../../src/app.ts';
import { writeTemplate } from '../../src/authoring/template.ts';
import { translate } from '../../src/authoring/translate.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { freePort } from '../support/ports.ts';
import { createDatabase, startPostgres } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { launchProgram } from './program.ts';

async function emptyDatabase() {
  const database = await createDatabase(inject('databaseUrl'));
  onTestFinished(() => database.drop());
  return database;
}

/** Lines of the log with the text. */
const linesWith = (text: string, output: string): Record<string, unknown>[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(text))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('migrate says which migrations ran and which questionnaires it published, and nothing of what was there', async () => {
  const { url } = await emptyDatabase();
  const run = async () => {
    await using program = launchProgram('migrate', { DATABASE_URL: url });
    expect(await program.exited).toEqual({ code: 0, signal: null });
    return linesWith('migrations run', program.stdout());
  };
  expect(await run()).toEqual([
    expect.objectContaining({
      migrations: migrationsList.map(({ name }) => name),
      published: expect.arrayContaining(['wellbeing-check@1']),
    }),
  ]);
  expect(await run()).toEqual([expect.objectContaining({ migrations: [], published: [] })]);
});

test('migrate publishes no text that nobody has written yet, and names the places', async () => {
  const { url } = await emptyDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'assay-questionnaires-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = await writeTemplate('trial', folder);
  await translate(file, 'de');
  const run = async () => {
    await using program = launchProgram('migrate', { DATABASE_URL: url, QUESTIONNAIRES_DIR: folder });
    const { code } = await program.exited;
    return { code, stderr: program.stderr() };
  };
  const { code, stderr } = await run();
  expect(code).toBe(78);
  expect(stderr).toMatch(/trial@1: \d+ texts begin with "REPLACE:": title, /);
  expect(stderr).toMatch(/trial@1 de: \d+ texts begin with "TRANSLATE:": source, title, /);

  for (const name of [file, file.replace('.json', '.de.json')])
    writeFileSync(name, readFileSync(name, 'utf8').replaceAll(/(REPLACE|TRANSLATE): /g, ''));
  expect(await run()).toEqual({ code: 0, stderr: '' });
});

const REFUSING = ['host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'];

test(
  'migrate ends at once with a sentence where the login is refused, and an api waits for another password',
  { timeout: 90_000 },
  async () => {
    const postgres = await startPostgres({
      files: { 'hba.conf': `${REFUSING.join('\n')}\n` },
      settings: ['hba_file={dir}/hba.conf'],
    });
    onTestFinished(() => postgres.stop());
    await using world = await createWorld({ databaseUrl: postgres.url });
    await world.sql(`CREATE ROLE app LOGIN SUPERUSER PASSWORD 'right'`);
    const url = `postgresql://app:wrong@127.0.0.1:${postgres.port}/postgres`;
    await using program = launchProgram('migrate', { DATABASE_URL: url });
    expect(await program.exited).toEqual({ code: 78, signal: null });
    expect(program.stderr()).toBe('The database refuses the password in DATABASE_URL (28P01).\n');

    await using api = launchProgram('api', { ...world.env, DATABASE_URL: url });
    await until(() => linesWith('waiting for it', api.stdout()).length > 0, { timeoutMs: 30_000 });
    expect(linesWith('waiting for it', api.stdout())[0]).toMatchObject({
      code: '28P01',
      msg: 'the database is not available yet: waiting for it; the database refuses the password in DATABASE_URL',
    });
    await world.sql(`ALTER ROLE app PASSWORD 'wrong'`);
    await api.ready();
  },
);

test('migrate gives up a server that does not come, and says why', async () => {
  const config = readConfig('migrate', { DATABASE_URL: `postgresql://u@127.0.0.1:${await freePort()}/d` });
  await expect(migrate(config, createLog('silent', 'migrate'), 1_000)).rejects.toMatchObject({
    name: 'GaveUpError',
    message: 'The database was not available for 1 s: no server answers at the address in DATABASE_URL (ECONNREFUSED).',
  });
});

test('a role without a right is told so in one sentence', async () => {
  const { url, name } = await emptyDatabase();
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query('CREATE ROLE plain LOGIN').catch(() => {}); // from an earlier run on the same server
  await admin.query(`REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO plain`);
  await admin.end();
  const theirs = new URL(url);
  theirs.username = 'plain';
  await using program = launchProgram('migrate', { DATABASE_URL: theirs.href });
  expect(await program.exited).toEqual({ code: 78, signal: null });
  expect(program.stderr().trim().split('\n')).toEqual([expect.stringMatching(/GRANT CREATE ON SCHEMA "public"/)]);
});
