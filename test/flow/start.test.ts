import { expect, test } from 'vitest';
import { migrationsList } from '../../migrations/index.ts';
import { startApp } from '../support/app.ts';
import { startClient } from '../support/client.ts';
import { startNats } from '../support/nats.ts';
import { freePort } from '../support/ports.ts';
import { startPostgres } from '../support/postgres.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { launchProgram } from './program.ts';

const last = migrationsList.at(-1)?.name ?? '';

test.each([
  [
    'api',
    'older',
    `DELETE FROM mikro_orm_migrations WHERE name = '${last}'`,
    `The database's schema is older than this program (missing: ${last}). Run "npm run migrate" first.\n`,
  ],
  [
    'worker',
    'newer',
    `INSERT INTO mikro_orm_migrations (name) VALUES ('Migration29991231000000')`,
    "The database's schema is newer than this program (Migration29991231000000; this program ends with " +
      `${last}). Start the version of the program that made it, or a newer one.\n`,
  ],
])(
  '%s: a database with a schema %s than the program ends the start with a line that says what to do',
  async (role, _, change, words) => {
    await using world = await createWorld();
    await world.sql(change);
    await using program = launchProgram(role, world.env);
    expect(await program.exited).toEqual({ code: 78, signal: null });
    expect(program.stderr()).toBe(words);
  },
);

test('migrate says which questionnaires it has published, and nothing of those that were there', async () => {
  await using world = await createWorld();
  await world.sql("DELETE FROM questionnaire WHERE id = 'wellbeing-check@1'");
  const published: unknown[] = [];
  for (let times = 0; times < 2; times++) {
    await using program = launchProgram('migrate', world.env);
    expect(await program.exited).toEqual({ code: 0, signal: null });
    const lines = program.stdout().trimEnd().split('\n');
    published.push(lines.map((line) => (JSON.parse(line) as { published?: unknown }).published));
  }
  expect(published).toEqual([
    [['wellbeing-check@1'], undefined],
    [[], undefined],
  ]);
});

test('an older program does not migrate a newer schema', async () => {
  await using world = await createWorld();
  await world.sql(`INSERT INTO mikro_orm_migrations (name) VALUES ('Migration29991231000000')`);
  await using program = launchProgram('migrate', world.env);
  expect(await program.exited).toEqual({ code: 78, signal: null });
  expect(program.stderr()).toContain('newer than this program');
});

test('a process is not ready before its own port accepts connections', { timeout: 60_000 }, async () => {
  await using world = await createWorld();
  const [port, probes] = [await freePort(), await freePort()];
  const env = { ...world.env, PORT: String(port), METRICS_PORT: String(probes) };
  await using _program = launchProgram('api', env);
  const seen = new Set<string>();
  await until(
    async () => {
      const response = await fetch(`http://127.0.0.1:${probes}/readyz`).catch(() => undefined);
      if (response === undefined) return false;
      const { parts } = (await response.json()) as { parts: Record<string, string> };
      seen.add(String(parts['process']));
      return response.status === 200;
    },
    { intervalMs: 1, timeoutMs: 40_000 },
  );
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect([...seen]).toEqual(['starting', 'ok']);
});

test('the start waits for an unavailable database', { timeout: 60_000 }, async () => {
  const postgres = await startPostgres();
  try {
    await using world = await createWorld({ databaseUrl: postgres.url });
    await postgres.stopServer('fast');
    await using program = launchProgram('api', world.env);
    await until(() => program.stdout().includes('the database is not available yet: waiting for it'), {
      timeoutMs: 20_000,
    });
    await postgres.startServer();
    const { url } = await program.ready();
    const client = await startClient(url);
    await client.submit();
    expect(program.stderr()).toBe('');
  } finally {
    await postgres.stop();
  }
});

test(
  'a broker that is unavailable at the start delays no submission, and work begins when it is available',
  { timeout: 60_000 },
  async () => {
    const port = await freePort();
    await using world = await createWorld({ natsUrl: `nats://127.0.0.1:${port}` });
    await using app = await startApp({ world });
    const client = await app.client();
    const id = await client.submit();
    expect((await fetch(`${app.probesUrl}/readyz`)).status).toBe(503);
    const nats = await startNats({ port });
    try {
      const [event] = await client.completion(id);
      expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
      await until(async () => (await fetch(`${app.probesUrl}/readyz`)).status === 200);
      expect(world.model.calls).toHaveLength(1);
      await app.close();
    } finally {
      await nats.stop();
    }
  },
);

test('a broker without JetStream is reported in the log, and submissions are accepted', async () => {
  const nats = await startNats({ jetStream: false });
  try {
    await using world = await createWorld({ natsUrl: nats.url });
    await using app = await startApp({ world });
    const client = await app.client();
    await client.submit();
    expect(app.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: expect.stringContaining('has no JetStream: switch it on') }),
    );
    expect((await fetch(`${app.probesUrl}/readyz`)).status).toBe(503);
    await app.close();
  } finally {
    await nats.stop();
  }
});

test('a silent database makes the program unready within seconds, and ready again after it', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.databaseUrl);
  const url = new URL(world.databaseUrl);
  url.port = String(proxy.port);
  await using app = await startApp({ world, env: { DATABASE_URL: url.href } });
  const ready = async (): Promise<boolean> => (await fetch(`${app.probesUrl}/readyz`)).status === 200;
  expect(await ready()).toBe(true);
  await proxy.setMode('blackHole');
  await until(async () => !(await ready()), { timeoutMs: 8_000 });
  expect((await fetch(`${app.probesUrl}/healthz`)).status).toBe(200);
  await proxy.setMode('pass');
  await until(ready, { timeoutMs: 8_000 });
  await app.close();
  await proxy.close();
});
