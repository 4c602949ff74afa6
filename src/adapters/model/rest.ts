import { retryAfterMs } from './retry-after.ts';

/** `x-ratelimit-remaining-tokens`, `anthropic-ratelimit-tokens-remaining`, `ratelimit-remaining` */
const REMAINING = /^(?:(?:x-)?ratelimit-remaining(?:-[a-z-]+)?|anthropic-ratelimit-[a-z-]+-remaining)$/;

/**
 * How long a provider would refuse calls, in milliseconds: until the latest reset of the limits of which, by the headers of
 * a reply, nothing remains.
 * @returns at most a quarter of an hour; undefined if something remains of each limit, or the provider does not say
 */
export function restMs(headers: Headers, nowMs: number): number | undefined {
  const usedUp = new Headers();
  for (const [name, remaining] of headers) {
    const reset = name.replace('remaining', 'reset');
    if (!REMAINING.test(name) || !isZero(remaining) || !headers.has(reset)) continue;
    usedUp.set(name, remaining);
    usedUp.set(reset, headers.get(reset) ?? '');
  }
  // The IETF's draft: `"default";r=0;t=12`, one or more of them.
  const limits = (headers.get('ratelimit') ?? '').split(',').filter((limit) => /;\s*r=0\s*(?:;|$)/.test(limit));
  if (limits.length > 0) usedUp.set('ratelimit', limits.join(','));
  return retryAfterMs(usedUp, nowMs);
}

const isZero = (value: string): boolean => /^0+(?:\.0+)?$/.test(value.trim());
