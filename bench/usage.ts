import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { childrenOf } from '../test/support/processes.ts';

/** The processes of each part of the system, by its name. PostgreSQL has the postmaster and all its children. */
export type Parts = Record<string, { pids: readonly number[]; withChildren?: boolean }>;
export type CpuSeconds = Record<string, number>;

const hasProc = existsSync('/proc/self/stat');
const ticksPerSecond = hasProc ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : 100;

/** CPU time of each part since its start; empty without /proc. */
export function cpuSeconds(parts: Parts): CpuSeconds {
  if (!hasProc) return {};
  return Object.fromEntries(
    Object.entries(parts).map(([name, { pids, withChildren = false }]) => {
      const all = withChildren ? pids.flatMap((pid) => [pid, ...childrenOf(pid)]) : pids;
      return [name, all.reduce((sum, pid) => sum + secondsOf(pid, withChildren), 0)];
    }),
  );
}

/** CPU seconds of each part between two samples, for 1,000 of `count` assessments. */
export const cpuPer1000 = (before: CpuSeconds, after: CpuSeconds, count: number): CpuSeconds =>
  Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, ((seconds - (before[name] ?? 0)) / count) * 1000]),
  );

/** Resident memory of a process; undefined without /proc. */
export function residentKb(pid: number): number | undefined {
  if (!hasProc) return undefined;
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return kb === undefined ? undefined : Number(kb);
}

/** CPU seconds of a process; 0 if it has ended, since its parent then counts its time. */
function secondsOf(pid: number, withChildren: boolean): number {
  try {
    // After the name, which may contain any characters: state, ppid, …, utime, stime, cutime, cstime (12th to 15th).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
    return (user + system + (withChildren ? childrenUser + childrenSystem : 0)) / ticksPerSecond;
  } catch {
    return 0;
  }
}
