import type { Fleet } from '../../faults/fleet.ts';
import type { ProxyMode } from '../../support/proxy.ts';
import { nameOf, type Fault } from './fault.ts';

/** The end of it is a new standby. */
export const failOver = ({ pair }: Fleet, lastsMs: number): Fault => ({
  kind: 'fail-over',
  begin: async () => pair?.failOver(),
  end: async () => pair?.renewStandby(),
  lastsMs,
});

/** Nothing is confirmed meanwhile. */
export const standbyFrozen = ({ pair }: Fleet, lastsMs: number): Fault => ({
  kind: 'standby frozen',
  begin: async () => pair?.standby?.pause(),
  end: async () => pair?.standby?.resume(),
  lastsMs,
});

export const databaseStopped = (fleet: Fleet, how: 'fast' | 'immediate' | 'kill', lastsMs: number): Fault => ({
  kind: `database stopped (${how})`,
  begin: () => fleet.postgres.stopServer(how),
  end: () => fleet.postgres.startServer(),
  lastsMs,
});

export const databaseLink = ({ toPostgres }: Fleet, mode: ProxyMode, lastsMs: number): Fault => ({
  kind: `database link ${nameOf(mode)}`,
  begin: () => toPostgres.setMode(mode),
  end: () => toPostgres.setMode('pass'),
  lastsMs,
});
