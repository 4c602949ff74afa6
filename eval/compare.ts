import { headOf, section, spentText, table } from './report.ts';
import type { Run } from './run.ts';
import { sumOf } from './spent.ts';
import { isIncomplete, tallyOf } from './tally.ts';

/** The difference of two runs, over the sheets that have the same answers, and a reply to check, in both. */
export function comparisonOf(before: Run, now: Run): string {
  const pairs = now.sheets.flatMap((sheet) => {
    const earlier = before.sheets.find(({ id, answers }) => id === sheet.id && answers === sheet.answers);
    return earlier === undefined || isIncomplete(earlier) || isIncomplete(sheet) ? [] : [{ earlier, sheet }];
  });
  const earlier = pairs.map((pair) => pair.earlier);
  const sheets = pairs.map((pair) => pair.sheet);
  const tallies = tallyOf(sheets);
  const rows = tallyOf(earlier).map(({ rule, broken, sheets: of }, index) => {
    const { broken: brokenNow = 0, sheets: ofNow = 0 } = tallies[index] ?? {};
    return [rule.name, `${broken} of ${of}`, `${brokenNow} of ${ofNow}`, changeText(brokenNow - broken)];
  });
  const changed = pairs.flatMap((pair) => changesOf(pair));
  const apart = new Set([...before.sheets, ...now.sheets].map(({ id }) => id)).size - pairs.length;
  return [
    `Before (${before.at}): ${headOf(before)}`,
    `Now: ${headOf(now)}`,
    `${pairs.length} sheets in both${apart > 0 ? `, ${apart} left out` : ''}`,
    '',
    ...table([['rule', 'broken before', 'now', ''], ...rows]),
    ...section('Changed:', changed),
    '',
    `before: ${spentText(sumOf(earlier.map(({ spent }) => spent)))}`,
    `now:    ${spentText(sumOf(sheets.map(({ spent }) => spent)))}`,
  ].join('\n');
}

const changeText = (change: number): string =>
  change === 0 ? '' : change > 0 ? `${change} worse` : `${-change} better`;

type Pair = Record<'earlier' | 'sheet', Run['sheets'][number]>;

const changesOf = ({ earlier, sheet }: Pair): string[] =>
  [...new Set([...Object.keys(earlier.verdicts), ...Object.keys(sheet.verdicts)])].flatMap((name) => {
    const was = (earlier.verdicts[name] ?? []).length > 0;
    const is = (sheet.verdicts[name] ?? []).length > 0;
    return was === is ? [] : [`  ${sheet.id}: ${name}: ${is ? 'broken now' : 'kept now'}`];
  });
