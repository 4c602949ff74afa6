import type { Program } from '../../faults/process.ts';
import type { Fault } from './fault.ts';

export const processKilled = (program: Program): Fault => ({
  kind: `${program.role} killed`,
  begin: () => program.kill(),
  end: () => program.start(),
  lastsMs: 1_000,
});

export const processRestarted = (program: Program): Fault => ({
  kind: `${program.role} restarted`,
  begin: () => program.stop(),
  end: () => program.start(),
  lastsMs: 0,
});

export const processFrozen = (program: Program, lastsMs: number): Fault => ({
  kind: `${program.role} frozen`,
  begin: async () => program.signal('SIGSTOP'),
  end: async () => program.signal('SIGCONT'),
  lastsMs,
});
