import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { workMessages } from './sabotage.ts';

/** The program's defaults, for which the limits hold. */
const DEFAULTS = { LEASE_MS: '15000', AI_TIMEOUT_MS: '60000' };

test('work of crashed workers is taken over within 15 s in the median and 35 s at most', async () => {
  await using fleet = await Fleet.start({ workers: 5, env: DEFAULTS });
  const visitor = await fleet.visitor();
  const { model } = fleet.world;
  model.hold();
  const ids = await fleet.submitMany(visitor, 20);
  await model.waitForCalls(20);
  await fleet.workers.at(-1)?.kill();
  // Half-way between two renewals: two and a half of fifteen seconds have passed.
  await until(async () => (await medianLeaseMs(fleet.world)) < 12_500, { label: 'a moment between two renewals' });
  const killed = fleet.workers.slice(0, 4);
  await Promise.all(killed.map((worker) => worker.kill()));
  const at = Date.now();
  await fleet.workers.at(-1)?.start({ env: { WORKER_CONCURRENCY: '30' } });
  await model.waitForCalls(40, { timeoutMs: 60_000 });
  model.release();
  const waits = ids.map((id) => (model.callsFor(id)[1]?.at ?? 0) - at).toSorted((a, b) => a - b);
  const [p50 = 0, max = 0] = [waits[waits.length >> 1], waits.at(-1)];
  console.log(
    JSON.stringify({ measured: 'crash to work taken up again', count: waits.length, p50Ms: p50, maxMs: max }),
  );
  expect(p50).toBeLessThanOrEqual(15_000);
  expect(max).toBeLessThanOrEqual(35_000);
  await fleet.expectInvariants({ extraPaidCalls: 1 });
});

/** The median of the remaining lease times. */
async function medianLeaseMs(world: Fleet['world']): Promise<number> {
  const [row] = await world.sql<{ left: number }>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (extract(epoch from lease_until - now()) * 1000)::float8) AS left
     FROM test_assessment WHERE status = 'processing'`,
  );
  return row?.left ?? Number.NaN;
}

test('10,000 open assessments whose messages are wiped are all dispatched again within 60 s, and all end', async () => {
  const count = 10_000;
  await using fleet = await Fleet.start({ env: { ...DEFAULTS, WORKER_CONCURRENCY: '40' } });
  const { world } = fleet;
  await fleet.visitor();
  world.model.hold();
  await world.sql(
    `INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch, dispatched_at)
     SELECT gen_random_uuid(), $1, 'wellbeing-check@1', $2, '', gen_random_uuid()::text, false, now() - interval '1 min'
     FROM generate_series(1, ${count})`,
    [randomUUID(), JSON.stringify(wellbeingAnswers)],
  );
  await until(async () => (await workMessages(world)) === count, {
    timeoutMs: 60_000,
    label: 'the first dispatch of all',
  });
  await fleet.nats.wipe();
  const at = performance.now();
  await until(async () => (await workMessages(world).catch(() => 0)) >= count - 200, {
    timeoutMs: 60_000,
    label: 'all to be in the stream again',
  });
  const seconds = Math.round((performance.now() - at) / 100) / 10;
  console.log(JSON.stringify({ measured: 'wiped broker to all dispatched again', count, seconds }));
  world.model.release();
  await fleet.expectInvariants({ endWithinMs: 170_000, extraPaidCalls: 1, othersStored: count });
}, 300_000);
