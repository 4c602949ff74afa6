import type { CallLimit } from '../entities/model-limit.ts';

/** The calls of a worker since its last report, and how many permits it wants. */
export type Report = {
  wanted: number;
  begun: number;
  /** Calls that were refused for their rate. */
  refused: number;
  /** The longest time that a refusal asks to wait; 0 if none does. */
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
  /** The limit was changed, and has to be saved. */
  isNew: boolean;
};

/** Periods in which accepted calls are counted: a minute, and the newest one, which is not over. */
const PERIODS = 13;
const PERIOD_MS = 5_000;
const LEAST_PER_MINUTE = 1;
/** A refusal after fewer calls in the last minute says nothing of a rate: the worker rests, and no limit is learned. */
const LEARNED_FROM = 10;
/** A refusal lowers the rate once in this time: by then most refusals of calls from before have come. */
const LOWERED_EVERY_MS = 5_000;
/** To the calls of the last minute, but by a twentieth at least, and by a tenth at most. */
const LOWERED_TO = 0.95;
const LOWERED_MOST_TO = 0.9;
const RAISED_EVERY_MS = 10_000;
const RAISED_TO = 1.02;
/** After so long without a refusal the limit is most likely far above the rate. */
const RAISED_MORE_AFTER_MS = 120_000;
const RAISED_MORE_TO = 1.1;
/** While the limit is learned: a provider that takes few calls at once may take many in a minute. */
const LEARNING_EVERY_MS = 5_000;
const LEARNING_TO = 1.5;
/** The limit is learned when a raised rate has led to no more than this many times the calls. */
const LEARNED_WITHIN = 1.2;
const FORGOTTEN_AFTER_MS = 10 * 60_000;
/** Permits are given ahead, so that none is lost between two questions of a worker. */
const AHEAD_MS = 2_000;
/** Permits of so long ago are still given. */
const BACK_MS = 1_000;
/** Calls without a permit put the next ones off by no more: most of them were begun before the limit was known. */
const DEBT_MAX_MS = 5_000;
/** A permit can be used for so long, or for as long as one permit takes, if that is longer. */
export const KEPT_MS = 10_000;
/** The first rest where the provider names no time, which doubles while the call that goes first is refused. */
const REST_MS = 1_000;
const REST_UNASKED_MAX_MS = 8_000;
/** A limit of a minute is over by then, whatever the provider says. */
const REST_MAX_MS = 60_000;
/** By then the call that goes first after a rest is refused, or most likely accepted. */
const TRY_MS = 1_000;

export const NO_LIMIT: CallLimit = {
  callsPerMinute: null,
  isLearning: true,
  nextAt: 0,
  restUntil: 0,
  isTried: true,
  restMs: 0,
  refusedAt: 0,
  loweredAt: 0,
  loweredTo: 0,
  raisedAt: 0,
  accepted: [],
  period: 0,
};

/** Adds a worker's report to the limit of the fleet, and gives the worker permits. Without a known limit nobody needs any. */
export function permit(before: CallLimit, report: Report, nowMs: number): Permitted {
  const { wanted, begun, refused, restMs, owed } = report;
  const counts = counted(before, begun - refused, nowMs);
  const limit = refused > 0 ? lowered(counts, restMs, nowMs) : raised(counts, nowMs);
  const { callsPerMinute } = limit;
  const isChanged = begun + refused > 0 || owed !== 0 || callsPerMinute !== before.callsPerMinute;
  if (callsPerMinute === null) return { limit, permits: [], nextAt: nowMs, isNew: isChanged };
  const everyMs = 60_000 / callsPerMinute;
  const dueAt = Math.max(limit.nextAt, nowMs - Math.max(BACK_MS, everyMs));
  const nextAt = Math.min(dueAt + owed * everyMs, Math.max(dueAt, nowMs + Math.max(DEBT_MAX_MS, everyMs)));
  const rests = !limit.isTried || limit.restUntil > nowMs;
  const given = (rests ? goFirst : goOn)({ ...limit, nextAt }, everyMs, wanted, nowMs);
  return { ...given, isNew: isChanged || given.permits.length > 0 };
}

type Given = Omit<Permitted, 'isNew'>;

function goOn(limit: CallLimit, everyMs: number, wanted: number, nowMs: number): Given {
  const due = Math.max(0, Math.floor((nowMs + AHEAD_MS - limit.nextAt) / everyMs) + 1);
  const permits = Array.from({ length: Math.min(wanted, due) }, (_, nth) => limit.nextAt + nth * everyMs);
  const nextAt = limit.nextAt + permits.length * everyMs;
  return { limit: { ...limit, nextAt }, permits, nextAt: nextAt - AHEAD_MS };
}

/** After a rest one call goes first: a limit that is still used up refuses no more than this one. */
function goFirst(limit: CallLimit, everyMs: number, wanted: number, nowMs: number): Given {
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

const acceptedIn = ({ accepted }: CallLimit): number => accepted.reduce((sum, count) => sum + count, 0);

function lowered(before: CallLimit, askedMs: number, nowMs: number): CallLimit {
  const { callsPerMinute: rate, isLearning, loweredAt, restUntil } = before;
  const limit = { ...resting(before, askedMs, nowMs), refusedAt: nowMs };
  if (rate === null) return acceptedIn(limit) < LEARNED_FROM ? before : { ...learned(limit, nowMs), nextAt: nowMs };
  if (isLearning) return learned(limit, nowMs);
  // A limit that stays used up for a while is no lower one.
  if (nowMs < restUntil || nowMs - loweredAt < LOWERED_EVERY_MS) return limit;
  const callsPerMinute = Math.min(rate * LOWERED_TO, Math.max(rate * LOWERED_MOST_TO, acceptedIn(limit)));
  return { ...limit, loweredAt: nowMs, callsPerMinute: Math.max(LEAST_PER_MINUTE, callsPerMinute) };
}

function resting(limit: CallLimit, askedMs: number, nowMs: number): CallLimit {
  const { isTried, restUntil } = limit;
  // Refused like others before the one that goes first.
  if (nowMs < restUntil - (isTried ? TRY_MS : 0))
    return { ...limit, restUntil: Math.max(restUntil, nowMs + Math.min(askedMs, REST_MAX_MS)) };
  const unaskedMs = nowMs < restUntil ? Math.min(2 * limit.restMs, REST_UNASKED_MAX_MS) : REST_MS;
  const restMs = askedMs > 0 ? Math.min(askedMs, REST_MAX_MS) : unaskedMs;
  return { ...limit, restMs, restUntil: nowMs + restMs, isTried: false };
}

/** The rate is a little less than the calls that the provider has accepted in the last minute. */
function learned(limit: CallLimit, nowMs: number): CallLimit {
  const { raisedAt, loweredAt, loweredTo } = limit;
  const callsPerMinute = Math.max(LEAST_PER_MINUTE, acceptedIn(limit) * LOWERED_TO);
  // The first refusals are of calls from before the rate was raised.
  const isLearning = raisedAt <= loweredAt || callsPerMinute > loweredTo * LEARNED_WITHIN;
  return { ...limit, callsPerMinute, isLearning, loweredAt: nowMs, loweredTo: callsPerMinute };
}

function raised(limit: CallLimit, nowMs: number): CallLimit {
  const { callsPerMinute: rate, isLearning, refusedAt, raisedAt, nextAt, accepted, period } = limit;
  if (rate === null) return limit;
  if (nowMs - refusedAt > FORGOTTEN_AFTER_MS) return { ...NO_LIMIT, accepted, period };
  const everyMs = isLearning ? LEARNING_EVERY_MS : RAISED_EVERY_MS;
  // A rate that nobody has to wait for is not tried by being raised.
  if (nextAt <= nowMs || nowMs - Math.max(refusedAt, raisedAt) < everyMs) return limit;
  const factor = nowMs - refusedAt > RAISED_MORE_AFTER_MS ? RAISED_MORE_TO : RAISED_TO;
  return { ...limit, callsPerMinute: rate * (isLearning ? LEARNING_TO : factor), raisedAt: nowMs };
}
