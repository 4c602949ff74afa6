import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { startNats, type Nats } from '../support/nats.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

let nats: Nats;
let postgres: Postgres;
let world: World;
let app: TestApp;
let worker: TestApp;
let client: Client;

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  world = await createWorld({ natsUrl: nats.url, databaseUrl: postgres.url });
  app = await startApp({ world, env: { WORKER_CONCURRENCY: '3' } });
  worker = await startApp({ world, role: 'worker', env: { WORKER_CONCURRENCY: '3' } });
  client = await app.client();
});

afterAll(async () => {
  await worker.close();
  await app.close();
  await world.close();
  await Promise.all([nats.stop(), postgres.stop()]);
});

const restarts: [string, { down: () => Promise<void>; up: () => Promise<void> }][] = [
  ['the broker killed', { down: () => nats.kill(), up: () => nats.restart() }],
  ['the broker shut down in order and started again', { down: async () => {}, up: () => nats.restart() }],
  ['the database shut down', { down: () => postgres.stopServer('fast'), up: () => postgres.startServer() }],
  ['the database killed', { down: () => postgres.stopServer('kill'), up: () => postgres.startServer() }],
];

test.each(restarts)(
  'with %s while the model works, every accepted assessment completes, with one result and one call each',
  { timeout: 90_000 },
  async (_, { down, up }) => {
    world.model.hold();
    const ids = await Promise.all(Array.from({ length: 12 }, () => client.submit()));
    await world.model.waitFor(() => world.model.inFlight === 6, 'both workers to be busy');
    await down();
    // Half of the replies come during the outage: they are paid for, and must not be lost.
    world.model.release(3);
    await world.model.waitFor(() => world.model.inFlight === 3, 'three replies to be sent');
    await up();
    world.model.release();
    const rows = await until(
      async () => {
        const found = await world.sql<{ id: string; status: string; attempts: number }>(
          'SELECT id, status, attempts FROM test_assessment WHERE id = ANY($1)',
          [ids],
        );
        return found.every(({ status }) => status === 'completed') ? found : undefined;
      },
      { timeoutMs: 60_000, label: 'all to be completed' },
    );
    expect(rows).toHaveLength(ids.length);
    expect(rows.map(({ attempts }) => attempts)).toEqual(ids.map(() => 1));
    for (const id of ids) expect(world.model.callsFor(id)).toHaveLength(1);
    const results = await world.sql('SELECT assessment_id FROM result_test WHERE assessment_id = ANY($1)', [ids]);
    expect(results).toHaveLength(ids.length);
    // A late subscriber gets the end, too.
    const events = await Promise.all(ids.map((id) => client.completion(id)));
    for (const [event] of events) expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
  },
);

test(
  'submissions during an outage of the broker are accepted, and worked on after it',
  { timeout: 60_000 },
  async () => {
    await nats.kill();
    const started = performance.now();
    const ids = await Promise.all(Array.from({ length: 5 }, () => client.submit()));
    expect(performance.now() - started).toBeLessThan(2_000);
    await nats.restart();
    const events = await Promise.all(ids.map((id) => client.completion(id)));
    for (const [event] of events) expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
    for (const id of ids) expect(world.model.callsFor(id)).toHaveLength(1);
  },
);

test('submissions from before the broker’s store was wiped are worked on, too', { timeout: 90_000 }, async () => {
  world.model.hold();
  const ids = await Promise.all(Array.from({ length: 12 }, () => client.submit()));
  await world.model.waitFor(() => world.model.inFlight === 6, 'both workers to be busy');
  await nats.wipe();
  world.model.release();
  const events = await Promise.all(ids.map((id) => client.completion(id)));
  for (const [event] of events) expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
  for (const id of ids) expect(world.model.callsFor(id)).toHaveLength(1);
});

test('the log of these outages has no errors but those of the outages', () => {
  const unexpected = [...app.logs, ...worker.logs].filter(
    ({ level, msg }) =>
      (level === 'error' || level === 'fatal') &&
      msg !== 'the database is not available' &&
      !String(msg).includes('created anew'),
  );
  expect(unexpected).toEqual([]);
});
