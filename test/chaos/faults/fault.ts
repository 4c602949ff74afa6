import type { ProxyMode } from '../../support/proxy.ts';

/** A fault: it begins, lasts for a while, and ends. */
export type Fault = { kind: string; begin: () => Promise<unknown>; end: () => Promise<unknown>; lastsMs: number };

export const nameOf = (mode: ProxyMode): string => (typeof mode === 'string' ? mode : Object.values(mode).join(' '));
