import { LRUCache } from 'lru-cache';

/** Cap of keys, so that memory stays bounded under a flood of new ones; the least recently used are dropped. */
const KEYS_MAX = 50_000;

/** Takes a token of the key's bucket. Returns undefined, or the seconds until the next token if there is none. */
export type RateLimit = (key: string) => number | undefined;

/**
 * A token bucket for each key: `perMinute` tokens, refilled evenly over a minute. 0: no limit. The buckets are in this
 * process, so a fleet of n processes allows up to n times as much.
 */
export function rateLimit(perMinute: number, nowMs: () => number = () => performance.now()): RateLimit {
  if (perMinute === 0) return () => undefined;
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: KEYS_MAX });
  const perMs = perMinute / 60_000;
  return (key) => {
    const now = nowMs();
    const bucket = buckets.get(key) ?? { left: perMinute, at: now };
    bucket.left = Math.min(perMinute, bucket.left + (now - bucket.at) * perMs);
    bucket.at = now;
    buckets.set(key, bucket);
    if (bucket.left < 1) return Math.ceil((1 - bucket.left) / perMs / 1000);
    bucket.left--;
    return undefined;
  };
}
