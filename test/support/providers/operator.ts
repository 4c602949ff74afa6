import type { TestApp } from '../app.ts';
import { metricsOf } from '../metrics.ts';

/** Fields that hold numbers or names of the test, which could look like a clue. */
const NOT_TOLD = [
  'time',
  'pid',
  'stack',
  'assessmentId',
  'workerId',
  'traceId',
  'requestId',
  'url',
  'probesUrl',
  'delayMs',
];

const WARNINGS = ['warn', 'error', 'fatal'];
/** The log of an operator has the default level. */
const SHOWN = ['info', ...WARNINGS];

type Line = Record<string, unknown>;

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !NOT_TOLD.includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, stripped(inner)]));
}

export type Operator = { warnings: number; isPaused: boolean; told: string };

/** The view of an operator of a program: the log at its default level, and the metrics that are not 0. */
export async function operatorOf(app: Pick<TestApp, 'logs' | 'probesUrl'>): Promise<Operator> {
  const lines = app.logs.filter(({ level }: Line) => SHOWN.includes(String(level)));
  const metrics = (await metricsOf(app))
    .split('\n')
    .filter((line) => line.startsWith('assay_model_') && !/ (0|NaN)$/.test(line));
  return {
    warnings: lines.filter(({ level }) => WARNINGS.includes(String(level))).length,
    isPaused: metrics.some((line) => line.startsWith('assay_model_paused{')),
    told: [
      ...lines.map((line) => JSON.stringify(stripped(line))),
      ...metrics.map((line) => line.slice(0, line.lastIndexOf(' '))),
    ].join('\n'),
  };
}
