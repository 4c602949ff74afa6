import type { CallLimit } from '../entities/model-limit.ts';

/** What a worker tells of its calls since its last report, and how many permits it wants. */
export type Report = {
  wanted: number;
  begun: number;
  /** Calls that were refused for their rate. */
  refused: number;
  /** The longest time that a refusal asks to wait. */
  restMs: number;
  /** Calls that were begun without a permit since the limit is known, less the permits that are given back. */
  owed: number;
};

export type Permitted = {
  limit: CallLimit;
  /** When the calls may be begun. */
  permits: number[];
  /** Until then there is no further permit. */
  nextAt: number;
  /** The limit is another one, and has to be saved. */
  isNew: boolean;
};

/** The newest period is not over: the others are a minute. */
const PERIODS = 13;
const PERIOD_MS = 5_000;
const LEAST_PER_MINUTE = 1;
/** A refusal lowers the rate once in this time: by then most refusals of calls from before have come. */
const LOWERED_EVERY_MS = 5_000;
const LOWERED_TO = 0.95;
const RAISED_EVERY_MS = 10_000;
const RAISED_TO = 1.02;
/** After so long without a refusal the limit must be far above the rate. */
const RAISED_MORE_AFTER_MS = 120_000;
const RAISED_MORE_TO = 1.2;
const FORGOTTEN_AFTER_MS = 10 * 60_000;
/** Permits are given ahead, so that none is lost between two questions of a worker. */
const AHEAD_MS = 2_000;
/** Permits of so long ago can still be used: for the calls that were not made in a pause. */
const BACK_MS = 10_000;

/** How long a permit can be used. */
export const keptMs = (callsPerMinute: number): number => Math.max(BACK_MS, 60_000 / callsPerMinute);

/** A limit of calls a minute is over after a minute, whatever the provider says. */
const REST_MAX_MS = 60_000;
/** By then the call that goes first after a rest is refused, or most likely accepted. */
const TRY_MS = 1_000;

export const NO_LIMIT: CallLimit = {
  callsPerMinute: null,
  isLearning: true,
  nextAt: 0,
  restUntil: 0,
  isTried: true,
  refusedAt: 0,
  loweredAt: 0,
  raisedAt: 0,
  accepted: [],
  period: 0,
};

/** Takes a worker's report into what the fleet knows, and gives it permits. Without a known limit nobody needs any. */
export function permit(before: CallLimit, report: Report, nowMs: number): Permitted {
  const { wanted, begun, refused, restMs, owed } = report;
  const counts = counted(before, begun - refused, nowMs);
  const limit = refused > 0 ? lowered(counts, restMs, nowMs) : raised(counts, nowMs);
  const isChanged = begun + refused > 0 || owed !== 0 || limit.callsPerMinute !== before.callsPerMinute;
  if (limit.callsPerMinute === null) return { limit, permits: [], nextAt: nowMs, isNew: isChanged };
  const given = give(limit, limit.callsPerMinute, wanted, nowMs, owed);
  return { ...given, isNew: isChanged || given.permits.length > 0 };
}

function give(limit: CallLimit, rate: number, wanted: number, nowMs: number, owed: number): Omit<Permitted, 'isNew'> {
  const everyMs = 60_000 / rate;
  const first = Math.max(limit.nextAt, nowMs - keptMs(rate)) + owed * everyMs;
  if (!limit.isTried || limit.restUntil > nowMs) return rested({ ...limit, nextAt: first }, everyMs, wanted, nowMs);
  const due = Math.max(0, Math.floor((nowMs + AHEAD_MS - first) / everyMs) + 1);
  const permits = Array.from({ length: Math.min(wanted, due) }, (_, nth) => first + nth * everyMs);
  const nextAt = first + permits.length * everyMs;
  return { limit: { ...limit, nextAt }, permits, nextAt: nextAt - AHEAD_MS };
}

/** After a rest one call goes first: a limit that is still used up refuses no more than this one. */
function rested(limit: CallLimit, everyMs: number, wanted: number, nowMs: number): Omit<Permitted, 'isNew'> {
  const { restUntil, isTried, nextAt } = limit;
  if (isTried) return { limit, permits: [], nextAt: restUntil };
  if (wanted === 0 || restUntil - AHEAD_MS > nowMs) return { limit, permits: [], nextAt: restUntil - AHEAD_MS };
  const at = Math.max(restUntil, nowMs);
  const tried = { ...limit, isTried: true, restUntil: at + TRY_MS, nextAt: nextAt + everyMs };
  return { limit: tried, permits: [at], nextAt: tried.restUntil };
}

function counted(before: CallLimit, accepted: number, nowMs: number): CallLimit {
  const period = Math.floor(nowMs / PERIOD_MS);
  const passed = Math.min(PERIODS, Math.max(0, period - before.period));
  const [newest = 0, ...others] = [...Array.from({ length: passed }, () => 0), ...before.accepted];
  return { ...before, period, accepted: [newest + accepted, ...others].slice(0, PERIODS) };
}

function lowered(before: CallLimit, restMs: number, nowMs: number): CallLimit {
  const { callsPerMinute: rate, isLearning, loweredAt, restUntil } = before;
  const limit = {
    ...before,
    refusedAt: nowMs,
    restUntil: Math.max(restUntil, nowMs + Math.min(restMs, REST_MAX_MS)),
    isTried: false,
  };
  if (rate === null) return { ...limit, ...learned(limit), nextAt: nowMs };
  if (isLearning) return { ...limit, ...learned(limit) };
  if (nowMs - loweredAt < LOWERED_EVERY_MS) return limit;
  return { ...limit, loweredAt: nowMs, callsPerMinute: Math.max(LEAST_PER_MINUTE, rate * LOWERED_TO) };
}

function raised(limit: CallLimit, nowMs: number): CallLimit {
  const { callsPerMinute: rate, refusedAt, raisedAt, nextAt } = limit;
  if (rate === null) return limit;
  if (nowMs - refusedAt > FORGOTTEN_AFTER_MS) return { ...limit, callsPerMinute: null, isLearning: true };
  // A rate that nobody has to wait for is not tried by being raised.
  if (nextAt <= nowMs || nowMs - Math.max(refusedAt, raisedAt) < RAISED_EVERY_MS) return limit;
  const factor = nowMs - refusedAt < RAISED_MORE_AFTER_MS ? RAISED_TO : RAISED_MORE_TO;
  return { ...limit, callsPerMinute: rate * factor, raisedAt: nowMs, isLearning: false };
}

/** The rate is a little less than the calls that the provider has accepted in the last minute. */
function learned({ accepted }: CallLimit): Pick<CallLimit, 'callsPerMinute' | 'isLearning'> {
  const sum = accepted.reduce((total, count) => total + count, 0);
  return { callsPerMinute: Math.max(LEAST_PER_MINUTE, sum * LOWERED_TO), isLearning: true };
}
