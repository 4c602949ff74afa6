import type { Seen } from '../seen.ts';

/** The problems of one sheet's replies; empty if the rule is kept, undefined if it says nothing about this sheet. */
export type Check = (seen: Seen) => string[] | undefined;

export type Rule = {
  name: string;
  about: string;
  /** Largest share of sheets that may break the rule; undefined: the rule is a wish, and never fails a run. */
  mostBroken?: number;
  check: Check;
};
