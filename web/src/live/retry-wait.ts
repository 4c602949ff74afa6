import type { Environment } from './environment.ts';

const FIRST_WAIT_MS = 500;
/** A page is connected again at most this long after the server is back. */
const LONGEST_WAIT_MS = 30_000;
/** Hidden pages may be many and nobody looks at them, so they try less often. The wait ends when the page becomes visible. */
const HIDDEN_FACTOR = 10;
/** Only after this time a try counts as a success. Otherwise a server that accepts and then hangs up would be called twice a second. */
const LASTING_MS = 10_000;

/**
 * The wait before the given retry (from 0). It doubles up to a limit; its upper half is random, otherwise all pages would
 * reconnect at the same moment after a restart.
 */
export const retryWaitMs = (retry: number, random: () => number = Math.random): number => {
  const limit = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retry);
  return limit / 2 + random() * (limit / 2);
};

/** The waits between the tries of one operation. They start small again after a success. */
export class BackOff {
  readonly #environment: Environment;
  #retries = 0;
  #begunAt: number | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** A try has begun to work. */
  begun(): void {
    this.#begunAt = this.#environment.now();
  }

  /** Called after a failure. @returns the wait before the next try */
  nextMs(): number {
    const environment = this.#environment;
    if (this.#begunAt !== undefined && environment.now() - this.#begunAt >= LASTING_MS) this.#retries = 0;
    this.#begunAt = undefined;
    // Without a network only a server on this machine can be reached: wait for the longest time.
    const retry = environment.isOnline() ? this.#retries : Number.POSITIVE_INFINITY;
    this.#retries += 1;
    return retryWaitMs(retry, () => environment.random()) * (environment.isHidden() ? HIDDEN_FACTOR : 1);
  }
}
