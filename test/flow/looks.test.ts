import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { reply, status, type Behaviour } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const worker = (world: World, env: Record<string, string> = {}): Promise<TestApp> =>
  startApp({ role: 'worker', world, env: { WORKER_CONCURRENCY: '1', ...env } });

/** A look is a plain call and a stream. */
const CALLS_OF_LOOK = 2;

/** Knows `max_tokens` only, as far as looks are concerned. */
const old: Behaviour = (pending) =>
  'max_tokens' in pending.call.body ? reply()(pending) : status(400, { type: 'unknown_field' })(pending);

test('the workers of a fleet look at the provider once, and all of them ask as it was learned', async () => {
  await using world = await createWorld();
  world.model.scriptLooks(old);
  world.model.hold();
  await using api = await startApp({ role: 'api', world });
  const workers = await Promise.all([worker(world), worker(world)]);
  const client = await api.client();
  const ids = await Promise.all([client.submit(), client.submit()]);
  // Each has one slot, so that both of them ask.
  const calls = await world.model.waitForCalls(2);
  for (const { body } of calls) {
    expect(body).toHaveProperty('max_tokens');
    expect(body).not.toHaveProperty('max_completion_tokens');
  }
  expect(world.model.looks).toHaveLength(1 + CALLS_OF_LOOK);
  const told = workers.flatMap(({ logs }) => logs.filter(({ tokensParameter }) => tokensParameter === 'max_tokens'));
  expect(told).toMatchObject([{ level: 'info', fits: true, streams: true }]);
  world.model.release();
  await Promise.all(ids.map((id) => client.completion(id)));
  await Promise.all(workers.map((one) => one.close()));
});

test('a worker that starts later uses the look that is there, and looks again after a change of settings', async () => {
  await using world = await createWorld();
  await using api = await startApp({ role: 'api', world });
  const client = await api.client();
  const serveOne = async (env: Record<string, string>): Promise<void> => {
    await using _ = await worker(world, env);
    await client.completion(await client.submit());
  };
  await serveOne({});
  expect(world.model.looks).toHaveLength(CALLS_OF_LOOK);
  await serveOne({});
  expect(world.model.looks).toHaveLength(CALLS_OF_LOOK);
  await serveOne({ OPENAI_MODEL: 'another' });
  expect(world.model.looks.map(({ body }) => body.model)).toEqual([
    ...Array.from({ length: CALLS_OF_LOOK }, () => 'gpt-4.1-mini'),
    ...Array.from({ length: CALLS_OF_LOOK }, () => 'another'),
  ]);
  await serveOne({ OPENAI_API_KEY: 'sk-another-secret' });
  expect(world.model.looks).toHaveLength(3 * CALLS_OF_LOOK);
  const rows = JSON.stringify(await world.sql('SELECT * FROM model_setup'));
  expect(rows).not.toContain('sk-');
});

test('a refusal of everybody is looked at by one worker at a time, with one call each, until it is mended', async () => {
  await using world = await createWorld();
  world.model.scriptLooks(status(401, { type: 'invalid_api_key' }));
  await using api = await startApp({ role: 'api', world });
  const started = performance.now();
  const workers = await Promise.all([worker(world), worker(world), worker(world)]);
  const client = await api.client();
  const id = await client.submit();
  await until(async () => workers.every(({ logs }) => logs.some(({ reason }) => reason === 'configuration')));
  // One at the start, one by each worker to make sure of it, and then one of all workers in two seconds.
  const most = 1 + workers.length + (performance.now() - started) / 1_800;
  expect(world.model.looks.length).toBeLessThanOrEqual(most);
  for (const { body } of world.model.looks) expect(body).toEqual(world.model.looks[0]?.body);
  expect(world.model.calls).toEqual([]);
  world.model.scriptLooks(reply());
  await client.completion(id);
  await Promise.all(workers.map((one) => one.close()));
});
