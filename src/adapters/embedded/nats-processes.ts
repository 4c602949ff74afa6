import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { StartError } from '../../own-error.ts';

/** Time for a server to write its state after SIGTERM. */
const TERM_WITHIN_MS = 10_000;
const KILL_WITHIN_MS = 5_000;
const LOOK_MS = 20;

/**
 * Ends every nats-server that runs with this configuration file. One outlives its program if both are killed together with
 * the shell between them; two servers on one folder of JetStream would spoil it.
 * @throws StartError if one belongs to another user, or can not be ended
 */
export async function endServersOf(config: string): Promise<void> {
  for (const [signal, withinMs] of [
    ['SIGTERM', TERM_WITHIN_MS],
    ['SIGKILL', KILL_WITHIN_MS],
  ] as const) {
    for (const pid of serversOf(config)) send(pid, signal);
    for (const end = performance.now() + withinMs; performance.now() < end; await pause()) {
      if (serversOf(config).length === 0) return;
    }
  }
  throw stillRunning(serversOf(config));
}

/** Process ids of the servers. The command line tells them, so that a reused process id does no harm. */
export function serversOf(config: string): number[] {
  const processes = existsSync('/proc/self/cmdline') ? fromProc() : fromPs();
  // The command line of the shell ends in the same way.
  return processes.filter(({ line }) => isServer(line, config)).map(({ pid }) => pid);
}

function isServer(line: string, config: string): boolean {
  const rest = ` -c ${config}`;
  return line.endsWith(rest) && basename(line.slice(0, -rest.length)) === 'nats-server';
}

type Process = { pid: number; line: string };

function fromProc(): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').replaceAll('\0', ' ');
      return [{ pid: Number(pid), line }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}

function fromPs(): Process[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: PS_BYTES_MAX });
  return lines.split('\n').map((text) => {
    const [, pid, line = ''] = /^\s*(\d+) (.*)$/.exec(text) ?? [];
    return { pid: Number(pid), line };
  });
}

const PS_BYTES_MAX = 64 * 1024 * 1024;

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') throw stillRunning([pid], error);
    // Otherwise it ended meanwhile.
  }
}

const stillRunning = (pids: readonly number[], cause?: unknown): StartError =>
  new StartError(
    `A nats-server of an earlier start still runs on the data folder (process ${pids.join(', ')}). End it, then start again.`,
    { cause },
  );

const pause = (): Promise<void> => new Promise((resume) => setTimeout(resume, LOOK_MS));
