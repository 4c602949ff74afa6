import { availableParallelism } from 'node:os';
import { sumOfFaults, type Faults } from './counts.ts';
import type { Options } from './options.ts';
import type { Outcome, Scenario } from './scenario.ts';
import type { Servers } from './servers.ts';
import { spread, type Spread } from './statistics.ts';

/** One scenario over all repetitions, without figures that this machine can't measure. */
export type Summary = {
  scenario: string;
  conditions: string;
  figures: ({ key: string; label: string } & Spread)[];
  faults: Faults;
  reasons: string[];
};

export type Report = {
  machine: { cores: number; platform: string; node: string; postgres: string; nats: string };
  options: Options;
  scenarios: Summary[];
  faults: Faults;
};

export function reportOf(options: Options, { versions }: Servers, scenarios: Summary[]): Report {
  const machine = {
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    ...versions,
  };
  return { machine, options, scenarios, faults: sumOfFaults(scenarios.map(({ faults }) => faults)) };
}

export function summaryOf({ name, conditions }: Scenario, options: Options, outcomes: readonly Outcome[]): Summary {
  const figures = outcomes[0]?.figures ?? [];
  const valuesOf = (wanted: string): number[] =>
    outcomes.flatMap((outcome) =>
      outcome.figures.flatMap(({ key, value }) => (key === wanted && value !== undefined ? [value] : [])),
    );
  return {
    scenario: name,
    conditions: conditions(options),
    figures: figures
      .filter(({ value }) => value !== undefined)
      .map(({ key, label }) => ({ key, label, ...spread(valuesOf(key)) })),
    faults: sumOfFaults(outcomes.map(({ faults }) => faults)),
    reasons: [...new Set(outcomes.flatMap(({ reasons }) => reasons))],
  };
}

/** The report as a table. */
export function tableOf({ machine, options, scenarios }: Report): string {
  const { cores, platform, node, postgres, nats } = machine;
  return [
    `${cores} cores, ${platform}, Node ${node}, PostgreSQL ${postgres}, NATS ${nats}`,
    ...(options.reps > 1 ? [`${options.reps} repetitions: median, least and most`] : []),
    ...scenarios.flatMap((summary) => linesOf(summary, options.reps)),
  ].join('\n');
}

function linesOf({ scenario, conditions, figures, faults, reasons }: Summary, reps: number): string[] {
  const { lost, duplicates, paidTwice, refused } = faults;
  return [
    '',
    `${scenario}: ${conditions}`,
    ...figures.map(({ label, median, least, most }) => {
      const range = reps > 1 ? `   ${readable(least)} – ${readable(most)}` : '';
      return `  ${label.padEnd(38)}${readable(median).padStart(9)}${range}`;
    }),
    `  lost ${lost}, pushed twice ${duplicates}, paid twice ${paidTwice}, refused ${refused}`,
    ...reasons.map((reason) => `    ${reason}`),
  ];
}

/** At least three digits; more would be noise. */
function readable(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: Math.min(3, digits) });
}
