import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { reply, status } from '../support/model-behaviours.ts';
import { startModel } from '../support/model.ts';
import { metricsOf } from '../support/metrics.ts';
import { wellbeingAnswers as answers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

test('a server without keys is asked without one, and with the fields that are set', async () => {
  const env = { OPENAI_API_KEY: '', OPENAI_TEMPERATURE: '0', OPENAI_BODY: '{"top_p":0.5}' };
  await using app = await startApp({ env });
  const client = await app.client();
  const [event] = await client.completion(await client.submit({ answers }));
  expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
  const { calls, looks } = app.world.model;
  expect(calls).toHaveLength(1);
  expect(looks).not.toEqual([]);
  for (const { authorization, headers, body } of [...calls, ...looks]) {
    expect(authorization).toBeUndefined();
    expect(headers).not.toHaveProperty('traceparent');
    expect(body).toMatchObject({ temperature: 0, top_p: 0.5, model: 'gpt-4.1-mini' });
  }
});

test('another setting of the model is another set-up, which a worker looks at anew', async () => {
  await using world = await createWorld();
  const first = await looksWith(world, { OPENAI_SEED: '1' });
  expect(first).toBeGreaterThan(0);
  expect(await looksWith(world, { OPENAI_SEED: '1' })).toBe(0);
  expect(await looksWith(world, { OPENAI_SEED: '2' })).toBe(first);
  expect(await looksWith(world, { OPENAI_SEED: '2', MODEL_RESPONSE_FORMAT: 'json_object' })).toBe(first);
});

const PRICES = new URL('../../deploy/model-prices.json', import.meta.url).pathname;

test('calls have a cost, an entry in the metrics of generative AI, and the trace of their request if that is set', async () => {
  await using app = await startApp({ env: { MODEL_PRICES_FILE: PRICES, MODEL_TRACEPARENT: '1' } });
  const client = await app.client();
  const id = await client.submit({ answers });
  await client.completion(id);
  const { calls, looks } = app.world.model;
  expect(calls.map(({ headers }) => headers['traceparent'])).toEqual([
    expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  ]);
  expect(looks.filter(({ headers }) => headers['traceparent'] !== undefined)).toEqual([]);
  const metrics = await metricsOf(app);
  const valueOf = (series: string): number =>
    Number(
      metrics
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.split(' ')
        .at(-1),
    );
  const tokens = (kind: string): number => valueOf(`assay_model_tokens_total{kind="${kind}"}`);
  expect(tokens('prompt')).toBeGreaterThan(0);
  expect(valueOf('assay_model_cost_total{model="gpt-4.1-mini",currency="USD"}')).toBeCloseTo(
    (tokens('prompt') * 0.4 + tokens('completion') * 1.6) / 1e6,
    12,
  );
  expect(metrics).toMatch(
    /^gen_ai_client_operation_duration_seconds_count\{[^}]*gen_ai_request_model="gpt-4.1-mini"[^}]*\} 1$/m,
  );
  expect(metrics).toMatch(/^gen_ai_client_token_usage_count\{[^}]*gen_ai_token_type="output"[^}]*\} /m);
});

test('the next model is asked where the first one refuses everybody, and the first one again when it answers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-models-'));
  const second = await startModel();
  try {
    const [keyFile, MODELS_FILE] = [join(folder, 'key'), join(folder, 'models.json')];
    writeFileSync(keyFile, 'sk-of-the-second\n');
    writeFileSync(MODELS_FILE, JSON.stringify([{ model: 'the-second', baseUrl: second.url, keyFile }]));
    await using world = await createWorld();
    world.model.script(() => status(401));
    world.model.scriptLooks(status(401));
    await using app = await startApp({ world, env: { MODELS_FILE, MODEL_FALLBACK_AFTER_MS: '200' } });
    const client = await app.client();
    const id = await client.submit({ answers });
    const [event] = await client.completion(id);
    expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
    expect(second.calls).toMatchObject([{ authorization: 'Bearer sk-of-the-second', body: { model: 'the-second' } }]);
    expect(world.model.paidFor(id)).toEqual([]);
    const metrics = await metricsOf(app);
    expect(metrics).toContain('assay_model_paused{reason="configuration"} 1');
    expect(metrics).toMatch(/^assay_model_asked\{model="the-second",host="[^"]+"\} 1$/m);
    world.model.script([]);
    world.model.scriptLooks(reply());
    await until(async () => (await metricsOf(app)).includes('assay_model_paused{reason="configuration"} 0'));
    const later = await client.submit({ answers });
    await client.completion(later);
    expect(world.model.callsFor(later)).toHaveLength(1);
    expect(second.calls).toHaveLength(1);
  } finally {
    await second.close();
    rmSync(folder, { recursive: true });
  }
});

/** How many made-up requests a process with these settings asks until it works. */
async function looksWith(world: World, env: Record<string, string>): Promise<number> {
  const before = world.model.looks.length;
  await using app = await startApp({ world, env });
  const client = await app.client();
  const id = await client.submit({ answers });
  await until(() => world.model.callsFor(id).length > 0);
  return world.model.looks.length - before;
}
