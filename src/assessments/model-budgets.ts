import type { Metrics } from '../metrics.ts';
import type { Budget, Rates } from './rates.ts';

/** A budget under the name that its bucket and its metric have. */
type Named = { name: string; setting: string; budget: Budget };

/** The daily budgets of the calls of the model, which the whole fleet shares. */
export type ModelBudgets = {
  /** How many calls may be begun: 0 once a budget is used up, infinite without budgets. */
  callsLeft(): number;
  /** The budgets that are used up: no call is begun before the next UTC day. */
  usedUp(): readonly { setting: string; perDay: number }[];
  /** When calls may be begun again; undefined while they may. */
  resetsAt(): Date | undefined;
  /** Counts a call that is begun. */
  takeCall(): void;
  /** Counts tokens that are known, or estimated, to be charged. */
  takeTokens(count: number): void;
  /** Sets the gauges. */
  measure(metrics: Pick<Metrics, 'budgetLeft'>): void;
};

/** @param perDay of each kind; 0: no budget */
export function modelBudgets(rates: Rates, perDay: { calls: number; tokens: number }): ModelBudgets {
  const open = (name: string, setting: string, most: number): Named[] =>
    most === 0 ? [] : [{ name, setting, budget: rates.budget(name, most) }];
  const calls = open('model-calls', 'DAILY_MODEL_CALLS', perDay.calls);
  const tokens = open('model-tokens', 'DAILY_TOKENS', perDay.tokens);
  const budgets = [...calls, ...tokens];
  const usedUp = (): Named[] => budgets.filter(({ budget }) => budget.left() < 1);
  return {
    callsLeft() {
      if (usedUp().length > 0) return 0;
      return Math.min(Infinity, ...calls.map(({ budget }) => Math.floor(budget.left())));
    },
    usedUp: () => usedUp().map(({ setting, budget: { perDay: most } }) => ({ setting, perDay: most })),
    resetsAt: () => (usedUp().length > 0 ? new Date(rates.dayEndsAt()) : undefined),
    takeCall() {
      for (const { budget } of calls) budget.take(1);
    },
    takeTokens(count) {
      for (const { budget } of tokens) budget.take(count);
    },
    measure({ budgetLeft }) {
      for (const { name, budget } of budgets) budgetLeft.set({ budget: name }, budget.left());
    },
  };
}
