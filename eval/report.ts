import type { Run } from './run.ts';
import { sumOf, type Spent } from './spent.ts';
import { isIncomplete, tallyOf, type Tally } from './tally.ts';

/** The run as a table. It has no word of a reply. */
export function reportOf(run: Run): string {
  const { sheets } = run;
  const broken = sheets.flatMap(({ id, verdicts }) =>
    Object.entries(verdicts).flatMap(([name, problems]) => problems.map((problem) => `  ${id}: ${name}: ${problem}`)),
  );
  const incomplete = sheets.filter(isIncomplete).map(({ id, end, why }) => `  ${id}: ${end}: ${why}`);
  return [
    headOf(run),
    '',
    ...table([['sheet', 'end', 'calls', 'tokens in', 'out', 'breaks'], ...sheets.map(rowOf)]),
    '',
    ...table([['rule', 'most', 'broken', 'of', '', 'about'], ...tallyOf(sheets).map(ruleRow)]),
    ...section('Broken:', broken),
    ...section('Without a reply to check:', incomplete),
    '',
    `${spentText(sumOf([run.look, ...sheets.map(({ spent }) => spent)]))}, ${run.look.calls} of the calls for the look`,
  ].join('\n');
}

export function headOf({ model, host, dialect, prompts }: Run): string {
  const versions = Object.entries(prompts).map(([id, version]) => `${id} prompt ${version}`);
  return [`${model} at ${host}, format ${String(dialect['format'])}`, ...versions].join(', ');
}

const rowOf = ({ id, end, spent, verdicts }: Run['sheets'][number]): string[] => {
  const names = Object.entries(verdicts).flatMap(([name, problems]) => (problems.length > 0 ? [name] : []));
  return [
    id,
    end,
    String(spent.calls),
    countText(spent.promptTokens),
    countText(spent.completionTokens),
    names.join(' '),
  ];
};

const ruleRow = ({ rule: { name, about, mostBroken }, sheets, broken, isTooMuch }: Tally): string[] => [
  name,
  mostBroken === undefined ? '–' : `${Math.round(mostBroken * 100)} %`,
  String(broken),
  String(sheets),
  isTooMuch ? 'TOO MANY' : '',
  about,
];

export const spentText = ({ calls, promptTokens, completionTokens, cost }: Spent): string =>
  [
    `${calls} calls, ${countText(promptTokens)} tokens of prompts, ${countText(completionTokens)} of replies`,
    ...Object.entries(cost).map(([currency, amount]) => `${amount.toFixed(4)} ${currency}`),
  ].join(', ');

const countText = (count: number | null): string => (count === null ? '–' : count.toLocaleString('en'));

export const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];

/** Columns of texts, and of numbers, which end at the same place. */
export function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        /^[\d,–]+(?: %)?$/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
