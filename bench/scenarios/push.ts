import { setTimeout as pause } from 'node:timers/promises';
import { startFleet } from '../fleet.ts';
import { figure, type Scenario } from '../scenario.ts';
import { percentile } from '../statistics.ts';
import { cpuPer1000, cpuSeconds } from '../usage.ts';
import { Visitors } from '../visitors.ts';
import { cpuFigures } from './drain.ts';

const MODEL_MS = 50;
/** The default number of slots of a worker. */
const WARM_UP_IN_FLIGHT = 5;

/** The wait of a subscriber at a rate below the program's limit. */
export const push: Scenario = {
  name: 'push',
  about: 'time from when a submit is due to its push, at a fixed rate',
  byDefault: true,
  conditions: ({ rate, seconds }) => `${rate} submits a second for ${seconds} s, model ${MODEL_MS} ms`,
  async run(bench) {
    const { rate, seconds, warmUp, keys } = bench.options;
    await using fleet = await startFleet(bench, { modelMs: MODEL_MS });
    const visitors = await Visitors.connect(fleet.api.url, keys);
    try {
      await visitors.warmUp(warmUp, WARM_UP_IN_FLIGHT);
      const before = cpuSeconds(fleet.parts());
      const latencies = await submitAtRate(rate, rate * seconds, visitors);
      const cpu = cpuPer1000(before, cpuSeconds(fleet.parts()), rate * seconds);
      return {
        figures: [
          figure('pushP50Ms', 'push p50, ms', percentile(latencies, 0.5)),
          figure('pushP95Ms', 'push p95, ms', percentile(latencies, 0.95)),
          figure('pushP99Ms', 'push p99, ms', percentile(latencies, 0.99)),
          ...cpuFigures(cpu),
        ],
        faults: visitors.tally.faults(await fleet.model.paidTwice()),
        reasons: visitors.tally.reasons,
      };
    } finally {
      await visitors.close();
    }
  },
};

/**
 * Open loop: each submit has a due time, independent of earlier ones, and its latency counts from that time. In a closed
 * loop a stalled server would get fewer submits, and their waits would be missing.
 */
async function submitAtRate(rate: number, count: number, visitors: Visitors): Promise<number[]> {
  const latencies: number[] = [];
  const submits: Promise<void>[] = [];
  const from = performance.now();
  for (let nth = 0; nth < count; nth += 1) {
    const due = from + (nth * 1000) / rate;
    // oxlint-disable-next-line no-await-in-loop -- one due time after another
    if (due > performance.now()) await pause(due - performance.now());
    submits.push(visitors.submitAndFollow(nth, (at) => void latencies.push(at - due)));
  }
  await Promise.all(submits);
  await visitors.allPushed();
  return latencies;
}
