/** Cap: a longer wait is taken as a mistake of the provider, or as an attack. */
const LONGEST_MS = 60 * 60 * 1000;

/**
 * How long a provider asks us to wait, in milliseconds: `retry-after-ms`, or `retry-after` in seconds or as a date
 * (RFC 9110, 10.2.3), or else the later of OpenAI's two limits' resets. Invalid values are ignored.
 * @returns at most an hour; undefined if the provider does not say
 */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const valueOf = (name: string): string | undefined => headers?.get(name) ?? undefined;
  const resets = ['x-ratelimit-reset-requests', 'x-ratelimit-reset-tokens'].flatMap(
    (name) => duration(valueOf(name)) ?? [],
  );
  const wait =
    toNumber(valueOf('retry-after-ms')) ??
    secondsOrDate(valueOf('retry-after'), nowMs) ??
    (resets.length === 0 ? undefined : Math.max(...resets));
  return wait === undefined ? undefined : Math.min(wait, LONGEST_MS);
}

function secondsOrDate(value: string | undefined, nowMs: number): number | undefined {
  const seconds = toNumber(value);
  if (seconds !== undefined) return seconds * 1000;
  // `Date.parse` reads almost any text with a number as a date, such as "-5".
  const date = value === undefined || !/^[A-Za-z]{3}/.test(value) ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function toNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

const UNIT_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Parses a duration in OpenAI's form: `1s`, `6m0s`, `120ms`. */
function duration(value: string | undefined): number | undefined {
  if (value === undefined || !/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(value)) return undefined;
  const parts = value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g);
  return [...parts].reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
}
