import { expect, test } from 'vitest';
import type { ModelPrice } from '../../src/config.ts';
import { genAiProvider } from '../../src/consumers/gen-ai-provider.ts';
import { watchUsage } from '../../src/consumers/usage.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { notZero } from '../support/metrics.ts';

const PRICE: ModelPrice = { currency: 'USD', prompt: 2, cachedPrompt: 0.5, completion: 8 };

function openUsage({
  prices = {},
  host = 'api.openai.com',
}: { prices?: Record<string, ModelPrice>; host?: string } = {}) {
  const metrics = createMetrics(Object.entries(prices).map(([model, { currency }]) => ({ model, currency })));
  const logs: Record<string, unknown>[] = [];
  const log = createLog('info', 'worker', { write: (line) => void logs.push(JSON.parse(line)) });
  const model = { model: 'asked', host };
  const usage = watchUsage({ model, prices: new Map(Object.entries(prices)), metrics, log });
  const series = async (name: string): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
  return { usage, metrics, logs, series };
}

const used = { promptTokens: 1_000_000, completionTokens: 500_000 };

test('a call costs its prompt, less what was cached, and its completion', async () => {
  const { usage, series } = openUsage({ prices: { asked: PRICE } });
  usage.count(used, '1.1');
  expect(await series('assay_model_cost_total')).toEqual(['assay_model_cost_total{model="asked",currency="USD"} 6']);
  usage.count({ ...used, completionTokens: 0, cachedTokens: 400_000 }, '1.1');
  expect(await series('assay_model_cost_total{')).toEqual([expect.stringMatching(/ 7\.4$/)]);
  // No provider has more of a prompt in its cache than the prompt.
  usage.count({ ...used, completionTokens: null, cachedTokens: 9_000_000 }, '1.1');
  expect(await series('assay_model_cost_total{')).toEqual([expect.stringMatching(/ 7\.9$/)]);
});

test('the price is that of the model that has replied, or else of the one that was asked', async () => {
  const prices = { asked: PRICE, 'asked-2025': { ...PRICE, currency: 'EUR', completion: 0 } };
  const { usage, series } = openUsage({ prices });
  usage.count({ ...used, model: 'asked-2025' }, '1.1');
  usage.count({ ...used, model: 'asked-of-tomorrow' }, '1.1');
  expect(await series('assay_model_cost_total{')).toEqual([
    'assay_model_cost_total{model="asked",currency="USD"} 6',
    'assay_model_cost_total{model="asked-2025",currency="EUR"} 2',
  ]);
});

test('a model without a price is told once, and nothing is told without prices', () => {
  const { usage, logs } = openUsage({ prices: { another: PRICE } });
  usage.count({ ...used, model: 'one' }, '1.1');
  usage.count({ ...used, model: 'two' }, '1.1');
  expect(logs).toEqual([
    expect.objectContaining({ model: 'asked', msg: expect.stringContaining('MODEL_PRICES_FILE') }),
  ]);
  const free = openUsage();
  free.usage.count(used, '1.1');
  expect(free.logs).toEqual([]);
});

test('tokens are counted by kind, and those that the provider does not count are in no histogram', async () => {
  const { usage, metrics, series } = openUsage();
  usage.count({ promptTokens: 100, completionTokens: 20, cachedTokens: 60, reasoningTokens: 5, model: 'asked' }, '1.2');
  usage.count({ promptTokens: null, completionTokens: null }, '1.2');
  expect(await notZero(metrics.modelTokens)).toMatchObject([
    { value: 100, labels: { kind: 'prompt' } },
    { value: 20, labels: { kind: 'completion' } },
    { value: 60, labels: { kind: 'cached_prompt' } },
    { value: 5, labels: { kind: 'reasoning' } },
  ]);
  const labels =
    'gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="asked",gen_ai_response_model="asked",assay_prompt_version="1.2"';
  expect(await series('gen_ai_client_token_usage_sum')).toEqual([
    `gen_ai_client_token_usage_sum{${labels},gen_ai_token_type="input"} 100`,
    `gen_ai_client_token_usage_sum{${labels},gen_ai_token_type="output"} 20`,
  ]);
  expect(await series('gen_ai_client_token_usage_count')).toHaveLength(2);
});

test('the time of a call has the kind of its failure', async () => {
  const { usage, series } = openUsage({ host: 'api.mistral.ai:443' });
  usage.observe({ outcome: 'cut_off', seconds: 2, model: 'asked', promptVersion: '1.1' });
  usage.observe({ outcome: 'time_out', seconds: 60, model: undefined, promptVersion: '1.1' });
  const common = 'gen_ai_operation_name="chat",gen_ai_provider_name="mistral_ai",gen_ai_request_model="asked",';
  expect(await series('gen_ai_client_operation_duration_seconds_sum')).toEqual([
    `gen_ai_client_operation_duration_seconds_sum{${common}gen_ai_response_model="asked",assay_prompt_version="1.1"} 2`,
    `gen_ai_client_operation_duration_seconds_sum{${common}assay_prompt_version="1.1",error_type="time_out"} 60`,
  ]);
});

test('names of models that a provider sends are limited in number and form', async () => {
  const { usage, series } = openUsage();
  for (const model of ['I am sad', 'x'.repeat(101), ...Array.from({ length: 50 }, (_, index) => `m${index}`)])
    usage.count({ ...used, completionTokens: null, model }, '1.1');
  const names = (await series('gen_ai_client_token_usage_sum')).map(
    (line) => /response_model="([^"]*)"/.exec(line)?.[1],
  );
  expect(names).toEqual(['other', ...Array.from({ length: 20 }, (_, index) => `m${index}`)]);
});

test.each([
  ['api.openai.com', 'openai'],
  ['team.openai.azure.com', 'azure.ai.openai'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['api.x.ai', 'x_ai'],
  ['api.notx.ai', 'openai'],
  ['127.0.0.1:11434', 'openai'],
])('the provider at %s is %s', (host, name) => {
  expect(genAiProvider(host)).toBe(name);
});
