import { sumOfFaults } from '../counts.ts';
import { startFleet, type Bench } from '../fleet.ts';
import { figure, type Scenario } from '../scenario.ts';
import { measureDrain } from './drain.ts';

const MODEL_MS = 300;
const CONCURRENCY = 5;
/** Some 9 s with one worker, which makes some 17 a second on any machine. */
const JOBS_MAX = 150;
const WARM_UP_MAX = 20;

/** Whether a second worker doubles the throughput when the model takes most of the time. */
export const workers: Scenario = {
  name: 'workers',
  about: 'jobs/s of two worker processes against one',
  byDefault: false,
  conditions: ({ jobs }) =>
    `${Math.min(jobs, JOBS_MAX)} assessments, model ${MODEL_MS} ms, worker concurrency ${CONCURRENCY}`,
  async run(bench) {
    const one = await drainBy(bench, 1);
    const two = await drainBy(bench, 2);
    return {
      figures: [
        figure('jobsPerSecondOne', 'jobs/s, one worker', one.drained.jobsPerSecond),
        figure('jobsPerSecondTwo', 'jobs/s, two workers', two.drained.jobsPerSecond),
        figure('jobsRatio', 'jobs/s, two : one', two.drained.jobsPerSecond / one.drained.jobsPerSecond),
      ],
      faults: sumOfFaults([one.faults, two.faults]),
      reasons: [...one.reasons, ...two.reasons],
    };
  },
};

async function drainBy(bench: Bench, count: number) {
  const { jobs, inFlight, warmUp, keys } = bench.options;
  const env = { WORKER_CONCURRENCY: String(CONCURRENCY) };
  await using fleet = await startFleet(bench, { modelMs: MODEL_MS, workers: count, env });
  const few = { jobs: Math.min(jobs, JOBS_MAX), inFlight, warmUp: Math.min(warmUp, WARM_UP_MAX), keys };
  return await measureDrain(fleet, few);
}
