import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startObserver } from '../adapters/broker/broker.ts';
import { ringing } from '../support/alarms.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { looked, metricsOf } from '../support/metrics.ts';
import { status } from '../support/model-behaviours.ts';
import { startNats } from '../support/nats.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

/** The alarms that ring since the scrape, once all of these do. */
async function rung(app: TestApp, before: string, expected: string[]): Promise<string[]> {
  const all = await until(
    async () => {
      const now = ringing(before, await metricsOf(app));
      return expected.every((name) => now.includes(name)) ? now : undefined;
    },
    { label: expected.join(', '), timeoutMs: 30_000 },
  );
  return all.toSorted();
}

/** A first scrape, at which no alarm rings. */
async function quiet(app: TestApp): Promise<string> {
  await until(async () => (await fetch(`${app.probesUrl}/readyz`)).status === 200);
  const before = await metricsOf(app);
  expect(ringing(before, before)).toEqual([]);
  return before;
}

test('while all is well, and callers make mistakes, no alarm rings', async () => {
  await using app = await startApp();
  const before = await quiet(app);
  const client = await app.client();
  await client.completion(await client.submit());
  expect((await client.rest('POST', '/api/assessment/submit', { questionnaire: 'none', answers: {} })).status).toBe(
    422,
  );
  await client.graphql('{ unknown }');
  expect((await fetch(`${app.url}/api/nothing`)).status).toBe(404);
  expect(ringing(before, await metricsOf(app))).toEqual([]);
});

test('an assessment that the provider refuses rings', async () => {
  await using app = await startApp({ env: { MAX_ATTEMPTS: '1' } });
  const before = await quiet(app);
  app.world.model.script(() => status(400));
  const client = await app.client();
  await client.completion(await client.submit());
  expect(await rung(app, before, ['AssayManyFail', 'AssayAssessmentFailed'])).toEqual([
    'AssayAssessmentFailed',
    'AssayManyFail',
  ]);
});

test('a first error rings', async () => {
  await using app = await startApp();
  const before = await quiet(app);
  app.world.model.script([status(500)]);
  const client = await app.client();
  await client.submit();
  expect(await rung(app, before, ['AssayErrors'])).toEqual(['AssayErrors']);
});

test('a pause rings', async () => {
  await using app = await startApp();
  const before = await quiet(app);
  await looked(app);
  app.world.model.script(() => status(401));
  app.world.model.scriptLooks(status(401));
  const client = await app.client();
  await client.submit();
  // The attempt counts as an error as well.
  expect(await rung(app, before, ['AssayModelPaused', 'AssayErrors'])).toEqual(['AssayErrors', 'AssayModelPaused']);
});

test('a used up budget rings', async () => {
  await using app = await startApp({ env: { DAILY_MODEL_CALLS: '3' } });
  const before = await quiet(app);
  const client = await app.client();
  await client.completion(await client.submit());
  expect(await rung(app, before, ['AssayBudgetUsedUp'])).toEqual(['AssayBudgetUsedUp']);
});

test('a queue that ages rings', async () => {
  await using app = await startApp({ role: 'api' });
  const before = await quiet(app);
  const client = await app.client();
  await client.submit();
  await app.world.sql("UPDATE test_assessment SET dispatched_at = now() - interval '301 s'");
  expect(await rung(app, before, ['AssayQueueAges'])).toEqual(['AssayQueueAges']);
});

test('a database that refuses writes rings', async () => {
  await using app = await startApp({ role: 'api' });
  const before = await quiet(app);
  const name = new URL(app.world.databaseUrl).pathname.slice(1);
  await app.world.sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await app.world.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'assay'",
    [name],
  );
  expect(await rung(app, before, ['AssayPartDown', 'AssayDatabaseRefuses'])).toEqual([
    'AssayDatabaseRefuses',
    'AssayPartDown',
  ]);
});

test('a broker that is away rings', { timeout: 60_000 }, async () => {
  const nats = await startNats();
  try {
    await using world = await createWorld({ natsUrl: nats.url });
    await using app = await startApp({ role: 'api', world });
    const before = await quiet(app);
    await nats.kill();
    await until(async () => ringing(before, await metricsOf(app)).includes('AssayPartDown'), { timeoutMs: 30_000 });
    expect(ringing(before, await metricsOf(app))).toContain('AssayPartDown');
  } finally {
    await nats.stop();
  }
});

test('work messages of another installation ring', async () => {
  await using app = await startApp();
  const before = await quiet(app);
  await using observer = await startObserver(app.world.natsUrl);
  observer.connection.publish(app.world.wire.submitted(randomUUID()), '');
  expect(await rung(app, before, ['AssayForeignMessages'])).toEqual(['AssayForeignMessages']);
});
