import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Fleet } from '../faults/fleet.ts';
import type { Visitor } from '../faults/visitors.ts';
import { clientPrograms } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { usualReply } from './faults/model.ts';
import { cutUntil, submitUntil } from './people.ts';
import { randomFrom, type Random } from './random.ts';
import { countAll, countBy } from './report.ts';
import { drawSchedule } from './schedule.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? 1);
const minutes = Number(process.env['CHAOS_MINUTES'] ?? 2);
/** One PostgreSQL and one nats-server, in place of a standby and a cluster. */
const single = process.env['CHAOS_SINGLE'] === '1';
/** The longest pause between two faults. */
const CALM_MS = 4_000;
const RECOVERED_WITHIN_MS = 120_000;
/** From the last fault until every assessment has ended and every subscriber was told. */
const SETTLED_WITHIN_MS = 120_000;

/** A fault, and the time from its end until a new submission was completed; undefined if none was within the limit. */
type Broken = { kind: string; recoveryMs: number | undefined };

test(`under random faults every accepted submission ends once, and its subscriber is told once (seed ${seed}, ${minutes} min)`, async () => {
  const standby = !single && clientPrograms() !== undefined;
  if (!single && !standby) console.log('left out: fail-over, since pg_basebackup is missing');
  const env = { MAX_ATTEMPTS: '20', LEASE_MS: '5000', MAX_QUEUE_DEPTH: '100000' };
  await using fleet = await Fleet.start({ env, cluster: !single, standby });
  fleet.world.model.script(() => usualReply);
  const visitors = await Promise.all(Array.from({ length: 4 }, () => fleet.visitor()));
  const end = performance.now() + minutes * 60_000;
  const load = submitUntil(visitors, randomFrom(seed), end);
  const cutting = cutUntil(visitors, randomFrom(seed), end);
  const broken = await breakThings(fleet, randomFrom(seed), end);
  await load;
  const settledMs = await settle(fleet);
  await report(fleet, { broken, cuts: await cutting, settledMs });
}, 2_147_483_647);

/** Causes one fault after the other, each after the recovery from the one before, until one has no recovery. */
async function breakThings(fleet: Fleet, random: Random, end: number): Promise<Broken[]> {
  const broken: Broken[] = [];
  const canary = await fleet.visitor();
  for (const fault of drawSchedule(fleet, random)) {
    const calmMs = CALM_MS * random.number();
    console.log(`${new Date().toISOString()} ${fault.kind} for ${fault.lastsMs} ms`);
    await fault.begin();
    await pause(fault.lastsMs);
    await fault.end();
    const recoveryMs = await recovery(canary);
    console.log(recoveryMs === undefined ? 'no recovery' : `recovered in ${recoveryMs} ms`);
    broken.push({ kind: fault.kind, recoveryMs });
    if (recoveryMs === undefined || performance.now() + calmMs >= end) return broken;
    await pause(calmMs);
  }
  return broken;
}

async function recovery(canary: Visitor): Promise<number | undefined> {
  const began = performance.now();
  const recover = async (): Promise<void> => {
    const { id = '' } = await canary.submit(RECOVERED_WITHIN_MS);
    const followed = canary.follow(id);
    await until(() => followed.completed, { timeoutMs: RECOVERED_WITHIN_MS });
  };
  return await recover().then(
    () => Math.round(performance.now() - began),
    () => undefined,
  );
}

/** Resolves to the time until everything has ended and was told, or undefined if some of it did not within the limit. */
async function settle(fleet: Fleet): Promise<number | undefined> {
  const began = performance.now();
  const isSettled = async (): Promise<boolean> => {
    const { open, missed } = await countAll(fleet);
    return open === 0 && missed === 0;
  };
  return await until(isSettled, { timeoutMs: SETTLED_WITHIN_MS, intervalMs: 500 }).then(
    () => Math.round(performance.now() - began),
    () => undefined,
  );
}

type Run = { broken: Broken[]; cuts: number; settledMs: number | undefined };

async function report(fleet: Fleet, { broken, cuts, settledMs }: Run): Promise<void> {
  const counts = await countAll(fleet);
  const recoveries = broken.flatMap(({ recoveryMs }) => recoveryMs ?? []).toSorted((a, b) => a - b);
  const notRecovered = broken.filter((one) => one.recoveryMs === undefined).map(({ kind }) => kind);
  const recoveryMs = { p50: recoveries[recoveries.length >> 1], max: recoveries.at(-1) };
  const faults = countBy(broken.map(({ kind }) => kind));
  console.log(JSON.stringify({ seed, minutes, faults, cuts, ...counts, recoveryMs, settledMs }));
  const { unanswered, open, failed, lost, doubled, missed } = counts;
  const wanted = { unanswered: 0, open: 0, failed: 0, lost: 0, doubled: 0, missed: 0, notRecovered: [] };
  expect({ unanswered, open, failed, lost, doubled, missed, notRecovered }).toEqual(wanted);
  await fleet.expectInvariants({ extraPaidCalls: 3, repairs: 3 });
  expect(counts.paidCallsPerAssessment).toBeLessThanOrEqual(1.02);
}
