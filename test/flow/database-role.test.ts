import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client as Connection } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { refusal } from '../support/model-behaviours.ts';
import { startPostgres } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

const SQL = readFileSync(new URL('../../deploy/postgresql/roles.sql', import.meta.url), 'utf8');

test(
  'with the role of deploy/postgresql/roles.sql the program works, and can change no table',
  { timeout: 90_000 },
  async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    await using world = await createWorld({ databaseUrl: postgres.url });
    const role = `run_${randomBytes(3).toString('hex')}`;
    // The owner of the tests' tables is their administrator.
    await world.sql(SQL.replaceAll('assay_run', role).replace('FOR ROLE assay ', 'FOR ROLE postgres '));
    const url = new URL(world.databaseUrl);
    url.username = role;
    const token = `op_${'x'.repeat(24)}`;
    const env = { DATABASE_URL: url.href, OPERATOR_TOKEN: token, DAILY_MODEL_CALLS: '1000' };
    const worker = await startApp({ role: 'worker', world, env });
    const api = await startApp({ role: 'api', world, env });
    const client = await api.client();
    const done = await client.submit();
    await client.completion(done);
    world.model.script([refusal()]);
    const failed = await client.submit();
    await client.completion(failed);
    world.model.script([]);
    const again = `mutation { retryAssessment(id: "${failed}") { assessment { id } } }`;
    await client.graphql(again);
    await until(async () => (await client.read(failed)).status === 'COMPLETED');
    world.model.hold();
    const cancelled = await client.submit();
    await world.model.waitForCalls(4);
    await client.graphql(`mutation { cancelAssessment(id: "${cancelled}") { __typename } }`);
    expect((await client.read(cancelled)).status).toBe('CANCELLED');
    const letters = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ deadLetters(first: 1) { edges { node { code } } } }' }),
    });
    expect(await letters.json()).toMatchObject({ data: { deadLetters: { edges: [{ node: {} }] } } });
    await client.graphql('mutation { endSession { ended } }');
    await until(async () => (await fetch(`${api.probesUrl}/readyz`)).status === 200);
    await Promise.all([api.close(), worker.close()]);
    const logs = [...api.logs, ...worker.logs];
    expect(logs.filter((line) => JSON.stringify(line).includes('42501'))).toEqual([]);

    const connection = new Connection({ connectionString: url.href });
    await connection.connect();
    onTestFinished(() => connection.end());
    for (const statement of [
      'CREATE TABLE other (id int)',
      'DROP TABLE session',
      'ALTER TABLE session ADD COLUMN other int',
      'TRUNCATE test_assessment',
      'DELETE FROM test_assessment',
      'DELETE FROM session',
      "UPDATE secret SET name = 'other'",
      "UPDATE questionnaire SET slug = 'other'",
      "INSERT INTO mikro_orm_migrations (name) VALUES ('other')",
    ])
      await expect(connection.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    // A later migration by the owner brings its rights.
    await world.sql('CREATE TABLE later (id int)');
    await connection.query('INSERT INTO later VALUES (1)');
  },
);
