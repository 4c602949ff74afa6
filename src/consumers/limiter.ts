import type { LimitStore } from '../adapters/database.ts';
import type { Model } from '../adapters/model.ts';
import type { CallLimit } from '../entities/model-limit.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { KEPT_MS, NO_LIMIT, permit, type Permitted, type Report } from './call-limit.ts';

/** The provider's limit of calls, which the fleet learns together, and this worker's permits. */
export type Limiter = {
  /** No call needs a permit while this is false. */
  isKnown(): boolean;
  /**
   * How many of the `wanted` calls may be begun now. Asks the fleet for the other permits, and `onChange` is called when
   * there are some.
   */
  permitted(wanted: number): number;
  /** A call is begun, which uses a permit. Without one, such as for a repair, the fleet has one less later. */
  began(): void;
  /** The provider has refused a call for its rate. @param restMs how long no worker is to begin a call */
  refused(restMs: number): void;
  /** @param onChange called when `permitted` may return another number */
  listen(onChange: () => void): void;
  stop(): void;
};

/** Between two reports of a worker, and between two questions if there was no permit. */
const EVERY_MS = 1_000;
/** Tries of one report while other workers write as well. The next one has what it said, too. */
const TRIES_MAX = 5;

type LimiterDeps = {
  store: LimitStore;
  model: Pick<Model, 'model' | 'host'>;
  /** Of the set-up. */
  hash: string;
  metrics: Metrics;
  log: Log;
};

export function openLimiter({ store, model: { model, host }, hash, metrics, log }: LimiterDeps): Limiter {
  let onChange = (): void => {};
  let rate: number | null = null;
  /** When calls may be begun, by `performance.now()`; the earliest first. */
  let permits: number[] = [];
  let wanted = 0;
  let unsaid: Unsaid = NOTHING;
  /** The earliest times of the next report, and of the next question for permits. */
  let next = { report: 0, question: 0 };
  let isAsking = false;
  const asking = alarm(() => void ask());
  const due = alarm(() => onChange());

  const ask = async (): Promise<void> => {
    isAsking = true;
    const said = unsaid;
    unsaid = NOTHING;
    const missing = Math.max(0, wanted - permits.length);
    const answer = await exchange(store, hash, { ...said, wanted: missing }).catch(() => undefined);
    const now = performance.now();
    // A refusal is told at once, so that no other worker makes the same call.
    next = { report: unsaid.refused > 0 ? now : now + EVERY_MS, question: now };
    if (answer === undefined) {
      unsaid = sum(unsaid, said);
      next.question = now + EVERY_MS;
    } else {
      const toLocal = now - answer.nowMs;
      tell(answer.limit);
      permits = rate === null ? [] : [...permits, ...answer.permits.map((at) => at + toLocal)];
      if (answer.permits.length < missing)
        next.question = Math.max(now, answer.nextAt + toLocal) + EVERY_MS * Math.random();
    }
    isAsking = false;
    report();
    onChange();
  };
  const report = (): void => {
    if (!isAsking && unsaid !== NOTHING) asking.setFor(Math.max(next.report, next.question));
  };
  const tell = ({ callsPerMinute }: CallLimit): void => {
    metrics.modelLimit.set({ model, host }, callsPerMinute ?? 0);
    if (rate === null && callsPerMinute !== null)
      log.warn({ model, host, callsPerMinute: Math.round(callsPerMinute) }, LEARNED);
    if (rate !== null && callsPerMinute === null) log.info({ model, host }, FORGOTTEN);
    rate = callsPerMinute;
  };

  return {
    isKnown: () => rate !== null,
    permitted(most) {
      if (rate === null) return most;
      wanted = most;
      const now = performance.now();
      const kept = now - Math.max(KEPT_MS, 60_000 / rate);
      permits = permits.filter((at) => at > kept);
      if (wanted > permits.length && !isAsking) asking.setFor(next.question);
      const usable = permits.filter((at) => at <= now).length;
      const first = permits[usable];
      if (first !== undefined && usable < wanted) due.setFor(first);
      return Math.min(most, usable);
    },
    began() {
      const isOwed = rate !== null && permits.shift() === undefined;
      unsaid = sum(unsaid, { ...NOTHING, begun: 1, owed: isOwed ? 1 : 0 });
      report();
    },
    refused(restMs) {
      unsaid = sum(unsaid, { ...NOTHING, refused: 1, restMs, owed: -permits.length });
      permits = [];
      next = { report: 0, question: 0 };
      report();
    },
    listen: (listener) => void (onChange = listener),
    stop() {
      asking.stop();
      due.stop();
    },
  };
}

/** For a model without a provider. */
export const withoutLimit: Limiter = {
  isKnown: () => false,
  permitted: (wanted) => wanted,
  began: () => {},
  refused: () => {},
  listen: () => {},
  stop: () => {},
};

type Unsaid = Omit<Report, 'wanted'>;
const NOTHING: Unsaid = { begun: 0, refused: 0, restMs: 0, owed: 0 };

const sum = (one: Unsaid, other: Unsaid): Unsaid => ({
  begun: one.begun + other.begun,
  refused: one.refused + other.refused,
  restMs: Math.max(one.restMs, other.restMs),
  owed: one.owed + other.owed,
});

/** @returns undefined if other workers have written each time in between */
async function exchange(store: LimitStore, hash: string, report: Report) {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    // oxlint-disable-next-line no-await-in-loop -- one try after another
    const { version, limit, nowMs } = await store.readLimit(hash);
    const given: Permitted = permit({ ...NO_LIMIT, ...limit }, report, nowMs);
    // oxlint-disable-next-line no-await-in-loop -- one try after another
    if (!given.isNew || (await store.saveLimit(hash, version, given.limit))) return { ...given, nowMs };
  }
  return undefined;
}

/** A timer of `performance.now()` that rings at the earliest of its times. */
function alarm(ring: () => void) {
  let set: { at: number; timer: NodeJS.Timeout } | undefined;
  let isStopped = false;
  return {
    setFor(at: number): void {
      if (isStopped || (set !== undefined && set.at <= at)) return;
      clearTimeout(set?.timer);
      const timer = setTimeout(
        () => {
          set = undefined;
          ring();
        },
        Math.max(0, at - performance.now()),
      );
      timer.unref();
      set = { at, timer };
    },
    stop(): void {
      isStopped = true;
      clearTimeout(set?.timer);
    },
  };
}

const LEARNED = 'the model provider has a limit of calls a minute: all workers together keep just below it from now on';
const FORGOTTEN = 'the model provider has refused no call for its rate for a while: no limit is kept any more';
