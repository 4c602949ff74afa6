import { LRUCache } from 'lru-cache';
import type { Level, Spending } from '../entities/rate-bucket.ts';
import { RequestError } from '../errors.ts';

/** The units that one key may use: `burst` at once, refilled by `perMinute`. A `perMinute` of 0 switches the limit off. */
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

/** The units that all processes together may use in a UTC day. */
export type Budget = {
  readonly perDay: number;
  /** The units that are left of the day, as far as this process knows; negative if more was taken than there was. */
  left(): number;
  take(cost: number): void;
};

/** Buckets beyond this are forgotten, the least recently used first: a flood of new keys takes no more memory. */
const BUCKETS_MAX = 100_000;
/** Buckets whose spending waits for an exchange. The spending of further ones counts in this process alone. */
const UNSENT_MAX = 20_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

type Bucket = { level: number; at: number };
/** A bucket's name, and how it is filled. */
type Kind = Pick<Spending, 'bucket' | 'burst' | 'perSecond'>;
type Unsent = Kind & { spent: number };

/**
 * Token buckets of all limits of this process. They decide at once from local memory; processes exchange their spending
 * in the background (src/assessments/exchange-rates.ts), so that a fleet allows little more than one process.
 */
export class Rates {
  readonly #buckets = new LRUCache<string, Bucket>({ max: BUCKETS_MAX });
  readonly #unsent = new Map<string, Unsent>();
  /** The buckets of the fleet's budgets today. Their levels are learnt also while this process takes nothing. */
  readonly #watched: (() => Kind)[] = [];
  readonly #nowMs: () => number;
  readonly #dateMs: () => number;

  /** @param dateMs the time of day, which says when a day of budgets ends */
  constructor(nowMs: () => number = () => performance.now(), dateMs: () => number = Date.now) {
    this.#nowMs = nowMs;
    this.#dateMs = dateMs;
  }

  /** @param name of the limit, which tells its buckets from those of others */
  limit(name: string, allowance: Allowance): RateLimit {
    if (allowance.perMinute === 0) return UNLIMITED;
    const { burst, perMinute } = allowance;
    const kindOf = (key: string): Kind => ({ bucket: `${name}:${key}`, burst, perSecond: perMinute / 60 });
    return {
      waitSeconds: (key, cost = 1) => {
        const { level } = this.#filled(kindOf(key));
        // A cost above the burst would never be there.
        const missing = Math.min(cost, burst) - level;
        return missing <= 0 ? undefined : Math.ceil((missing / perMinute) * 60);
      },
      take: (key, cost = 1) => this.#take(kindOf(key), cost),
    };
  }

  /** A limit of each key for a UTC day: its bucket is not refilled, and the next day has another one. 0: no limit. */
  daily(name: string, perDay: number): RateLimit {
    if (perDay === 0) return UNLIMITED;
    const kindOf = (key: string): Kind => this.#today(name, perDay, `:${key}`);
    return {
      waitSeconds: (key, cost = 1) =>
        Math.min(cost, perDay) <= this.#filled(kindOf(key)).level
          ? undefined
          : Math.ceil((this.dayEndsAt() - this.#dateMs()) / 1_000),
      take: (key, cost = 1) => this.#take(kindOf(key), cost),
    };
  }

  /** A budget of the fleet, whose level each process learns at every exchange. */
  budget(name: string, perDay: number): Budget {
    const kind = (): Kind => this.#today(name, perDay);
    this.#watched.push(kind);
    return { perDay, left: () => this.#filled(kind()).level, take: (cost) => this.#take(kind(), cost) };
  }

  /** The next UTC midnight, in milliseconds since 1970. */
  dayEndsAt(): number {
    return (Math.floor(this.#dateMs() / DAY_MS) + 1) * DAY_MS;
  }

  /** The spending since the last exchange, at most `most` buckets of it, which then counts as sent. */
  drain(most: number): Spending[] {
    const watched = this.#watched.map((kind) => this.#unsent.get(kind().bucket) ?? { ...kind(), spent: 0 });
    const drained = [...new Set([...watched, ...this.#unsent.values()])].slice(0, most);
    return drained.map((unsent) => {
      this.#unsent.delete(unsent.bucket);
      const { spent, burst, perSecond } = unsent;
      return { ...unsent, known: perSecond > 0 ? burst : Math.min(burst, this.#filled(unsent).level + spent) };
    });
  }

  /** Spending that could not be sent. */
  giveBack(spendings: readonly Spending[]): void {
    for (const { known: _known, ...unsent } of spendings) if (unsent.spent > 0) this.#add(unsent);
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

  #today(name: string, perDay: number, key = ''): Kind {
    const day = new Date(this.#dateMs()).toISOString().slice(0, 10);
    return { bucket: `${name}:${day}${key}`, burst: perDay, perSecond: 0 };
  }

  #take(kind: Kind, cost: number): void {
    const filled = this.#filled(kind);
    filled.level -= cost;
    // A debt of more than a burst would lock a key out for long after the flood is over. A day ends by itself.
    if (kind.perSecond > 0) filled.level = Math.max(-kind.burst, filled.level);
    this.#add({ ...kind, spent: cost });
  }

  #filled({ bucket, burst, perSecond }: Kind): Bucket {
    const now = this.#nowMs();
    const found = this.#buckets.get(bucket);
    if (found === undefined) {
      const full = { level: burst, at: now };
      this.#buckets.set(bucket, full);
      return full;
    }
    found.level = Math.min(burst, found.level + ((now - found.at) * perSecond) / 1_000);
    found.at = now;
    return found;
  }

  #add(unsent: Unsent): void {
    const before = this.#unsent.get(unsent.bucket);
    if (before !== undefined) before.spent += unsent.spent;
    else if (this.#unsent.size < UNSENT_MAX || this.#isWatched(unsent)) this.#unsent.set(unsent.bucket, { ...unsent });
  }

  #isWatched({ bucket }: Kind): boolean {
    return this.#watched.some((kind) => kind().bucket === bucket);
  }
}

const UNLIMITED: RateLimit = { waitSeconds: () => undefined, take() {} };

type Keyed = readonly (readonly [limit: RateLimit, key: string])[];

/** The seconds until all of several limits have enough; undefined if they have it now. */
export function waitForAll(limits: Keyed, cost = 1): number | undefined {
  const waits = limits.flatMap(([limit, key]) => limit.waitSeconds(key, cost) ?? []);
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/**
 * Takes from several limits at once, or from none.
 * @returns undefined if it was taken, else the seconds until all of them have enough
 */
export function takeFromAll(limits: Keyed, cost = 1): number | undefined {
  const wait = waitForAll(limits, cost);
  if (wait === undefined) for (const [limit, key] of limits) limit.take(key, cost);
  return wait;
}

/** The refusal of a request whose rate is used up. */
export const overRate = (reason: string, retryAfterSeconds: number): RequestError =>
  new RequestError('RATE_LIMITED', `${reason} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
