import { expect, test } from 'vitest';
import { startObserver } from '../adapters/broker/broker.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { metricsOf } from '../support/metrics.ts';
import { until } from '../support/wait.ts';

// Counts, which are the same on every machine, unlike times.

type Costs = { statements: Record<string, number>; published: { work: number; events: number }; modelCalls: number };

/** Statements caused by requests of visitors, without those of timers (checks, sweeps, the reconciler). */
const OF_ASSESSMENTS = new Set([
  'insert-assessments',
  'find-by-key',
  'claim',
  'look-at-rows',
  'read-assessments',
  'finish-completed',
]);

async function costsOf({ probesUrl, world }: TestApp): Promise<Costs> {
  const text = await metricsOf({ probesUrl });
  const counts = text.matchAll(/^assay_database_seconds_count\{operation="([^"]+)"\} (\d+)$/gm);
  const statements = [...counts].flatMap(([, name = '', count]) =>
    OF_ASSESSMENTS.has(name) ? [[name, Number(count)] as const] : [],
  );
  await using observer = await startObserver(world.natsUrl);
  const published = async (stream: string) => (await observer.jsm.streams.info(stream)).state.last_seq;
  return {
    statements: Object.fromEntries(statements),
    published: { work: await published(world.wire.workStream), events: await published(world.wire.eventsStream) },
    modelCalls: world.model.calls.length,
  };
}

test('one assessment costs one statement to store, claim, end and show it, one message each way, and one call', async () => {
  await using app = await startApp();
  const client = await app.client();
  // Held until the subscription is open.
  app.world.model.hold();
  const id = await client.submit();
  const completion = client.completion(id);
  await app.world.model.waitForCalls(1);
  await until(async () => /assay_subscriptions_open\{transport="websocket"\} 1/.test(await metricsOf(app)));
  app.world.model.release();
  expect(await completion).toHaveLength(1);
  expect(await costsOf(app)).toEqual({
    statements: { 'insert-assessments': 1, claim: 1, 'finish-completed': 1, 'read-assessments': 1 },
    published: { work: 1, events: 1 },
    modelCalls: 1,
  });
});

test('a repeat with the same key costs one look-up and one read, and nothing else', async () => {
  await using app = await startApp();
  const client = await app.client();
  const id = await client.submit({ idempotencyKey: 'form-1' });
  await client.completion(id);
  const before = await costsOf(app);
  expect(await client.submit({ idempotencyKey: 'form-1' })).toBe(id);
  const after = await costsOf(app);
  const { 'find-by-key': lookedUp = 0, 'read-assessments': read = 0 } = before.statements;
  expect(after).toEqual({
    ...before,
    statements: { ...before.statements, 'find-by-key': lookedUp + 1, 'read-assessments': read + 1 },
  });
});

test('200 assessments at once need no more statements, messages and calls for each', async () => {
  const count = 200;
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '32' } });
  const client = await app.client();
  const ids = await Promise.all(Array.from({ length: count }, () => client.submit()));
  await until(
    async () => (await app.world.sql("SELECT FROM test_assessment WHERE status = 'completed'")).length === count,
  );
  const { statements, ...others } = await costsOf(app);
  expect(others).toEqual({ published: { work: count, events: count }, modelCalls: count });
  expect(new Set(ids).size).toBe(count);
  for (const name of ['insert-assessments', 'claim', 'finish-completed'])
    expect(statements[name]).toBeLessThanOrEqual(count);
  expect(statements['read-assessments'] ?? 0).toBe(0);
});
