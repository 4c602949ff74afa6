import { expect, test } from 'vitest';
import {
  reply,
  drip,
  garbage,
  hang,
  insufficientQuota,
  rateLimit,
  reset,
  status,
  truncated,
} from '../support/model-behaviours.ts';
import { freePort } from '../support/ports.ts';
import { eventually, until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';

test.each([
  ['F47', 'hangs for ever', hang(), 1],
  ['F52', 'resets the connection in the middle of its reply', reset(), 1],
  ['F52', 'ends in the middle of its reply', truncated(), 1],
  ['F52', 'sends its reply a byte at a time', drip(1_000), 1],
  ['F49', 'fails with 500', status(500), 0],
  ['F49', 'fails with 503', status(503), 0],
])(
  '%s: a model that %s once is called again later, and no call stays open',
  async (_row, _what, behaviour, extraPaidCalls) => {
    await using fleet = await Fleet.start({ apis: 1, workers: 1, env: { AI_TIMEOUT_MS: '1500' } });
    const visitor = await fleet.visitor();
    fleet.world.model.script([behaviour]);
    const [id] = await fleet.submitMany(visitor, 1);
    await fleet.expectInvariants({ extraPaidCalls: extraPaidCalls });
    expect(await fleet.world.sql('SELECT attempts FROM test_assessment WHERE id = $1', [id])).toEqual([
      { attempts: 2 },
    ]);
    await until(() => fleet.world.model.inFlight === 0);
  },
);

test.each([
  ['in seconds', () => rateLimit({ seconds: 3 })],
  ['as a date', () => rateLimit({ at: new Date(Date.now() + 4_000) })],
  ['in milliseconds', () => rateLimit({ ms: 3_000 })],
])('F48: a rate limit with its wait %s is kept by the whole worker and counts as no attempt', async (_form, limit) => {
  await using fleet = await Fleet.start({ apis: 1, workers: 1, env: { WORKER_CONCURRENCY: '1' } });
  const visitor = await fleet.visitor();
  let isFirst = true;
  // Made at the call, so that a date is still ahead.
  fleet.world.model.script(() => {
    const behaviour = isFirst ? limit() : reply();
    isFirst = false;
    return behaviour;
  });
  await fleet.submitMany(visitor, 3);
  await fleet.expectInvariants();
  const [first, second] = fleet.world.model.calls;
  expect((second?.at ?? 0) - (first?.at ?? 0), 'no call during the wait').toBeGreaterThanOrEqual(2_900);
  expect(await fleet.world.sql('SELECT DISTINCT attempts FROM test_assessment')).toEqual([{ attempts: 1 }]);
});

test('F49: a provider that fails for long gets few calls, and all assessments complete after it', async () => {
  await using fleet = await Fleet.start({ env: { MAX_ATTEMPTS: '20' } });
  const visitor = await fleet.visitor();
  let healthy = false;
  fleet.world.model.script(() => (healthy ? reply() : status(503)));
  await fleet.submitMany(visitor, 30);
  await until(async () => (await fleet.worker.metric('assay_model_paused')) > 0, { timeoutMs: 30_000 });
  const before = fleet.world.model.calls.length;
  expect(before, 'the circuit opened before each assessment had failed often').toBeLessThan(60);
  healthy = true;
  await fleet.expectInvariants({ endWithinMs: 150_000 });
});

test.each([
  ['a wrong key', status(401)],
  ['a forbidden one', status(403)],
  ['an unknown model', status(404)],
])('F50: %s pauses the worker and fails no assessment, and work goes on after it', async (_what, refusal) => {
  await using fleet = await Fleet.start({ apis: 1, workers: 1 });
  const visitor = await fleet.visitor();
  const { model } = fleet.world;
  model.script(() => refusal);
  model.scriptLooks(refusal);
  await fleet.submitMany(visitor, 20);
  await until(async () => (await fleet.worker.metric('assay_model_paused')) > 0);
  expect(await fleet.world.sql("SELECT 1 FROM test_assessment WHERE status = 'failed'")).toEqual([]);
  // Five slots, and three refusals for which the look at the start is enough.
  expect(model.calls.length).toBeLessThanOrEqual(8);
  model.script([]);
  model.scriptLooks(reply());
  await fleet.expectInvariants({ endWithinMs: 120_000 });
});

test('F50: a used-up quota pauses the worker and fails no assessment', async () => {
  await using fleet = await Fleet.start({ apis: 1, workers: 1 });
  const visitor = await fleet.visitor();
  fleet.world.model.script(() => insufficientQuota());
  fleet.world.model.scriptLooks(insufficientQuota());
  const ids = await fleet.submitMany(visitor, 20);
  await until(async () => (await fleet.worker.metric('assay_model_paused')) > 0);
  expect(fleet.world.model.calls.length).toBeLessThanOrEqual(6);
  const open = await fleet.world.sql("SELECT 1 FROM test_assessment WHERE status IN ('submitted', 'processing')");
  expect(open).toHaveLength(ids.length);
});

test.each([400, 422])('F51: a request that the provider rejects with %i uses up its own attempts', async (code) => {
  await using fleet = await Fleet.start({ apis: 1, workers: 1, env: { MAX_ATTEMPTS: '2' } });
  const visitor = await fleet.visitor();
  fleet.world.model.script([status(code), status(code)]);
  await fleet.submitMany(visitor, 1);
  await fleet.expectInvariants({ status: 'failed' });
  expect(await fleet.world.sql('SELECT failure_code FROM test_assessment')).toEqual([{ failure_code: 'AI_REJECTED' }]);
  expect(fleet.world.model.calls).toHaveLength(2);
});

test('F53: a provider that can not be reached uses no attempt', async () => {
  const env = { OPENAI_BASE_URL: `http://127.0.0.1:${await freePort()}/v1` };
  await using fleet = await Fleet.start({ apis: 1, workers: 1, env });
  const visitor = await fleet.visitor();
  const { id } = await visitor.submit();
  await until(async () => (await fleet.worker.metric('assay_model_paused')) > 0);
  await eventually(async () => {
    const rows = await fleet.world.sql('SELECT status, attempts FROM test_assessment WHERE id = $1', [id]);
    expect(rows).toEqual([{ status: 'submitted', attempts: 0 }]);
  });
});

test('F54: an invalid reply gets one repair call, and a second one fails with AI_INVALID_OUTPUT', async () => {
  await using fleet = await Fleet.start({ apis: 1, workers: 1 });
  const visitor = await fleet.visitor();
  fleet.world.model.script([garbage('{"recommendations": ['), garbage('<html>')]);
  await fleet.submitMany(visitor, 1);
  await fleet.expectInvariants({ status: 'failed', repairs: 1 });
  expect(await fleet.world.sql('SELECT code FROM dead_letter')).toEqual([{ code: 'AI_INVALID_OUTPUT' }]);
});
