import type { ModelPrice } from '../src/config.ts';
import { costOf, type Used } from '../src/consumers/usage.ts';

/** Calls, and tokens as the provider reports them: null without a report. */
export type Spent = {
  calls: number;
  promptTokens: number | null;
  completionTokens: number | null;
  /** By currency, as far as MODEL_PRICES_FILE has prices. */
  cost: Record<string, number>;
};

export const noneSpent: Spent = { calls: 0, promptTokens: null, completionTokens: null, cost: {} };
export const oneCall: Spent = { ...noneSpent, calls: 1 };

/** Counts a reply of a call, which is counted by itself. */
export type CountReply = (used: Used) => Spent;

export const countReplies =
  (asked: string, prices: ReadonlyMap<string, ModelPrice>): CountReply =>
  (used) => {
    const { promptTokens, completionTokens } = used;
    const cost = costOf(used, asked, prices);
    return {
      calls: 0,
      promptTokens,
      completionTokens,
      cost: cost === undefined ? {} : { [cost.currency]: cost.amount },
    };
  };

export const sumOf = (all: readonly Spent[]): Spent =>
  all.reduce(
    (sum, one) => ({
      calls: sum.calls + one.calls,
      promptTokens: plus(sum.promptTokens, one.promptTokens),
      completionTokens: plus(sum.completionTokens, one.completionTokens),
      cost: Object.fromEntries(
        [...new Set([...Object.keys(sum.cost), ...Object.keys(one.cost)])].map((currency) => [
          currency,
          (sum.cost[currency] ?? 0) + (one.cost[currency] ?? 0),
        ]),
      ),
    }),
    noneSpent,
  );

const plus = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : one + other;
