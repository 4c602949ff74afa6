import type { ReplyContent } from '../src/consumers/reply.ts';
import type { Sheet } from './sheets.ts';

/**
 * How a sheet ended. `first`, `repair`: the reply that fits. `never`: none did. `refused`: the model or its filter gave no
 * reply. `failed`: the provider failed. `unasked`: the run stopped before.
 */
export type End = 'first' | 'repair' | 'never' | 'refused' | 'failed' | 'unasked';

/** Counts as the provider reports them; null without a report. */
export type Spent = { calls: number; promptTokens: number | null; completionTokens: number | null };

/** All that the rules go by. */
export type Seen = {
  sheet: Sheet;
  end: End;
  /** Texts of the model's replies, also of those that did not fit. */
  texts: readonly string[];
  /** The reply that fits. */
  reply: ReplyContent | undefined;
};

export const noneSpent: Spent = { calls: 0, promptTokens: null, completionTokens: null };

export const sumOf = (all: readonly Spent[]): Spent =>
  all.reduce(
    (sum, one) => ({
      calls: sum.calls + one.calls,
      promptTokens: plus(sum.promptTokens, one.promptTokens),
      completionTokens: plus(sum.completionTokens, one.completionTokens),
    }),
    noneSpent,
  );

const plus = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : one + other;
