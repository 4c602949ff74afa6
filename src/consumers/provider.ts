import type { ModelBudgets } from '../assessments/model-budgets.ts';
import { ProviderFailure, ProviderPause } from '../entities/provider-failure.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';

/** The state of the model's provider as this process has observed it, which decides how much work may be begun. */
export type Provider = {
  /** How many of the `free` slots may be used while `reserved` ones wait for a reply. */
  slots(free: number, reserved: number): number;
  /** How long no call may be made; 0 outside a pause. */
  pausedMs(): number;
  /** To be called after a reply, and after a refusal of the request: both show that the provider works. */
  replied(): void;
  /** To be called after a failed call, but not after one that this process has aborted. */
  failed(error: unknown): void;
  /**
   * Whether the next call for this assessment is a half-open probe: its first failure is the provider's. A second one in
   * a row for the same assessment counts as its attempt, since the provider may fail because of this assessment.
   */
  isFreeProbe(assessmentId: string): boolean;
  stop(): void;
};

export type ProviderDeps = {
  budgets: Pick<ModelBudgets, 'callsLeft'>;
  metrics: Metrics;
  log: Log;
  /** Called when `slots` may return another number. */
  onChange: () => void;
  /** Time between two probes of a provider that is down. */
  probeEveryMs?: number;
};

/** After so many failures in a row, over all calls of this process, the provider is taken to be down. */
const FAILURES_MAX = 5;
/** It is also taken to be down if more than half of so many calls failed: going on would pay for failures. */
const RECENT = 20;
const PROBE_EVERY_MS = 30_000;
const REASONS = ['rate-limit', 'quota', 'configuration', 'outage'] as const;
type Reason = (typeof REASONS)[number];

/**
 * A circuit breaker: begins no work while the provider asks for a pause, or is down. Otherwise an outage of a few minutes
 * would use up the attempts of all assessments submitted during it. After an outage, or a refusal that only a person can
 * mend, it is half-open: a single assessment is the probe.
 */
export function watchProvider({
  budgets,
  metrics,
  log,
  onChange,
  probeEveryMs = PROBE_EVERY_MS,
}: ProviderDeps): Provider {
  /** Whether each of the last calls failed; the newest comes last. */
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
  /** Not the reason `budget`, which is not the provider's. */
  const clearReasons = (): void => {
    for (const reason of REASONS) metrics.modelPaused.set({ reason }, 0);
  };
  const pause = (reason: Reason, delayMs: number, error: Error): void => {
    pausedUntil = Math.max(pausedUntil, performance.now() + delayMs);
    metrics.modelPaused.set({ reason }, 1);
    log.warn(
      { reason, delayMs: Math.round(delayMs), err: error },
      'the model provider refuses calls; no new work is begun for this time',
    );
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!probing) clearReasons();
      onChange();
    }, pausedUntil - performance.now());
    timer.unref();
    onChange();
  };

  return {
    slots(free, reserved) {
      if (pausedMs() > 0) return 0;
      // Beyond the budget an assessment would be claimed for nothing.
      const most = Math.min(probing ? 1 : Infinity, budgets.callsLeft()) - reserved;
      return Math.max(0, Math.min(free, most));
    },
    pausedMs,
    replied() {
      count(false);
      // A call from before the pause says nothing of the time after it.
      if (!probing || pausedMs() > 0) return;
      probing = false;
      probedBy = undefined;
      recent = [];
      clearReasons();
      log.info('the model provider works again');
      onChange();
    },
    failed(error) {
      if (error instanceof ProviderPause) {
        // After a rate limit all calls may go on. What a person has to mend is probed by one.
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
