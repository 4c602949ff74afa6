import { startFleet, type Bench, type Fleet } from '../fleet.ts';
import { figure, type Figure, type Scenario } from '../scenario.ts';
import { perSecond } from '../statistics.ts';
import { cpuPer1000, cpuSeconds, type CpuSeconds } from '../usage.ts';
import { Visitors } from '../visitors.ts';

/** Submits and pushes at full speed with a model that takes no time: the cost of the program itself. */
export const drain: Scenario = {
  name: 'drain',
  about: 'jobs/s from submit to push as fast as it goes, and the CPU time they take',
  byDefault: true,
  conditions: ({ jobs, inFlight, concurrency }) =>
    `${jobs} assessments, ${inFlight} submits in flight, model 0 ms, worker concurrency ${concurrency}`,
  async run(bench) {
    await using fleet = await startFleet(bench, { env: concurrencyOf(bench) });
    const { drained, ...counted } = await measureDrain(fleet, bench.options);
    return {
      ...counted,
      figures: [
        figure('jobsPerSecond', 'jobs/s', drained.jobsPerSecond),
        figure('submitsPerSecond', 'submits/s meanwhile', drained.submitsPerSecond),
        ...cpuFigures(drained.cpuPer1000),
      ],
    };
  },
};

export const concurrencyOf = ({ options }: Bench): Record<string, string> => ({
  WORKER_CONCURRENCY: String(options.concurrency),
});

/** Measures a warm fleet until the last push. */
export async function measureDrain(
  fleet: Fleet,
  { jobs, inFlight, warmUp, keys }: Pick<Bench['options'], 'jobs' | 'inFlight' | 'warmUp' | 'keys'>,
) {
  const visitors = await Visitors.connect(fleet.api.url, keys);
  try {
    await visitors.warmUp(warmUp, inFlight);
    const [before, from] = [cpuSeconds(fleet.parts()), performance.now()];
    await visitors.submitMany(jobs, inFlight);
    const submitsPerSecond = perSecond(jobs, performance.now() - from);
    await visitors.allPushed();
    const cpu = cpuPer1000(before, cpuSeconds(fleet.parts()), jobs);
    const jobsPerSecond = perSecond(jobs, visitors.lastPushAt - from);
    const faults = visitors.tally.faults(await fleet.model.paidTwice());
    return { drained: { jobsPerSecond, submitsPerSecond, cpuPer1000: cpu }, faults, reasons: visitors.tally.reasons };
  } finally {
    await visitors.close();
  }
}

export function cpuFigures(cpu: CpuSeconds): Figure[] {
  return Object.entries(cpu).map(([part, seconds]) =>
    figure(`cpuSecondsPer1000.${part.replace('driver and model', 'driver')}`, `CPU-s per 1,000: ${part}`, seconds),
  );
}
