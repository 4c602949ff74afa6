import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelBudgets } from '../assessments/model-budgets.ts';
import type { Look } from '../entities/model-setup.ts';
import {
  ProviderFailure,
  ProviderPause,
  type ProviderRefusal,
  type RefusalFacts,
} from '../entities/provider-failure.ts';
import type { Log } from '../log.ts';
import type { Limiter } from './limiter.ts';
import { remedyOf } from './remedies.ts';
import type { Looks } from './look.ts';

/** Whose fault a refusal is. `learned`: nobody's, since the provider is asked in another way from now on. */
export type Verdict = 'own' | 'all' | 'learned';

/** The state of the model's provider as this process has observed it, which decides how much work may be begun. */
export type Provider = {
  /** How many of the `free` slots may be used while `reserved` ones wait for a reply. */
  slots(free: number, reserved: number): number;
  /** How long no call may be made; 0 outside a pause. */
  pausedMs(): number;
  /** To be called before each call, and after it. */
  began(): void;
  ended(): void;
  /**
   * To be called after a reply, and after a refusal of the model: both show that the provider works.
   * @param restMs the provider says that it would refuse calls for so long
   */
  replied(assessmentId: string, restMs?: number): void;
  /** To be called after a failed call, but not after one that this process has aborted. */
  failed(assessmentId: string, error: unknown): void;
  /** Whether a refusal concerns one assessment or all. @param isLast a wrong verdict would fail the assessment for good */
  judge(assessmentId: string, refusal: ProviderRefusal, isLast: boolean): Promise<Verdict>;
  /** The reply to an assessment, and its repair, could not be used. */
  unusable(assessmentId: string): void;
  /** A reply was of use. */
  fitted(): void;
  stop(): void;
};

export type ProviderDeps = {
  budgets: Pick<ModelBudgets, 'callsLeft'>;
  looks: Looks;
  limiter: Limiter;
  /** How the calls are made now: another value after a look that has learned something. */
  dialect: () => unknown;
  metrics: { modelPaused: { set(labels: { reason: string }, value: number): void } };
  log: Log;
  /** Called when `slots` may return another number. */
  onChange: () => void;
};

/** After failures of so many assessments in a row, over all calls of this process, the provider is taken to be down. */
const FAILURES_MAX = 5;
/** It is also taken to be down if the calls of more than half of so many assessments failed. */
const RECENT = 20;
/** After so many assessments in a row whose replies were of no use, and none before, the model does not fit. */
const UNFIT_MAX = 5;
/** At the start a look of the last day is enough. */
const START_AGE_MS = 24 * 60 * 60 * 1000;
/**
 * An answered look says for so long, and so many assessments, that a refusal is the assessment's own. A refusal that the
 * provider itself explains by key, model or credit is hardly anybody's own.
 */
const VERDICT_MS = { unexplained: 30_000, 'too-long': 30_000, configuration: 1_000, quota: 1_000 };
const VERDICTS_MAX = 3;
/** The first pause after a rate limit without a time, which doubles with each further one. */
const RATE_LIMIT_MS = 5_000;
/** The same with a known limit: all workers rest, and the limiter says how long. */
const LIMITED_MS = 1_000;
const RATE_LIMIT_MAX_MS = 5 * 60_000;
/** The first pause until the next look, which doubles with each further one up to the maximum. */
const LOOK_MS = 2_000;
const LOOK_MAX_MS = { outage: 30_000, configuration: 30_000, quota: 5 * 60_000, unfit: 10 * 60_000, unknown: 5_000 };
/** A look at a model that does not fit is paid for. */
const LOOK_MIN_MS = { outage: 0, configuration: 0, quota: 0, unfit: 60_000, unknown: 0 };

const REASONS = ['rate-limit', 'quota', 'configuration', 'outage', 'unfit'] as const;
type Reason = Exclude<(typeof REASONS)[number], 'rate-limit'> | 'unknown';

/**
 * A circuit breaker: begins no work while the provider asks for a pause, refuses everybody, or is down. Otherwise an outage of
 * a few minutes would use up the attempts of all assessments submitted during it. No assessment of a person opens or closes
 * it alone: a look, whose request is made up, decides.
 */
export function watchProvider({ budgets, looks, limiter, dialect, metrics, log, onChange }: ProviderDeps): Provider {
  const stopping = new AbortController();
  /** Why no work is begun until a look is answered; `unknown` before the first look. */
  let closed: Reason | undefined = looks.areNeeded ? 'unknown' : undefined;
  let watching = false;
  let told: string | undefined;
  /** Whether the last call of each recent assessment failed; the newest comes last. */
  let recent = new Map<string, boolean>();
  let refusedUntil = 0;
  let rateLimits = 0;
  let calling = 0;
  let rested: NodeJS.Timeout | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const judged = new Set<string>();
  const unfit = new Set<string>();

  const restMs = (): number => Math.max(0, refusedUntil - performance.now());

  const count = (id: string, failed: boolean): void => {
    recent.delete(id);
    recent.set(id, failed);
    if (recent.size > RECENT) recent = new Map([...recent].slice(-RECENT));
  };
  const isDown = (): boolean => {
    const all = [...recent.values()];
    const lastOnes = all.slice(-FAILURES_MAX);
    if (lastOnes.length === FAILURES_MAX && lastOnes.every(Boolean)) return true;
    return all.length === RECENT && all.filter(Boolean).length > RECENT / 2;
  };

  const own = (id: string): Verdict => {
    judged.add(id);
    count(id, false);
    return 'own';
  };

  const open = (): void => {
    const was = closed;
    closed = undefined;
    recent = new Map();
    unfit.clear();
    judged.clear();
    answeredAt = performance.now();
    for (const reason of REASONS) if (reason !== 'rate-limit') metrics.modelPaused.set({ reason }, 0);
    if (was !== 'unknown' && was !== undefined) log.info({ reason: was }, 'the model provider works again');
    told = undefined;
    onChange();
  };
  const close = (reason: Reason, facts: RefusalFacts | null = null): void => {
    closed = reason;
    for (const one of REASONS)
      if (one !== 'rate-limit') metrics.modelPaused.set({ reason: one }, one === reason ? 1 : 0);
    const incident = JSON.stringify([reason, facts && { ...facts, requestId: null }]);
    if (reason !== 'unknown' && incident !== told) {
      told = incident;
      log.error({ reason, ...facts }, `no call of the model is begun: ${remedyOf(reason, facts)}`);
    }
    onChange();
  };

  /** Looks until the provider replies, and opens then. */
  const watchUntilAnswered = async (first: Promise<Look | undefined>, why?: 'unfit'): Promise<void> => {
    if (watching) return;
    watching = true;
    let look = await first;
    for (let waitMs = LOOK_MS; !stopping.signal.aborted; waitMs *= 2) {
      if (look?.kind === 'answered' && (why === undefined || look.fits)) break;
      if (look?.kind === 'refused' && look.reason === 'rate-limit') break;
      const reason = look?.kind === 'answered' ? 'unfit' : reasonOf(look);
      close(reason, look?.kind === 'refused' ? look.facts : null);
      waitMs = Math.max(LOOK_MIN_MS[reason], Math.min(waitMs, LOOK_MAX_MS[reason]));
      // oxlint-disable-next-line no-await-in-loop -- one look after another
      await sleep(waitMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      // Another worker may have looked meanwhile.
      // oxlint-disable-next-line no-await-in-loop -- one look after another
      look = await looks.look(performance.now() - 0.9 * waitMs);
    }
    watching = false;
    if (!stopping.signal.aborted) open();
  };
  const start = async (): Promise<Look | undefined> => {
    const look = await looks.look(performance.now() - START_AGE_MS);
    return look === undefined || look.kind === 'answered' ? look : await looks.look(performance.now());
  };
  if (looks.areNeeded) void watchUntilAnswered(start());

  const rateLimited = ({ delayMs }: ProviderPause): void => {
    limiter.refused(delayMs ?? 0);
    const growingMs = Math.min(RATE_LIMIT_MS * 2 ** rateLimits, RATE_LIMIT_MAX_MS);
    const waitMs = delayMs ?? (limiter.isKnown() ? LIMITED_MS : growingMs);
    // Of the calls of one moment only the first one makes the next wait longer.
    if (restMs() === 0) rateLimits++;
    rest(waitMs);
    log.warn(
      { reason: 'rate-limit', delayMs: Math.round(restMs()) },
      'the model provider is at its rate limit: no call is begun for this time',
    );
  };
  const rest = (waitMs: number): void => {
    refusedUntil = Math.max(refusedUntil, performance.now() + waitMs);
    metrics.modelPaused.set({ reason: 'rate-limit' }, 1);
    clearTimeout(rested);
    rested = setTimeout(() => {
      metrics.modelPaused.set({ reason: 'rate-limit' }, 0);
      onChange();
    }, restMs());
    rested.unref();
    onChange();
  };

  limiter.listen(onChange);
  /** How many calls may be begun by this process for all it knows itself. */
  const callsMax = (): number => {
    if (closed !== undefined || restMs() > 0) return 0;
    // Beyond the budget an assessment would be claimed for nothing.
    return Math.min(rateLimits > 0 && !limiter.isKnown() ? 1 : Infinity, budgets.callsLeft());
  };

  return {
    slots(free, reserved) {
      const most = Math.max(0, Math.min(free, callsMax() - reserved));
      const claimed = most > 0 ? Math.max(0, reserved - calling) : 0;
      return Math.max(0, limiter.permitted(most + claimed) - claimed);
    },
    began() {
      calling++;
      limiter.began();
    },
    ended: () => void calling--,
    pausedMs: () => (closed === undefined ? restMs() : Math.max(LOOK_MS, restMs())),
    replied(id, waitMs = 0) {
      count(id, false);
      // With permits, the calls are spread over the time until then.
      if (waitMs > 0 && !limiter.isKnown()) rest(waitMs);
      // A call from before the pause says nothing of the time after it.
      if (rateLimits === 0 || restMs() > 0) return;
      rateLimits = 0;
      onChange();
    },
    failed(id, error) {
      if (error instanceof ProviderPause) return rateLimited(error);
      if (!(error instanceof ProviderFailure) || error.inStream) return;
      count(id, true);
      if (closed !== undefined || !isDown()) return;
      close('outage');
      void sleep(LOOK_MS, undefined, { signal: stopping.signal, ref: false })
        .then(() => watchUntilAnswered(looks.look(performance.now())))
        .catch(() => {});
    },
    async judge(id, refusal, isLast) {
      if (closed !== undefined) return 'all';
      const isRecent = performance.now() - answeredAt < VERDICT_MS[refusal.reason] && judged.size < VERDICTS_MAX;
      if (isRecent && !isLast) return own(id);
      const before = JSON.stringify(dialect());
      const look = await looks.look(performance.now());
      if (closed !== undefined) return 'all';
      if (look?.kind === 'answered') {
        answeredAt = performance.now();
        judged.clear();
        return JSON.stringify(dialect()) === before ? own(id) : 'learned';
      }
      if (look?.kind === 'refused' && look.reason === 'rate-limit') return 'learned';
      close(reasonOf(look), look?.kind === 'refused' ? look.facts : refusal.facts);
      void watchUntilAnswered(Promise.resolve(look));
      return 'all';
    },
    unusable(id) {
      unfit.add(id);
      if (closed !== undefined || looks.hasFitted() || unfit.size < UNFIT_MAX) return;
      closed = 'unknown';
      onChange();
      void watchUntilAnswered(looks.look(performance.now()), 'unfit');
    },
    fitted() {
      unfit.clear();
      looks.fitted();
    },
    stop() {
      stopping.abort();
      looks.stop();
      limiter.stop();
      clearTimeout(rested);
    },
  };
}

function reasonOf(look: Look | undefined): Reason {
  if (look === undefined) return 'unknown';
  if (look.kind !== 'refused') return 'outage';
  return look.reason === 'quota' ? 'quota' : 'configuration';
}
