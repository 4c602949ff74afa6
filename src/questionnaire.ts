import { check } from './authoring/check.ts';
import { readCommand, USAGE, UsageError, type Command } from './authoring/command.ts';
import { writeTemplate } from './authoring/template.ts';
import { translate } from './authoring/translate.ts';
import { tryVectors } from './authoring/vectors.ts';
import { forbidCodeFromText } from './code-from-text.ts';
import { loadEnvironmentFile, readQuestionnairesDir, readTextsDir } from './config.ts';
import { describeError } from './log.ts';
import { StartError } from './own-error.ts';

/** sysexits.h: a wrong command line, and files that can not be used. */
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** Resolves to the exit code. */
async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'help':
      say(USAGE);
      return 0;
    case 'check':
      for (const line of await check(
        command.paths.length > 0 ? command.paths : [readQuestionnairesDir()],
        readTextsDir(),
      ))
        say(line);
      return 0;
    case 'new':
      say(`${await writeTemplate(command.slug, command.folder ?? readQuestionnairesDir())} was written.`);
      return 0;
    case 'translate':
      say(await translate(command.file, command.language));
      return 0;
    case 'preview':
      // Imported here: the other commands need no database and no server.
      await (await import('./authoring/preview.ts')).preview(command.file, say);
      return 0;
    default:
      return tell(await tryVectors(command.file));
  }
}

function tell({ name, count, differences }: Awaited<ReturnType<typeof tryVectors>>): number {
  for (const difference of differences) complain(difference);
  if (differences.length === 0) say(`${name}: ${count} vectors hold.`);
  return differences.length === 0 ? 0 : EXIT_FAILURE;
}

function explain(error: unknown): { text: string; status: number } {
  if (error instanceof UsageError) return { text: `${error.message}\n\n${USAGE}`, status: EXIT_USAGE };
  if (error instanceof StartError) return { text: error.message, status: EXIT_CONFIG };
  return { text: `The command failed: ${JSON.stringify(describeError(error))}`, status: EXIT_FAILURE };
}

try {
  forbidCodeFromText();
  loadEnvironmentFile();
  process.exit(await run(readCommand(process.argv.slice(2))));
} catch (error) {
  const { text, status } = explain(error);
  complain(text);
  process.exit(status);
}
