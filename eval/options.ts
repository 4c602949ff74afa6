import { parseArgs } from 'node:util';

export type Options = {
  /** Beginnings of the sheets' ids; none: all sheets. */
  sheets: string[];
  /** File to write the run to. */
  out: string | undefined;
  /** File with an earlier run. */
  compare: string | undefined;
  /** Undefined: all sheets once, each with its repair, and the look. */
  callsMax: number | undefined;
  /** Sheets at a time. */
  concurrency: number;
};

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const CONCURRENCY = 3;
const CONCURRENCY_MAX = 32;
const CALLS_MAX = 10_000;

/**
 * The options of the command line; undefined if it asks for help.
 * @throws UsageError
 */
export function readOptions(args: string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const calls = values['max-calls'];
  return {
    sheets: positionals,
    out: values.out,
    compare: values.compare,
    callsMax: calls === undefined ? undefined : readNumber('max-calls', calls, CALLS_MAX),
    concurrency: readNumber('concurrency', values.concurrency ?? String(CONCURRENCY), CONCURRENCY_MAX),
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const options = { out: text, compare: text, 'max-calls': text, concurrency: text } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function readNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new UsageError(`--${name} must be a whole number from 1 to ${most}`);
  return value;
}

export const HELP = [
  'npm run eval -- [sheet …] [options]',
  '',
  'Asks the model of the settings (OPENAI_…, MODEL_…; without a key the demo model) for recommendations to made-up answer',
  'sheets, and checks the replies by rules. Calls cost money. See docs/MODELS.md.',
  'Ends with 1 if a rule that must be kept is broken too often, or if a sheet has no reply to check.',
  '',
  'Sheets: beginnings of their names, such as wellbeing-check or wellbeing-check/inject; none: all of eval/sheets/.',
  '',
  'Options:',
  '  --out <file>        writes the run, with all replies, as JSON',
  '  --compare <file>    shows the difference to an earlier run',
  '  --max-calls <n>     nothing is sent after so many calls (the look, each sheet once, and its repair)',
  `  --concurrency <n>   sheets at a time (${CONCURRENCY})`,
].join('\n');
