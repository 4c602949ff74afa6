import { rules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import type { Run } from './run.ts';

/** How one rule was kept over the sheets that it says something about. */
export type Tally = { rule: Rule; sheets: number; broken: number; isTooMuch: boolean };

export const tallyOf = (sheets: Run['sheets']): Tally[] =>
  rules.map((rule) => {
    const verdicts = sheets.flatMap(({ verdicts: { [rule.name]: problems } }) =>
      problems === undefined ? [] : [problems],
    );
    const broken = verdicts.filter((problems) => problems.length > 0).length;
    const { mostBroken } = rule;
    return {
      rule,
      sheets: verdicts.length,
      broken,
      isTooMuch: mostBroken !== undefined && broken > mostBroken * verdicts.length,
    };
  });

export const isIncomplete = ({ end }: Run['sheets'][number]): boolean => end === 'failed' || end === 'unasked';

/** 1: a rule that must be kept was broken too often, or a sheet has no reply to check. */
export const exitCodeOf = ({ sheets }: Run): 0 | 1 =>
  tallyOf(sheets).some(({ isTooMuch }) => isTooMuch) || sheets.some(isIncomplete) ? 1 : 0;
