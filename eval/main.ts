import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readQuestionnaireFiles } from '../src/adapters/questionnaire-files.ts';
import { loadEnvironmentFile } from '../src/config.ts';
import { describeError } from '../src/log.ts';
import { OwnError, StartError } from '../src/own-error.ts';
import { fewAtATime } from '../test/support/few-at-a-time.ts';
import { askSheet, type Asked, type Stop } from './ask.ts';
import { callsUpTo, CallsUsedUp } from './calls.ts';
import { comparisonOf } from './compare.ts';
import { look, lookCallsMax, openSettingsModel, settingsOf } from './model.ts';
import { HELP, readOptions, UsageError, type Options } from './options.ts';
import { reportOf } from './report.ts';
import { readRun, runOf, type Run } from './run.ts';
import { readSheets, type Sheet } from './sheets.ts';
import { countReplies, noneSpent } from './spent.ts';
import { exitCodeOf } from './tally.ts';

const ROOT = join(import.meta.dirname, '..');
const EXIT_USAGE = 2;
/** A sheet has one call, and one for the repair. */
const CALLS_PER_SHEET = 2;

/** Only the report goes to stdout. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    say(HELP);
    return 0;
  }
  // Before anything is paid for.
  const before = options.compare === undefined ? undefined : await earlierRun(options.compare);
  await using open = new AsyncDisposableStack();
  const run = await evaluate(options, open);
  // First, since a file that can not be written would hide a run that is paid for.
  say(reportOf(run));
  if (before !== undefined) say(`\n${comparisonOf(before, run)}`);
  if (options.out !== undefined) await write(options.out, run);
  return exitCodeOf(run);
}

async function earlierRun(path: string): Promise<Run> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--compare ${path}: the file can not be read`, { cause });
  });
  try {
    return readRun(text);
  } catch (error) {
    throw new UsageError(`--compare ${path}: ${(error as Error).message}`, { cause: error });
  }
}

async function write(path: string, run: Run): Promise<void> {
  await writeFile(path, `${JSON.stringify(run, undefined, 2)}\n`).catch((cause: unknown) => {
    throw new UsageError(`--out ${path}: the file can not be written`, { cause });
  });
}

async function evaluate(options: Options, open: AsyncDisposableStack): Promise<Run> {
  loadEnvironmentFile();
  const config = settingsOf(process.env);
  const contents = (await readQuestionnaireFiles(join(ROOT, 'questionnaires'))).map(({ content }) => content);
  const sheets = chosen(await readSheets(join(import.meta.dirname, 'sheets'), contents), options);
  const model = await openSettingsModel(config, contents, open);
  const lookMax = lookCallsMax(config);
  const callsMax = options.callsMax ?? lookMax + CALLS_PER_SHEET * sheets.length;
  note(
    `${model.model} at ${model.host}: ${sheets.length} sheets with 1 or 2 calls each` +
      `${lookMax > 0 ? `, and 1 to ${lookMax} calls for the look` : ''}; at most ${callsMax} calls in all`,
  );
  const calls = callsUpTo(callsMax);
  const countReply = countReplies(model.model, config.modelPrices);
  const looked = config.demoModel ? noneSpent : await look(model, contents, { calls, countReply });
  const stop: Stop = {};
  const asked = new Map<Sheet, Asked>();
  await fewAtATime(options.concurrency, sheets, async (sheet) => {
    const ended = await askSheet(sheet, { model, calls, countReply, stop });
    asked.set(sheet, ended);
    note(`${asked.size}/${sheets.length} ${sheet.id}: ${ended.end}`);
  });
  const inOrder = sheets.flatMap((sheet) => asked.get(sheet) ?? []);
  return runOf({ model: model.model, host: model.host, dialect: model.dialect, look: looked }, inOrder);
}

function chosen(sheets: Sheet[], { sheets: wanted }: Options): Sheet[] {
  const unknown = wanted.filter((name) => !sheets.some(({ id }) => id.startsWith(name)));
  if (unknown.length > 0)
    throw new UsageError(`no such sheet: ${unknown.join(', ')}; there are ${sheets.map(({ id }) => id).join(', ')}`);
  return wanted.length === 0 ? sheets : sheets.filter(({ id }) => wanted.some((name) => id.startsWith(name)));
}

/** A library's message may quote the key. */
function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof StartError) return error.message;
  if (error instanceof CallsUsedUp) return `${error.message} by the look: nothing was evaluated`;
  if (error instanceof OwnError) return `the look failed, so that nothing was evaluated: ${error.message}`;
  return `the evaluation failed: ${JSON.stringify(describeError(error))}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  note(explain(error));
  process.exitCode = error instanceof UsageError || error instanceof StartError ? EXIT_USAGE : 1;
}
