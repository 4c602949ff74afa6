import { ProviderFailure, ProviderPause } from '../entities/provider-failure.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';

/** What this process knows of the model's provider, and so how much work may be begun. */
export type Provider = {
  /** Slots for new work, where so many are free and so many assessments are on their way to an answer. */
  slots(free: number, unanswered: number): number;
  /** Nobody is to be asked for so many more milliseconds, if any. */
  pausedMs(): number;
  /** A call was answered, if only by a refusal of what was asked. */
  answered(): void;
  /** A call failed. Not to be told of calls that were ended from here. */
  failed(error: unknown): void;
  /**
   * It was away when this was last known, and this assessment finds out for all whether it still is. Twice running is
   * not for all any more: perhaps it is this assessment that the provider fails on, and then its attempts have to count.
   */
  isFreeProbe(assessmentId: string): boolean;
  stop(): void;
};

export type ProviderDeps = {
  metrics: Metrics;
  log: Log;
  /** Slots may have become free. */
  onChange: () => void;
  /** From one probe of a provider that is down to the next. */
  probeEveryMs?: number;
};

/** So many failures in a row, over all that this process asks, are no accident: the provider is down. */
const FAILURES_MAX = 5;
/** Nor is it one that more than half of so many calls fail: going on would pay for failures. */
const RECENT = 20;
const PROBE_EVERY_MS = 30_000;

/**
 * Keeps work from being begun that would only fail: while the provider asks everybody to wait, and while it is down.
 * Otherwise an outage of a few minutes would use up the attempts of everything that is submitted during it. After an
 * outage, or a refusal that only a person can mend, a single assessment goes first.
 */
export function watchProvider({ metrics, log, onChange, probeEveryMs = PROBE_EVERY_MS }: ProviderDeps): Provider {
  /** Of the last calls, newest last: did it fail? */
  let recent: boolean[] = [];
  let probedBy: string | undefined;
  let pausedUntil = 0;
  let probing = false;
  let timer: NodeJS.Timeout | undefined;

  const pausedMs = (): number => Math.max(0, pausedUntil - performance.now());
  const count = (failed: boolean): void => {
    recent = [...recent.slice(1 - RECENT), failed];
  };
  const isDown = (): boolean => {
    const lastOnes = recent.slice(-FAILURES_MAX);
    if (lastOnes.length === FAILURES_MAX && lastOnes.every(Boolean)) return true;
    return recent.length === RECENT && recent.filter(Boolean).length > RECENT / 2;
  };
  const pause = (reason: string, delayMs: number, error: Error): void => {
    pausedUntil = Math.max(pausedUntil, performance.now() + delayMs);
    metrics.modelPaused.set({ reason }, 1);
    log.warn(
      { reason, delayMs: Math.round(delayMs), err: error },
      'the model provider refuses: no new work until later',
    );
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!probing) metrics.modelPaused.reset();
      onChange();
    }, pausedUntil - performance.now());
    timer.unref();
    onChange();
  };

  return {
    slots(free, unanswered) {
      if (pausedMs() > 0) return 0;
      return probing ? Math.max(0, Math.min(free, 1 - unanswered)) : free;
    },
    pausedMs,
    answered() {
      count(false);
      // One that was asked before the pause says nothing of what comes after it.
      if (!probing || pausedMs() > 0) return;
      probing = false;
      probedBy = undefined;
      recent = [];
      metrics.modelPaused.reset();
      log.info('the model provider works again');
      onChange();
    },
    failed(error) {
      if (error instanceof ProviderPause) {
        // After a rate limit everybody may go on; what a person has to mend is tried by one.
        probing ||= error.reason !== 'rate-limit';
        pause(error.reason, error.delayMs ?? probeEveryMs, error);
      } else if (error instanceof ProviderFailure) {
        count(true);
        if (!probing && !isDown()) return;
        probing = true;
        pause('outage', probeEveryMs, error);
      }
    },
    isFreeProbe(assessmentId) {
      if (!probing) return false;
      const isFree = probedBy !== assessmentId;
      probedBy = assessmentId;
      return isFree;
    },
    stop: () => clearTimeout(timer),
  };
}
