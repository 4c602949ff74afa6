import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SWITCH } from '../../src/code-from-text.ts';
import { inherited } from '../support/processes.ts';
import { until } from '../support/wait.ts';

/** The program as a process of its own, as an operator starts it. */
export type Program = {
  pid: number;
  stdout: () => string;
  stderr: () => string;
  signal: (signal: NodeJS.Signals) => void;
  /** Resolves to the addresses when the program says that it is ready; the `url` of a worker is empty. */
  ready: () => Promise<{ url: string; probesUrl: string }>;
  /** Exit code or signal. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  [Symbol.asyncDispose](): Promise<void>;
};

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const READY_WITHIN_MS = 40_000;

/** Starts it and waits until it is ready. */
export async function startProgram(role: string, env: Record<string, string>, execArgv = [SWITCH]) {
  const program = launchProgram(role, env, execArgv);
  try {
    return Object.assign(program, await program.ready());
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts it without waiting. `execArgv`: options of Node; `wrap`: a command that becomes the program. */
export function launchProgram(
  role: string,
  env: Record<string, string>,
  execArgv = [SWITCH],
  wrap: readonly string[] = [],
): Program {
  const [command, ...args] = [...wrap, process.execPath, ...execArgv, MAIN, role] as const;
  const child = spawn(command, args, {
    // Outside of the project's folder, which may have a file `.env`.
    cwd: tmpdir(),
    env: { ...inherited(), METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  let hasEnded = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
  const exited = once(child, 'close').then(() => {
    hasEnded = true;
    return { code: child.exitCode, signal: child.signalCode };
  });
  return {
    pid: child.pid ?? Number.NaN,
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (signal) => void child.kill(signal),
    ready: () =>
      until(
        () => {
          if (hasEnded) throw new Error(`it ended at once (${child.exitCode}): ${stderr}${stdout}`);
          return readyLine(stdout);
        },
        { label: 'the program to be ready', timeoutMs: READY_WITHIN_MS },
      ),
    exited,
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill('SIGKILL');
      await exited;
    },
  };
}

function readyLine(stdout: string): { url: string; probesUrl: string } | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('{') && text.includes('"msg":"ready"'));
  if (line === undefined) return undefined;
  const { url = '', probesUrl } = JSON.parse(line) as { url?: string; probesUrl: string };
  return { url, probesUrl };
}
