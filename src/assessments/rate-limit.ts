import { LRUCache } from 'lru-cache';

/** Keys beyond this are forgotten, the least recently seen first: memory stays bounded under a flood of new ones. */
const KEYS_MAX = 50_000;

/** Seconds until there is room again; undefined: there is room, and one unit of it was taken. */
export type RateLimit = (key: string) => number | undefined;

/**
 * A token bucket for each key: `perMinute` at once, refilled evenly over a minute. 0 switches it off. Kept in this
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
