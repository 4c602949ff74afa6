import type { Environment } from './environment.ts';

const FIRST_WAIT_MS = 500;
/** A page that was away for an hour is still back half a minute after the server is. */
const LONGEST_WAIT_MS = 30_000;
/** Nobody looks at a hidden page, and there may be many: it tries ten times less often. Becoming visible ends the wait. */
const HIDDEN_FACTOR = 10;
/** What lasted so long worked. Otherwise a server that accepts and then hangs up would be called twice a second for ever. */
const LASTING_MS = 10_000;

/**
 * How long to wait before the given retry (from 0): doubles up to a limit, and the upper half is random, otherwise all
 * pages would come back at the same moment after a restart.
 */
export const retryWaitMs = (retry: number, random: () => number = Math.random): number => {
  const limit = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retry);
  return limit / 2 + random() * (limit / 2);
};

/** The waits between the tries of one thing; they start small again once it has lasted. */
export class BackOff {
  readonly #environment: Environment;
  #retries = 0;
  #begunAt: number | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** It works, as far as one can see. */
  begun(): void {
    this.#begunAt = this.#environment.now();
  }

  /** It has failed: how long to wait. */
  nextMs(): number {
    const environment = this.#environment;
    if (this.#begunAt !== undefined && environment.now() - this.#begunAt >= LASTING_MS) this.#retries = 0;
    this.#begunAt = undefined;
    // Without a network a try is in vain, except for a server on this machine.
    const retry = environment.isOnline() ? this.#retries : Number.POSITIVE_INFINITY;
    this.#retries += 1;
    return retryWaitMs(retry, () => environment.random()) * (environment.isHidden() ? HIDDEN_FACTOR : 1);
  }
}
