/** Cap: a longer wait is taken as a mistake of the provider, or as an attack. After it one call goes first. */
const LONGEST_MS = 15 * 60 * 1000;

/**
 * How long a provider asks us to wait, in milliseconds: `retry-after-ms`, or `retry-after` in seconds or as a date
 * (RFC 9110, 10.2.3), or else the latest reset of its limits. A limit of which something remains does not count. Invalid
 * values are ignored.
 * @returns at most a quarter of an hour; undefined if the provider does not say
 */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  if (headers === undefined) return undefined;
  return capped(
    toNumber(headers.get('retry-after-ms')) ??
      secondsOrDate(headers.get('retry-after'), nowMs) ??
      latestReset(headers, nowMs, (remaining) => (remaining ?? 0) === 0),
  );
}

/**
 * How long a provider would refuse calls, in milliseconds: until the latest reset of the limits of which, by the headers of
 * a reply, nothing remains.
 * @returns at most a quarter of an hour; undefined if something remains of each limit, or the provider does not say
 */
export const restMs = (headers: Headers, nowMs: number): number | undefined =>
  capped(latestReset(headers, nowMs, (remaining) => remaining === 0));

const capped = (waitMs: number | undefined): number | undefined =>
  waitMs === undefined ? undefined : Math.min(waitMs, LONGEST_MS);

/** @param counts whether a limit counts of which so much remains; undefined if the provider does not say */
function latestReset(
  headers: Headers,
  nowMs: number,
  counts: (remaining: number | undefined) => boolean,
): number | undefined {
  const resets = [...resetsOf(headers)].flatMap(({ reset, remaining }) =>
    counts(toNumber(remaining)) ? (resetMs(reset, nowMs) ?? []) : [],
  );
  return resets.length === 0 ? undefined : Math.max(...resets);
}

type Limit = { reset: string; remaining: string | null | undefined };

/** `x-ratelimit-reset-tokens`, `anthropic-ratelimit-tokens-reset`, `x-ratelimit-reset`, `ratelimit-reset` */
const RESET = /^(?:x-ratelimit-reset(?:-[a-z-]+)?|anthropic-ratelimit-[a-z-]+-reset|ratelimit-reset)$/;

function* resetsOf(headers: Headers): Generator<Limit> {
  for (const [name, reset] of headers)
    if (RESET.test(name)) yield { reset, remaining: headers.get(name.replace('reset', 'remaining')) };
  // The IETF's draft: `"default";r=0;t=12`, one or more of them.
  for (const limit of (headers.get('ratelimit') ?? '').split(',')) {
    const reset = parameterOf(limit, 't');
    if (reset !== undefined) yield { reset, remaining: parameterOf(limit, 'r') };
  }
}

const parameterOf = (limit: string, name: 'r' | 't'): string | undefined =>
  limit
    .split(';')
    .map((part) => part.trim().split('='))
    .find(([key]) => key === name)?.[1];

/** A number from 2001 on is a time since 1970, in seconds or in milliseconds; a smaller one is a wait in seconds. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e12;

function resetMs(value: string, nowMs: number): number | undefined {
  const number = toNumber(value);
  if (number === undefined) return duration(value) ?? untilRfc3339(value, nowMs);
  if (number < EPOCH_SECONDS) return number * 1000;
  return Math.max(0, (number < EPOCH_MS ? number * 1000 : number) - nowMs);
}

function untilRfc3339(value: string, nowMs: number): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
  return until(Date.parse(value), nowMs);
}

function secondsOrDate(value: string | null, nowMs: number): number | undefined {
  const seconds = toNumber(value);
  if (seconds !== undefined) return seconds * 1000;
  // `Date.parse` reads almost any text with a number as a date, such as "-5".
  return value === null || !/^[A-Za-z]{3}/.test(value) ? undefined : until(Date.parse(value), nowMs);
}

const until = (dateMs: number, nowMs: number): number | undefined =>
  Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);

function toNumber(value: string | null | undefined): number | undefined {
  return value != null && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

const UNIT_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Parses a duration in OpenAI's form: `1s`, `6m0s`, `120ms`. */
function duration(value: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(value)) return undefined;
  const parts = value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g);
  return [...parts].reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
}
