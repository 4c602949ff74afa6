import { sumOfFaults } from '../counts.ts';
import { startFleet, type Bench } from '../fleet.ts';
import { figure, type Scenario } from '../scenario.ts';
import { fillRows } from '../stored-rows.ts';
import { concurrencyOf, measureDrain } from './drain.ts';

/** Whether ended assessments slow down new work. */
export const rows: Scenario = {
  name: 'rows',
  about: 'drain with an empty database, and with many ended assessments in it',
  byDefault: false,
  conditions: ({ rows: stored, jobs, concurrency }) =>
    `${jobs} assessments with 0 and with ${stored} rows stored, model 0 ms, worker concurrency ${concurrency}`,
  async run(bench) {
    const empty = await drainWith(bench, 0);
    const full = await drainWith(bench, bench.options.rows);
    const cpu = (of: typeof empty): number => of.drained.cpuPer1000['postgres'] ?? Number.NaN;
    return {
      figures: [
        figure('jobsPerSecondEmpty', 'jobs/s, empty', empty.drained.jobsPerSecond),
        figure('jobsPerSecondFull', 'jobs/s, full', full.drained.jobsPerSecond),
        figure('jobsRatio', 'jobs/s, full : empty', full.drained.jobsPerSecond / empty.drained.jobsPerSecond),
        figure('postgresCpuRatio', 'CPU of postgres, full : empty', definite(cpu(full) / cpu(empty))),
      ],
      faults: sumOfFaults([empty.faults, full.faults]),
      reasons: [...empty.reasons, ...full.reasons],
    };
  },
};

async function drainWith(bench: Bench, stored: number) {
  await using fleet = await startFleet(bench, {
    env: concurrencyOf(bench),
    prepare: (sql) => (stored === 0 ? Promise.resolve() : fillRows(sql, stored)),
  });
  return await measureDrain(fleet, bench.options);
}

const definite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
