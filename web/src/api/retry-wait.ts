const FIRST_WAIT_MS = 500;
/** A page that was away for an hour is still back half a minute after the server is. */
const LONGEST_WAIT_MS = 30_000;

/**
 * How long to wait before the given retry (from 0): doubles up to a limit, and the upper half is random, otherwise all
 * pages would come back at the same moment after a restart.
 */
export const retryWaitMs = (retry: number, random: () => number = Math.random): number => {
  const limit = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retry);
  return limit / 2 + random() * (limit / 2);
};
