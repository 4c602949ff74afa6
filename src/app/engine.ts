import { setFlagsFromString } from 'node:v8';

/**
 * V8 is made for pages, most of whose code runs once, on machines with idle cores. What runs here once the program has
 * started runs for each assessment, on cores that are shared (docs/decisions/0018).
 */
export const ENGINE_FLAGS = [
  // The first thousand assessments cost a tenth less, and a process that has just started answers sooner.
  '--invocation-count-for-maglev=40',
  '--minimum-invocations-after-ic-update=40',
  // Ten times the price: the first thousands cost a twentieth less, and later ones no more.
  '--invocation-count-for-turbofan=100000',
  // Helpers would only wait for the same cores.
  '--no-parallel-scavenge',
];

/** To be called when the program has started: what runs only then would be optimised for nothing. */
export function tuneEngine(): void {
  for (const flag of ENGINE_FLAGS) setFlagsFromString(flag);
}
