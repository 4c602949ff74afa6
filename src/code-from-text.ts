/** Of Node, for the command line: `eval`, `Function` and their like throw, whichever library calls them. */
export const SWITCH = '--disallow-code-generation-from-strings';

/**
 * Sees to it that no text can become code in this process (docs/decisions/0027). Only a command line can set the switch:
 * a process that was started without it takes its own place, with the same id, by one that has it. Gives the reason
 * where that is not possible.
 */
export function forbidCodeFromText(): string | undefined {
  if (!canMakeCode()) return undefined;
  const { execArgv, execPath, argv, env } = process;
  const reason = `This program runs only where no text can become code. Start it with the switch: node ${SWITCH} src/main.ts`;
  if (execArgv.includes(SWITCH) || process.execve === undefined) return reason;
  process.stderr.write(`Started without ${SWITCH}: starting again with it.\n`);
  try {
    return process.execve(execPath, [execPath, ...execArgv, SWITCH, ...argv.slice(1)], env);
  } catch {
    return reason;
  }
}

/** Tried, since the switch can also come by NODE_OPTIONS. */
function canMakeCode(): boolean {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- of a text that is empty
    Function('');
    return true;
  } catch {
    return false;
  }
}
