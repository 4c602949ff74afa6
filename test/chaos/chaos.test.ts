import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Fleet } from '../faults/fleet.ts';
import type { Visitor } from '../faults/visitors.ts';
import { until } from '../support/wait.ts';
import { drawFault, randomFrom } from './schedule.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? 1);
const minutes = Number(process.env['CHAOS_MINUTES'] ?? 2);
/** Milliseconds between two submissions. */
const PACE_MS = 100;
/** The longest pause between two faults. */
const CALM_MS = 4_000;

test(`under random faults every accepted submission ends, with one result at most (seed ${seed}, ${minutes} min)`, async () => {
  const random = randomFrom(seed);
  await using fleet = await Fleet.start({ env: { MAX_ATTEMPTS: '20', LEASE_MS: '5000', MAX_QUEUE_DEPTH: '100000' } });
  const visitors = await Promise.all(Array.from({ length: 4 }, () => fleet.visitor()));
  const end = performance.now() + minutes * 60_000;
  const load = submitUntil(visitors, end);
  const recoveries = await breakThings(fleet, random, end);
  await load;
  await fleet.allEnded(180_000);
  await report(fleet, recoveries);
}, 2_147_483_647);

async function submitUntil(visitors: Visitor[], end: number): Promise<void> {
  const running: Promise<void>[] = [];
  for (let n = 0; performance.now() < end; n++) {
    const visitor = visitors[n % visitors.length] as Visitor;
    running.push(visitor.submit(120_000).then(({ id }) => (id === undefined ? undefined : void visitor.follow(id))));
    await pause(PACE_MS);
  }
  await Promise.all(running);
}

/** Causes one fault after the other; resolves to the times from the mend to the end of a new submission, in milliseconds. */
async function breakThings(fleet: Fleet, random: () => number, end: number): Promise<number[]> {
  const recoveries: number[] = [];
  const canary = await fleet.visitor();
  while (performance.now() < end) {
    const fault = drawFault(fleet, random);
    const began = new Date().toISOString();
    await fault.begin();
    await pause(fault.lastsMs);
    await fault.mend();
    const mended = performance.now();
    const { id } = await canary.submit(120_000);
    const followed = canary.follow(id ?? '');
    await until(() => followed.completed, { label: `recovery from ${fault.name}`, timeoutMs: 120_000 });
    const recovery = Math.round(performance.now() - mended);
    recoveries.push(recovery);
    console.log(`${began} ${fault.name} for ${fault.lastsMs} ms, recovered in ${recovery} ms`);
    await pause(CALM_MS * random());
  }
  return recoveries;
}

async function report(fleet: Fleet, recoveries: number[]): Promise<void> {
  const { model } = fleet.world;
  const rows = await fleet.world.sql<{ id: string; status: string; results: number }>(
    'SELECT id, status, (SELECT count(*)::int FROM result_test r WHERE r.assessment_id = a.id) AS results FROM test_assessment a',
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  const accepted = fleet.visitors
    .flatMap(({ submissions }) => submissions)
    .filter(({ outcome }) => outcome === 'accepted');
  const lost = accepted.filter(({ id }) => !stored.has(id ?? ''));
  const duplicates = rows.filter(({ results }) => results > 1);
  const paid = model.calls.filter(({ charged, key }) => charged !== 'no' && key?.repair === false).length;
  const sorted = recoveries.toSorted((a, b) => a - b);
  const of = (status: string): number => rows.filter((row) => row.status === status).length;
  console.log(
    JSON.stringify({
      seed,
      minutes,
      faults: recoveries.length,
      accepted: accepted.length,
      completed: of('completed'),
      failed: of('failed'),
      lost: lost.length,
      duplicates: duplicates.length,
      paidCallsPerAssessment: Number((paid / rows.length).toFixed(4)),
      recoveryMs: { p50: sorted[sorted.length >> 1], max: sorted.at(-1) },
    }),
  );
  expect({ lost, duplicates }).toEqual({ lost: [], duplicates: [] });
  expect(of('completed') + of('failed')).toBe(rows.length);
  await fleet.expectInvariants({ status: 'any', extraPaidCalls: 3, repairs: 3 });
  expect(paid / rows.length).toBeLessThanOrEqual(1.02);
}
