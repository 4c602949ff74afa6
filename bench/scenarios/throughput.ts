import { setTimeout as pause } from 'node:timers/promises';
import type { Tally } from '../counts.ts';
import { startFleet, type Fleet } from '../fleet.ts';
import { figure, type Scenario } from '../scenario.ts';
import { percentile, perSecond } from '../statistics.ts';
import { cpuPer1000, cpuSeconds } from '../usage.ts';
import { Visitors } from '../visitors.ts';

/** After this time without an end, no further end is expected. */
const SILENCE_MS = 20_000;

/** Submits only, with one worker in the background. */
export const throughput: Scenario = {
  name: 'throughput',
  about: 'submits/s of one api, and how long each takes',
  byDefault: true,
  conditions: ({ inFlight, seconds }) => `${inFlight} submits in flight for ${seconds} s, model 0 ms, one worker`,
  async run(bench) {
    const { inFlight, seconds, warmUp, keys } = bench.options;
    await using fleet = await startFleet(bench);
    const visitors = await Visitors.connect(fleet.api.url, keys);
    try {
      await visitors.warmUp(warmUp, inFlight);
      const before = cpuSeconds(fleet.parts());
      const { latencies, ms } = await submitFor(seconds * 1000, inFlight, visitors);
      const { api } = cpuPer1000(before, cpuSeconds(fleet.parts()), latencies.length);
      const lost = await neverCompleted(fleet, visitors.tally);
      return {
        figures: [
          figure('submitsPerSecond', 'submits/s', perSecond(latencies.length, ms)),
          figure('latencyP50Ms', 'latency p50, ms', percentile(latencies, 0.5)),
          figure('latencyP99Ms', 'latency p99, ms', percentile(latencies, 0.99)),
          figure('cpuSecondsPer1000.api', 'CPU-s per 1,000: api', api),
        ],
        faults: visitors.tally.faults(await fleet.model.paidTwice(), lost),
        reasons: visitors.tally.reasons,
      };
    } finally {
      await visitors.close();
    }
  },
};

async function submitFor(durationMs: number, inFlight: number, visitors: Visitors) {
  const latencies: number[] = [];
  const from = performance.now();
  const lane = async (_: unknown, nth: number): Promise<void> => {
    for (let now = performance.now(); now < from + durationMs; now = performance.now()) {
      // oxlint-disable-next-line no-await-in-loop -- a lane has one submit in flight
      if ((await visitors.submit(nth)) === undefined) return; // counted; a loop of refusals would measure nothing
      latencies.push(performance.now() - now);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { latencies, ms: performance.now() - from };
}

/** Number of accepted assessments that never complete, by their rows, since most have no subscription. */
async function neverCompleted(fleet: Fleet, tally: Tally): Promise<number> {
  let seen = -1;
  let deadline = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- looks come one after another
    const [row] = await fleet.sql<{ completed: number }>(
      `SELECT count(*)::int AS completed FROM test_assessment a JOIN result_test r ON r.assessment_id = a.id
       WHERE a.status = 'completed'`,
    );
    const completed = row?.completed ?? 0;
    if (completed !== seen) deadline = performance.now() + SILENCE_MS;
    seen = completed;
    if (completed >= tally.acceptedCount || performance.now() > deadline) return tally.acceptedCount - completed;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pause(200);
  }
}
