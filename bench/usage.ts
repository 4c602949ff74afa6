import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { childrenOf } from '../test/support/processes.ts';

/** The processes of one part of the system, by what they are. PostgreSQL's are the postmaster and all its children. */
export type Parts = Record<string, { pids: readonly number[]; withChildren?: boolean }>;
export type CpuSeconds = Record<string, number>;

const hasProc = existsSync('/proc/self/stat');
const ticksPerSecond = hasProc ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : 100;

/** CPU time of each part since its start; empty where there is no /proc. */
export function cpuSeconds(parts: Parts): CpuSeconds {
  if (!hasProc) return {};
  return Object.fromEntries(
    Object.entries(parts).map(([name, { pids, withChildren = false }]) => {
      const all = withChildren ? pids.flatMap((pid) => [pid, ...childrenOf(pid)]) : pids;
      return [name, all.reduce((sum, pid) => sum + secondsOf(pid, withChildren), 0)];
    }),
  );
}

/** What each part has used between two looks, for a thousand of what was done meanwhile. */
export const cpuPer1000 = (before: CpuSeconds, after: CpuSeconds, count: number): CpuSeconds =>
  Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, ((seconds - (before[name] ?? 0)) / count) * 1000]),
  );

/** Memory of a process that is in RAM; undefined where there is no /proc. */
export function residentKb(pid: number): number | undefined {
  if (!hasProc) return undefined;
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return kb === undefined ? undefined : Number(kb);
}

/** 0 of a process that has ended meanwhile: its parent has its time then, as that of a child that it waited for. */
function secondsOf(pid: number, withChildren: boolean): number {
  try {
    // After the name, which may contain anything: state, ppid, …, utime, stime, cutime, cstime as the 12th to the 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
    return (user + system + (withChildren ? childrenUser + childrenSystem : 0)) / ticksPerSecond;
  } catch {
    return 0;
  }
}
