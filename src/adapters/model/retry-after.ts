/** Longer waits than this are taken as a mistake or an attack on our patience. */
const LONGEST_MS = 60 * 60 * 1000;

/**
 * How long a provider asks us to wait, in milliseconds: `retry-after-ms`, or `retry-after` in seconds or as a date
 * (RFC 9110, 10.2.3). Nonsense is ignored, and what is too long is cut to an hour.
 */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const candidates = [
    toNumber(headers?.get('retry-after-ms')),
    secondsOrDate(headers?.get('retry-after') ?? undefined, nowMs),
  ];
  const wait = candidates.find((ms) => ms !== undefined);
  return wait === undefined ? undefined : Math.min(wait, LONGEST_MS);
}

function secondsOrDate(value: string | undefined, nowMs: number): number | undefined {
  const seconds = toNumber(value);
  if (seconds !== undefined) return seconds * 1000;
  const date = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function toNumber(value: string | null | undefined): number | undefined {
  return value != null && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}
