import type { ProviderPause } from '../entities/provider-failure.ts';
import type { Log } from '../log.ts';
import type { Limiter } from './limiter.ts';

/** The first rest after a rate limit without a time, which doubles with each further one. */
const FIRST_MS = 5_000;
const MAX_MS = 5 * 60_000;
/** The same with a known limit: all workers rest, and the limiter says how long. */
const LIMITED_MS = 1_000;

export type RestDeps = {
  limiter: Limiter;
  /** Told whether this process rests. */
  onRest: (isResting: boolean) => void;
  log: Log;
  /** Called when calls may be begun again, or no longer. */
  onChange: () => void;
};

/** The times in which no call is begun, because the provider is at its rate limit. */
export class Rest {
  readonly #deps: RestDeps;
  #until = 0;
  /** Rate limits in a row, without a reply in between. */
  #refusals = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RestDeps) {
    this.#deps = deps;
  }

  get ms(): number {
    return Math.max(0, this.#until - performance.now());
  }

  /** How many calls may be begun: after a rest one goes first, unless the limit is known. */
  get callsMax(): number {
    if (this.ms > 0) return 0;
    return this.#refusals > 0 && !this.#deps.limiter.isKnown() ? 1 : Number.POSITIVE_INFINITY;
  }

  refused({ delayMs }: ProviderPause): void {
    const { limiter, log } = this.#deps;
    limiter.refused(delayMs ?? 0);
    const growingMs = Math.min(FIRST_MS * 2 ** this.#refusals, MAX_MS);
    // Of the calls of one moment only the first one makes the next wait longer.
    if (this.ms === 0) this.#refusals++;
    this.#begin(delayMs ?? (limiter.isKnown() ? LIMITED_MS : growingMs));
    log.warn(
      { reason: 'rate-limit', delayMs: Math.round(this.ms) },
      'the model provider is at its rate limit: no call is begun for this time',
    );
  }

  /** @param waitMs until the provider takes calls again, as its reply says */
  replied(waitMs: number): void {
    const { limiter, onChange } = this.#deps;
    // With permits, the calls are spread over the time until then.
    if (waitMs > 0 && !limiter.isKnown()) this.#begin(waitMs);
    // A call from before the rest says nothing of the time after it.
    if (this.#refusals === 0 || this.ms > 0) return;
    this.#refusals = 0;
    onChange();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #begin(waitMs: number): void {
    const { onRest, onChange } = this.#deps;
    this.#until = Math.max(this.#until, performance.now() + waitMs);
    onRest(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      onRest(false);
      onChange();
    }, this.ms);
    this.#timer.unref();
    onChange();
  }
}
