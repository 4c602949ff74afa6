import { exitCodeOf } from './counts.ts';
import type { Bench } from './fleet.ts';
import { help, readOptions, UsageError, type Options } from './options.ts';
import { reportOf, summaryOf, tableOf, type Report } from './report.ts';
import type { Outcome, Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { openServers } from './servers.ts';

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/** Only the report goes to stdout. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(args: string[]): Promise<number> {
  const names = scenarios.map(({ name }) => name);
  const byDefault = scenarios.filter((scenario) => scenario.byDefault).map(({ name }) => name);
  const options = readOptions(args, names, byDefault);
  if (options === undefined) {
    say(help(scenarios));
    return 0;
  }
  await using open = new AsyncDisposableStack();
  stopOnSignal(open);
  const report = await measure(options, open);
  say(options.json ? JSON.stringify(report, undefined, 2) : tableOf(report));
  return exitCodeOf(report.faults);
}

/** Runs all scenarios in each repetition, so that a busy minute of the machine affects all of them. */
async function measure(options: Options, open: AsyncDisposableStack): Promise<Report> {
  note('starting PostgreSQL and NATS');
  const bench: Bench = { options, servers: await openServers(open, process.env), open };
  const chosen = scenarios.filter(({ name }) => options.scenarios.includes(name));
  const outcomes = new Map<Scenario, Outcome[]>(chosen.map((scenario) => [scenario, []]));
  for (let rep = 1; rep <= options.reps; rep += 1) {
    for (const scenario of chosen) {
      note(`${scenario.name}, repetition ${rep} of ${options.reps}`);
      // oxlint-disable-next-line no-await-in-loop -- two at a time would disturb each other
      outcomes.get(scenario)?.push(await scenario.run(bench));
    }
  }
  const summaries = [...outcomes].map(([scenario, of]) => summaryOf(scenario, options, of));
  return reportOf(options, bench.servers, summaries);
}

let interrupted = false;

/** The first signal stops and deletes everything; a second one exits at once. */
function stopOnSignal(open: AsyncDisposableStack): void {
  const stop = (signal: NodeJS.Signals): void => {
    if (interrupted) process.exit(EXIT_INTERRUPTED);
    interrupted = true;
    note(`${signal}: stopping what was started`);
    open.disposeAsync().then(
      () => process.exit(EXIT_INTERRUPTED),
      () => process.exit(EXIT_INTERRUPTED),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // After a signal, the running scenario fails because its servers are stopped.
  if (!interrupted) {
    note(error instanceof UsageError ? error.message : String((error as Error).stack ?? error));
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1;
  }
}
