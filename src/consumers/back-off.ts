const FIRST_MS = 1_000;
const LAST_MS = 100_000;

/** Exponential with full jitter, from 1 s to 100 s: those who failed together do not come back together. */
export function backOffMs(attempts: number, random: () => number = Math.random): number {
  const most = Math.min(LAST_MS, FIRST_MS * 2 ** Math.max(1, attempts));
  return FIRST_MS + random() * (most - FIRST_MS);
}
