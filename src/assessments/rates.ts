import { LRUCache } from 'lru-cache';
import type { Level, Spending } from '../entities/rate-bucket.ts';
import { RequestError } from '../errors.ts';

/** What one key may use: `burst` at once, refilled by `perMinute`. A `perMinute` of 0 switches the limit off. */
export type Allowance = { burst: number; perMinute: number };

/** An allowance whose burst is a minute's worth. */
export const byMinute = (perMinute: number): Allowance => ({ burst: perMinute, perMinute });

/** A limit that is counted for each key, such as a session or a network. */
export type RateLimit = {
  /** Whole seconds until the key has `cost` units; undefined if it has them now. Takes nothing. */
  waitSeconds(key: string, cost?: number): number | undefined;
  /** Takes `cost` units, also those that the key does not have: it waits the longer for its next ones. */
  take(key: string, cost?: number): void;
};

/** Buckets beyond this are forgotten, the least recently used first: a flood of new keys takes no more memory. */
const BUCKETS_MAX = 100_000;
/** Buckets whose spending waits for an exchange. The spending of further ones counts in this process alone. */
const UNSENT_MAX = 20_000;

type Bucket = { level: number; at: number };

/**
 * Token buckets of all limits of this process. They decide at once from local memory; processes exchange their spending
 * in the background (src/assessments/exchange-rates.ts), so that a fleet allows little more than one process.
 */
export class Rates {
  readonly #buckets = new LRUCache<string, Bucket>({ max: BUCKETS_MAX });
  readonly #unsent = new Map<string, Spending>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** @param name of the limit, which tells its buckets from those of others */
  limit(name: string, allowance: Allowance): RateLimit {
    if (allowance.perMinute === 0) return UNLIMITED;
    const bucketOf = (key: string): string => `${name}:${key}`;
    return {
      waitSeconds: (key, cost = 1) => {
        const { level } = this.#filled(bucketOf(key), allowance);
        // A cost above the burst would never be there.
        const missing = Math.min(cost, allowance.burst) - level;
        return missing <= 0 ? undefined : Math.ceil((missing / allowance.perMinute) * 60);
      },
      take: (key, cost = 1) => this.#take(bucketOf(key), allowance, cost),
    };
  }

  /** The spending since the last exchange, at most `most` buckets of it, which then counts as sent. */
  drain(most: number): Spending[] {
    const drained = [...this.#unsent.values()].slice(0, most);
    for (const { bucket } of drained) this.#unsent.delete(bucket);
    return drained;
  }

  /** Spending that could not be sent. */
  giveBack(spendings: readonly Spending[]): void {
    for (const spending of spendings) this.#add(spending);
  }

  /** The levels of the fleet, in which everything counts that was drained. */
  learn(levels: readonly Level[]): void {
    for (const { bucket, level } of levels) {
      const known = this.#buckets.get(bucket);
      if (known === undefined) continue;
      known.level = level - (this.#unsent.get(bucket)?.spent ?? 0);
      known.at = this.#nowMs();
    }
  }

  #take(bucket: string, allowance: Allowance, cost: number): void {
    const filled = this.#filled(bucket, allowance);
    // A debt of more than a burst would lock a key out for long after the flood is over.
    filled.level = Math.max(-allowance.burst, filled.level - cost);
    this.#add({ bucket, spent: cost, burst: allowance.burst, perSecond: allowance.perMinute / 60 });
  }

  #filled(bucket: string, allowance: Allowance): Bucket {
    const now = this.#nowMs();
    const found = this.#buckets.get(bucket);
    if (found === undefined) {
      const full = { level: allowance.burst, at: now };
      this.#buckets.set(bucket, full);
      return full;
    }
    found.level = Math.min(allowance.burst, found.level + ((now - found.at) * allowance.perMinute) / 60_000);
    found.at = now;
    return found;
  }

  #add(spending: Spending): void {
    const before = this.#unsent.get(spending.bucket);
    if (before !== undefined) before.spent += spending.spent;
    else if (this.#unsent.size < UNSENT_MAX) this.#unsent.set(spending.bucket, { ...spending });
  }
}

const UNLIMITED: RateLimit = { waitSeconds: () => undefined, take() {} };

/**
 * Takes from several limits at once, or from none.
 * @returns undefined if it was taken, else the seconds until all of them have enough
 */
export function takeFromAll(
  limits: readonly (readonly [limit: RateLimit, key: string])[],
  cost = 1,
): number | undefined {
  const waits = limits.flatMap(([limit, key]) => limit.waitSeconds(key, cost) ?? []);
  if (waits.length > 0) return Math.max(...waits);
  for (const [limit, key] of limits) limit.take(key, cost);
  return undefined;
}

/** The refusal of a request whose rate is used up. */
export const overRate = (reason: string, retryAfterSeconds: number): RequestError =>
  new RequestError('RATE_LIMITED', `${reason} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
