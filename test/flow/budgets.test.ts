import { USAGE } from '../support/model-replies.ts';
import { expect, test } from 'vitest';
import { startApp, startEmbeddedApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { until } from '../support/wait.ts';

const NEXT = 'query Next($id: ID!) { assessment(id: $id) { status nextTryAt } }';
const stateOf = async (client: Client, id: string): Promise<{ status: string; nextTryAt: string | null }> =>
  (await client.graphql(NEXT, { id })).data.assessment;
const statesOf = (client: Client, ids: readonly string[]) => Promise.all(ids.map((id) => stateOf(client, id)));
const isPaused = async (worker: Pick<TestApp, 'probesUrl'>): Promise<boolean> =>
  (await metricsOf(worker)).includes('assay_model_paused{reason="budget"} 1');
const DAY_MS = 24 * 60 * 60 * 1_000;

test('a budget of five calls completes three of ten assessments, after two for the look; a raised one the others, and none is paid for twice', async () => {
  const env = { DAILY_MODEL_CALLS: '5' };
  await using api = await startApp({ role: 'api', env });
  const { world } = api;
  const worker = await startApp({ role: 'worker', world, env });
  const client = await api.client();
  const ids: string[] = [];
  for (let count = 0; count < 10; count++) ids.push(await client.submit());
  await until(() => isPaused(worker));
  const waiting = await until(async () => {
    const states = await statesOf(client, ids);
    if (states.filter(({ status }) => status === 'COMPLETED').length < 3) return undefined;
    const open = states.filter(({ status }) => status !== 'COMPLETED');
    return open.every(({ nextTryAt }) => nextTryAt !== null) ? open : undefined;
  });
  expect(waiting).toHaveLength(7);
  for (const { status, nextTryAt } of waiting) {
    expect(status).toBe('SUBMITTED');
    expect(Date.parse(nextTryAt ?? '') % DAY_MS).toBe(0);
    expect(Date.parse(nextTryAt ?? '')).toBeGreaterThan(Date.now());
  }
  expect(world.model.calls).toHaveLength(3);
  for (const app of [api, worker]) expect(await metricsOf(app)).toContain('assay_budget_left{budget="model-calls"} 0');
  expect(worker.logs).toContainEqual(expect.objectContaining({ level: 'error', setting: 'DAILY_MODEL_CALLS' }));
  const [rest] = ids.toReversed();
  const { data } = (await (await client.rest('GET', `/api/assessment/${rest}`)).json()) as { data: unknown };
  expect(data).toMatchObject({ status: 'submitted', next_try_at: waiting[0]?.nextTryAt });
  // Another worker with the same budget learns before its first call that nothing is left.
  const another = await startApp({ role: 'worker', world, env });
  await until(() => isPaused(another));
  await Promise.all([worker, another].map((app) => app.close()));
  expect(world.model.calls).toHaveLength(3);

  await using raised = await startApp({ role: 'worker', world, env: { DAILY_MODEL_CALLS: '100' } });
  await until(async () => (await statesOf(client, ids)).every(({ status }) => status === 'COMPLETED'));
  const keys = world.model.calls.map(({ headers }) => headers['idempotency-key']);
  expect([keys.length, new Set(keys).size]).toEqual([10, 10]);
  expect(await metricsOf(raised)).toContain('assay_budget_left{budget="model-calls"} 88');
  expect(await statesOf(client, ids)).toEqual(ids.map(() => ({ status: 'COMPLETED', nextTryAt: null })));
});

/** One token is left after the look, which asks plain and streamed. */
const TOKENS = {
  DAILY_TOKENS: String(2 * (USAGE.prompt_tokens + USAGE.completion_tokens) + 1),
  WORKER_CONCURRENCY: '1',
};

test.each([
  ['own servers', () => startApp({ env: TOKENS })],
  ['the embedded ones', () => startEmbeddedApp(TOKENS)],
])(
  'a budget of tokens is used up by what the provider reports, on %s, and a subscriber is told when work goes on',
  async (_, start) => {
    await using app = await start();
    const client = await app.client();
    await client.completion(await client.submit());
    await until(() => isPaused(app));
    const id = await client.submit();
    const socket = client.socket();
    const events = socket.iterate<{ assessmentUpdated: unknown }>({
      query:
        'subscription Updated($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { status nextTryAt } } }',
      variables: { id },
    });
    const { value } = await events.next();
    expect(value?.data?.assessmentUpdated).toMatchObject({
      assessment: { status: 'SUBMITTED', nextTryAt: expect.any(String) },
    });
    await socket.dispose();
    expect(await metricsOf(app)).toContain('assay_model_calls_total{outcome="answered"} 1\n');
  },
);

test('an address that has submitted its share of the day is told to come back after UTC midnight', async () => {
  await using app = await startApp({ role: 'api', env: { DAILY_ASSESSMENTS_PER_ADDRESS: '2' } });
  const clients = [await app.client(), await app.client()] as const;
  for (const client of clients) await client.submit();
  const untilMidnight = (): number => Math.ceil((DAY_MS - (Date.now() % DAY_MS)) / 1_000);
  const before = untilMidnight();
  const refused = await clients[0].trySubmit();
  expect(refused).toMatchObject({
    __typename: 'TooManyAssessmentsError',
    message: expect.stringContaining('from this address'),
  });
  expect(refused.retryAfterSeconds).toBeLessThanOrEqual(before);
  expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(untilMidnight());
});
