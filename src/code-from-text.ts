import { StartError } from './own-error.ts';

/** Option of Node: `eval`, `Function` and their like throw, whichever library calls them. */
export const SWITCH = '--disallow-code-generation-from-strings';

/**
 * Makes sure that no text can become code in this process (docs/decisions/0027). Only a command line can set the switch, so
 * a process that was started without it replaces itself (execve, same process id) by one that has it.
 * @throws StartError where Node can't replace the process
 */
export function forbidCodeFromText(): void {
  if (!canMakeCode()) return;
  const { execArgv, execPath, argv, env } = process;
  const refused = new StartError(
    `This program runs only where no text can become code. Start it with the switch: node ${SWITCH} src/main.ts`,
  );
  if (execArgv.includes(SWITCH) || process.execve === undefined) throw refused;
  process.stderr.write(`Started without ${SWITCH}: starting again with it.\n`);
  try {
    process.execve(execPath, [execPath, ...execArgv, SWITCH, ...argv.slice(1)], env);
  } catch {
    throw refused;
  }
}

/** By a try, since the switch can also come by NODE_OPTIONS. */
function canMakeCode(): boolean {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is empty
    Function('');
    return true;
  } catch {
    return false;
  }
}
