import { describe, expect, test } from 'vitest';
import { startObserver } from '../adapters/broker/broker.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import {
  reply,
  contentFilter,
  cutOff,
  garbage,
  hang,
  insufficientQuota,
  rateLimit,
  rawBody,
  refusal,
  reset,
  status,
  truncated,
  type Behaviour,
} from '../support/model-behaviours.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { looked, metricsOf } from '../support/metrics.ts';
import { createWorld } from '../support/world.ts';

type Row = { status: string; attempts: number; version: number };

async function rowOf({ world }: TestApp, id: string): Promise<Row | undefined> {
  const [row] = await world.sql<Row>('SELECT status, attempts, version FROM test_assessment WHERE id = $1', [id]);
  return row;
}

/** Submits an assessment while the model behaves as given, and waits for its end as a browser does. */
async function endOfOne(app: TestApp, client: Client, behaviours: Behaviour[]) {
  app.world.model.script(behaviours);
  const id = await client.submit();
  const [event] = await client.completion(id);
  const { assessment } = event.data.recommendationCompleted;
  return { id, assessment, row: await rowOf(app, id), calls: app.world.model.callsFor(id) };
}

/** A date goes over the wire in whole seconds. */
const inThreeSeconds = (): Date => new Date(Math.floor(Date.now() / 1_000) * 1_000 + 3_000);

test.each<[string, () => { behaviour: Behaviour; earliest: (firstAt: number) => number }]>([
  ['in seconds', () => ({ behaviour: rateLimit({ seconds: 2 }), earliest: (firstAt) => firstAt + 2_000 })],
  ['in milliseconds', () => ({ behaviour: rateLimit({ ms: 1_300 }), earliest: (firstAt) => firstAt + 1_300 })],
  [
    'as a date',
    () => {
      const at = inThreeSeconds();
      return { behaviour: rateLimit({ at }), earliest: () => at.getTime() };
    },
  ],
])('429 with a delay (%s): no call is made before, and it was no attempt', async (_, caseOf) => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '1', MAX_ATTEMPTS: '1' } });
  const client = await app.client();
  const { behaviour, earliest } = caseOf();
  app.world.model.hold();
  app.world.model.script([behaviour]);
  const ids = [await client.submit(), await client.submit()];
  await app.world.model.waitForCalls(1);
  app.world.model.release();
  const events = await Promise.all(ids.map((id) => client.completion(id)));
  for (const [event] of events) expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
  const [first, second, ...more] = app.world.model.calls;
  expect(second?.at).toBeGreaterThanOrEqual(earliest(first?.at ?? Number.NaN));
  expect(more).toHaveLength(1);
  for (const id of ids) expect(await rowOf(app, id)).toMatchObject({ attempts: 1 });
  expect(app.world.model.paidFor(ids[0] ?? '')).toHaveLength(1);
});

test('a repair that fails is tried again, and the reply to be repaired is paid for once', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '1' } });
  const client = await app.client();
  const { assessment, calls, row } = await endOfOne(app, client, [garbage('nonsense'), status(500), status(503)]);
  expect(assessment.status).toBe('COMPLETED');
  expect(calls.map(({ key }) => key?.repair)).toEqual([false, true, true, true]);
  expect(row).toMatchObject({ attempts: 3 });
});

test.each<[string, Behaviour, string]>([
  ['a used-up quota', insufficientQuota(), 'quota'],
  ['a wrong key', status(401), 'configuration'],
  ['an unknown model', status(404), 'configuration'],
])(
  '%s fails no assessment: work waits until a made-up assessment is answered, and goes on by itself',
  async (_, behaviour, reason) => {
    await using app = await startApp({ env: { WORKER_CONCURRENCY: '1', MAX_ATTEMPTS: '1' } });
    const client = await app.client();
    const { model } = app.world;
    await looked(app);
    model.script(() => behaviour);
    model.scriptLooks(behaviour);
    const first = await client.submit();
    await until(async () => (await rowOf(app, first))?.version === 3);
    expect(await rowOf(app, first)).toMatchObject({ status: 'submitted', attempts: 0 });
    const second = await client.submit();
    await until(async () => (await metricsOf(app)).includes(`assay_model_paused{reason="${reason}"} 1`));
    expect(await rowOf(app, second)).toMatchObject({ status: 'submitted', attempts: 0, version: 1 });
    expect(model.calls).toHaveLength(1);
    expect(app.logs.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ reason, status: expect.any(Number), host: new URL(model.url).host }),
    ]);
    model.script([]);
    model.scriptLooks(reply());
    await Promise.all([client.completion(first), client.completion(second)]);
    expect(await rowOf(app, first)).toMatchObject({ status: 'completed', attempts: 1 });
  },
);

test.each<[string, Behaviour, Record<string, string>]>([
  ['500', status(500), {}],
  ['503', status(503), {}],
  ['a hanging provider', hang(), { AI_TIMEOUT_MS: '1000' }],
  ['a reset connection', reset(), {}],
  ['a reply that breaks off', truncated(), {}],
])('%s, and the next attempt succeeds with the same key', async (_, behaviour, env) => {
  await using app = await startApp({ env });
  const { assessment, row, calls } = await endOfOne(app, await app.client(), [behaviour]);
  expect(assessment).toMatchObject({ status: 'COMPLETED', version: 5 });
  expect(row).toMatchObject({ attempts: 2 });
  expect(calls).toHaveLength(2);
  expect(calls[0]?.idempotencyKey).toBe(calls[1]?.idempotencyKey);
  expect(calls[0]?.key).toMatchObject({ round: 1, repair: false });
});

test('a provider that refuses connections costs no attempt, and the work goes on when it is back', async () => {
  await using world = await createWorld();
  const proxy = await startProxy(world.model.url);
  const env = { OPENAI_BASE_URL: `http://127.0.0.1:${proxy.port}/v1`, MAX_ATTEMPTS: '1' };
  await using app = await startApp({ world, env });
  const client = await app.client();
  await looked(app);
  await proxy.setMode('down');
  const id = await client.submit();
  await until(async () => ((await rowOf(app, id))?.version ?? 0) >= 3);
  await proxy.setMode('pass');
  await client.completion(id);
  expect(await rowOf(app, id)).toMatchObject({ status: 'completed', attempts: 1 });
  expect(world.model.callsFor(id)).toHaveLength(1);
  await proxy.close();
});

const unusable: [string, Behaviour][] = [
  ['no JSON', garbage('Sleep more.')],
  ['another shape', garbage('{"advice":"Sleep more."}')],
  ['a summary of 10,000 characters', reply({ summary: 'x'.repeat(10_000) })],
  ['no recommendations', reply({ recommendations: [] })],
  ['cut off', cutOff()],
];

test.each<[string, Behaviour]>([
  ['a page', rawBody('<html>Sign in</html>', 'text/html')],
  ['a body that is no JSON', rawBody('{"choices": [')],
  ['an empty body', rawBody('')],
  ['400', status(400)],
  ['403', status(403)],
])('%s in place of the reply to one assessment is its own attempt, and nobody else waits', async (_, behaviour) => {
  await using app = await startApp({ env: { MAX_ATTEMPTS: '2' } });
  const client = await app.client();
  const { assessment, row } = await endOfOne(app, client, [behaviour]);
  expect(assessment).toMatchObject({ status: 'COMPLETED' });
  expect(row).toMatchObject({ attempts: 2 });
  const failed = await endOfOne(app, client, [behaviour, behaviour]);
  expect(failed.assessment).toMatchObject({ status: 'FAILED', failure: { code: 'AI_REJECTED', retryable: false } });
  expect(failed.row).toMatchObject({ attempts: 2 });
  expect(await metricsOf(app)).not.toMatch(/^assay_model_paused\{reason="configuration"\} 1/m);
});

describe.each(unusable)('a useless reply: %s', (_, behaviour) => {
  test('is repaired by one more call with its own key', async () => {
    await using app = await startApp();
    const { assessment, row, calls } = await endOfOne(app, await app.client(), [behaviour]);
    expect(assessment).toMatchObject({ status: 'COMPLETED', version: 3 });
    expect(row).toMatchObject({ attempts: 1 });
    expect(calls.map(({ key }) => key?.repair)).toEqual([false, true]);
  });

  test('fails for good if the repair is no better, and no third reply is paid for', async () => {
    await using app = await startApp();
    const { assessment, calls, id } = await endOfOne(app, await app.client(), [behaviour, behaviour]);
    expect(assessment).toMatchObject({
      status: 'FAILED',
      result: null,
      failure: { code: 'AI_INVALID_OUTPUT', retryable: true },
    });
    expect(calls).toHaveLength(2);
    expect(app.world.model.paidFor(id)).toHaveLength(2);
  });
});

test('a reply in a code fence is accepted without a repair', async () => {
  await using app = await startApp();
  const client = await app.client();
  let body = '';
  app.world.model.script([
    (exchange) => {
      body = JSON.stringify(exchange.call.body.response_format?.json_schema?.schema);
      return reply()(exchange);
    },
  ]);
  await client.completion(await client.submit());
  expect(body).toContain('recommendations');
  const text = JSON.stringify({
    summary: 'You are tired.',
    recommendations: [{ title: 'Sleep', rationale: 'You said so.', action: 'Rest.', area: 'sleep', priority: 'HIGH' }],
  });
  const { assessment, calls } = await endOfOne(app, client, [garbage(`\`\`\`json\n${text}\n\`\`\``)]);
  expect(assessment).toMatchObject({ status: 'COMPLETED', result: { summary: 'You are tired.' } });
  expect(calls).toHaveLength(1);
});

test.each<[string, Behaviour, string, boolean]>([
  ['a refusal', refusal(), 'AI_REFUSED', false],
  ['a content filter', contentFilter(), 'AI_REFUSED', false],
  ['a prompt that is too long', status(400, { type: 'context_length_exceeded' }), 'AI_REJECTED', false],
  ['flagged words', status(400, { type: 'content_filter' }), 'AI_REFUSED', false],
])(
  '%s ends the assessment at the first call, and the browser receives that end',
  async (_, behaviour, code, retryable) => {
    await using app = await startApp();
    const { assessment, row, calls } = await endOfOne(app, await app.client(), [behaviour]);
    expect(assessment).toMatchObject({ status: 'FAILED', version: 3, result: null, failure: { code, retryable } });
    expect(row).toMatchObject({ status: 'failed', attempts: 1 });
    expect(calls).toHaveLength(1);
  },
);

test('an assessment whose attempts are used up ends with a dead letter, in the database and for other services', async () => {
  await using app = await startApp({ env: { MAX_ATTEMPTS: '2' } });
  await using observer = await startObserver(app.world.natsUrl);
  const { assessment, id, calls } = await endOfOne(app, await app.client(), [status(500), status(502)]);
  expect(assessment).toMatchObject({ status: 'FAILED', failure: { code: 'ATTEMPTS_EXHAUSTED', retryable: true } });
  expect(calls).toHaveLength(2);
  expect(await app.world.sql('SELECT * FROM dead_letter')).toMatchObject([
    {
      assessment_id: id,
      round: 1,
      code: 'ATTEMPTS_EXHAUSTED',
      attempts: 2,
      last_error: 'the model provider failed (502)',
    },
  ]);
  const letter = await observer.jsm.streams.getMessage(app.world.wire.deadStream, { seq: 1 });
  expect(JSON.parse(new TextDecoder().decode(letter.data))).toEqual({
    v: 1,
    assessment_id: id,
    session_id: expect.any(String),
    version: 5,
    round: 1,
    code: 'ATTEMPTS_EXHAUSTED',
    attempts: 2,
    last_error: 'the model provider failed (502)',
    timestamp: expect.any(String),
  });
});

test.each<[string, Parameters<typeof reply>[1], number | null]>([
  ['missing', { usage: null }, null],
  ['negative', { usage: { prompt_tokens: -1, completion_tokens: -1, total_tokens: -2 } }, null],
  ['beyond any column', { usage: { prompt_tokens: 3e9, completion_tokens: 1e300, total_tokens: 0 } }, null],
  ['in order', {}, 120],
])('usage that is %s loses no reply', async (_, usage, promptTokens) => {
  await using app = await startApp();
  const { assessment, calls } = await endOfOne(app, await app.client(), [reply({}, usage)]);
  expect(assessment.status).toBe('COMPLETED');
  expect(calls).toHaveLength(1);
  expect(await app.world.sql('SELECT prompt_tokens FROM result_test')).toEqual([{ prompt_tokens: promptTokens }]);
});
