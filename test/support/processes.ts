import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { until } from './wait.ts';

/** The variables that every program of a test needs: where its tools are, and where Node keeps what it compiled. */
export const inherited = (): Record<string, string | undefined> => {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE };
};

/** Sends a signal to all processes; ended ones are skipped. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** Freezes processes and waits until every thread has stopped, since a busy thread runs on for some time. */
export async function freeze(pids: readonly number[]): Promise<void> {
  signalAll(pids, 'SIGSTOP');
  await until(() => pids.every(isFrozen), { label: `the processes ${pids.join(', ')} to be stopped`, intervalMs: 1 });
}

/** Every thread is stopped, or the process has ended. */
function isFrozen(pid: number): boolean {
  try {
    if (!hasProc()) return /^[TZ]/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }));
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.every((thread) => /^[TZX]/.test(statOf(`/proc/${pid}/task/${thread}/stat`)));
  } catch {
    return true;
  }
}

/** Child processes. PostgreSQL's children lead process groups of their own, so a signal to its group would miss them. */
export function childrenOf(parent: number): number[] {
  const all = hasProc() ? fromProc() : fromPs();
  return all.filter(({ ppid }) => ppid === parent).map(({ pid }) => pid);
}

type Process = { pid: number; ppid: number };

function fromProc(): Process[] {
  const found: Process[] = [];
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [, ppid] = statOf(`/proc/${pid}/stat`).split(' ');
      found.push({ pid: Number(pid), ppid: Number(ppid) });
    } catch {
      // it ended in the meantime
    }
  }
  return found;
}

const hasProc = (): boolean => existsSync('/proc/self/stat');

/** `<state> <ppid> …`: the fields after the name, which may contain any characters. */
const statOf = (file: string): string => readFileSync(file, 'utf8').replace(/^.*\) /s, '');

function fromPs(): Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, ppid] = line.trim().split(/\s+/);
    return { pid: Number(pid), ppid: Number(ppid) };
  });
}
