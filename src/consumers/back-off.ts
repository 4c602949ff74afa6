/** From 0 to 1, like Math.random. */
export type Random = () => number;

const FIRST_MS = 1_000;
const LAST_MS = 100_000;

/** Exponential with full jitter, from 1 s to 100 s: assessments that failed together are not retried together. */
export function backOffMs(attempts: number, random: Random = Math.random): number {
  const most = Math.min(LAST_MS, FIRST_MS * 2 ** Math.max(1, attempts));
  return FIRST_MS + random() * (most - FIRST_MS);
}

/** The delay and up to a tenth more, so that not all come back in the same moment. */
export const atLeastMs = (delayMs: number, random: Random = Math.random): number => delayMs * (1 + 0.1 * random());
