import type { Right, Scenario } from './scenario.ts';

export type State = { status: string; code: string | null };

/** The outcome of the assessments of a scenario. */
export type Seen = {
  states: readonly State[];
  /** The most paid calls for one assessment. */
  paidMost: number;
  /** Warnings and errors in the log. */
  warnings: number;
  /** A metric says that no calls are made. */
  isPaused: boolean;
  /** Lines of the log, and names and labels of metrics that are not 0. */
  told: string;
};

const PAID_MAX = 2;

export const hasEnded = ({ status }: State): boolean => ['completed', 'failed', 'cancelled'].includes(status);
export const hasFailed = ({ status }: State): boolean => status === 'failed' || status === 'cancelled';

/** Rights that let an assessment fail. */
const MAY_FAIL: readonly Right[] = ['refused', 'rejected', 'unusable'];

export const mayFail = ({ right }: Scenario): boolean => right.some((one) => MAY_FAIL.includes(one));

/** The lack of each right outcome; empty if one of them has come. */
export function lacks({ right, clue }: Scenario, seen: Seen): string[] {
  const missing = right.map((outcome) => [outcome, lackOf[outcome](seen, clue)] as const);
  if (missing.some(([, lack]) => lack === undefined)) return [];
  return missing.map(([outcome, lack]) => `not "${outcome}": ${lack}`);
}

type Judge = (seen: Seen, clue?: RegExp) => string | undefined;

const each =
  (isRight: (state: State) => boolean, then: Judge = () => undefined): Judge =>
  (seen, clue) =>
    seen.states.every(isRight) ? then(seen, clue) : tally(seen.states);

const isTold: Judge = ({ warnings, isPaused }) =>
  warnings > 0 || isPaused ? undefined : 'no warning and no pause tells an operator';

const saysWhy: Judge = ({ told }, clue = /(?:)/) =>
  clue.test(told) ? undefined : `neither log nor metrics have ${String(clue)}`;

const failedAs =
  (code: string) =>
  (state: State): boolean =>
    state.status === 'failed' && state.code === code;

const lackOf: Record<Right, Judge> = {
  completes: each(
    ({ status }) => status === 'completed',
    ({ paidMost }) => (paidMost > PAID_MAX ? `${paidMost} paid calls for one assessment` : undefined),
  ),
  refused: each(failedAs('AI_REFUSED')),
  rejected: each(failedAs('AI_REJECTED'), saysWhy),
  waits: each(
    (state) => !hasFailed(state),
    (seen, clue) => (seen.states.every(hasEnded) ? 'none of them waits' : (isTold(seen) ?? saysWhy(seen, clue))),
  ),
  unusable: each((state) => !hasFailed(state) || failedAs('AI_INVALID_OUTPUT')(state), isTold),
};

/** "3 completed, 3 failed AI_REJECTED" */
export const tally = (states: readonly State[]): string =>
  Object.entries(Object.groupBy(states, ({ status, code }) => (code === null ? status : `${status} ${code}`)))
    .map(([kind, list = []]) => `${list.length} ${kind}`)
    .join(', ');
