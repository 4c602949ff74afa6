import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { metricsOf } from '../support/metrics.ts';
import { rateLimit } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

const SLOTS = 5;
const rateOf = async (worker: TestApp): Promise<number> =>
  Number(/^assay_model_limit_per_minute\{[^}]*\} (.+)$/m.exec(await metricsOf(worker))?.[1]);

test('two workers keep the limit that some refusals have shown, and no attempt is counted', async () => {
  await using world = await createWorld();
  await using api = await startApp({ role: 'api', world });
  const start = () => startApp({ role: 'worker', world, env: { WORKER_CONCURRENCY: String(SLOTS) } });
  const workers = await Promise.all([start(), start()]);
  const times: number[] = [];
  world.model.script(() => {
    times.push(performance.now());
    // Of both workers, so that one of them has told of enough calls.
    return times.length >= 30 && times.length <= 33 ? rateLimit({ ms: 1_000 }) : undefined;
  });
  const client = await api.client();
  const ids = await Promise.all(Array.from({ length: 45 }, () => client.submit()));
  await until(async () => (await Promise.all(workers.map(rateOf))).every((rate) => rate > 0));
  await Promise.all(ids.map((id) => client.completion(id)));

  const [refusedAt = 0] = times.slice(29);
  // About 30 calls a minute: one in two seconds, and a little more often after five. Without a limit all others follow
  // within a second of the rest.
  const within = (ms: number): number => times.filter((at) => at > refusedAt + 500 && at < refusedAt + ms).length;
  expect(within(7_000)).toBeLessThanOrEqual(6);
  const rows = await world.sql('SELECT DISTINCT status, attempts FROM test_assessment');
  expect(rows).toEqual([{ status: 'completed', attempts: 1 }]);
  expect(await world.sql('SELECT count(*)::int AS count FROM model_limit')).toEqual([{ count: 1 }]);
  for (const { logs } of workers)
    expect(logs.filter(({ callsPerMinute }) => callsPerMinute !== undefined)).toMatchObject([{ level: 'warn' }]);
  await Promise.all(workers.map((worker) => worker.close()));
});
