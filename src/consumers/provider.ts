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
import { RecentCalls } from './recent-calls.ts';
import { Rest } from './rest.ts';

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
  /** Calls in flight. */
  calling(): number;
  /**
   * To be called after a reply, and after a refusal of the model: both show that the provider works.
   * @param restMs the provider says that it would refuse calls for so long
   */
  replied(assessmentId: string, restMs?: number): void;
  /** To be called after a failed call, but not after one that this process has aborted. */
  failed(assessmentId: string, error: unknown): void;
  /** Whether a refusal concerns one assessment or all. @param isLast a wrong verdict would fail the assessment for good */
  judge(assessmentId: string, refusal: ProviderRefusal, call: { dialect: unknown; isLast: boolean }): Promise<Verdict>;
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

/** After so many assessments in a row whose replies were of no use, and none before, the model does not fit. */
const UNFIT_MAX = 5;
/** At the start a look of the last day is enough. */
const START_AGE_MS = 24 * 60 * 60 * 1000;
/**
 * An answered look says for so long, and so many assessments, that a refusal is the assessment's own. A refusal that the
 * provider itself explains by key, model or credit is hardly anybody's own.
 */
const VERDICT_MS = { unexplained: 30_000, configuration: 1_000, quota: 1_000 };
const VERDICTS_MAX = 3;
const CONFIRM_MS = 60_000;
/** The first pause until the next look, which doubles with each further one up to the maximum. */
const LOOK_MS = 2_000;
const LOOK_MAX_MS = { outage: 30_000, configuration: 30_000, quota: 5 * 60_000, unfit: 10 * 60_000, unknown: 5_000 };
/** A look at a model that does not fit is paid for. */
const LOOK_MIN_MS = { outage: 0, configuration: 0, quota: 0, unfit: 60_000, unknown: 0 };

const REASONS = ['quota', 'configuration', 'outage', 'unfit'] as const;
type Reason = (typeof REASONS)[number] | 'unknown';

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
  const recent = new RecentCalls();
  let calling = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const judged = new Set<string>();
  const unfit = new Set<string>();

  const setPaused = (reason: string, isPaused: boolean): void => metrics.modelPaused.set({ reason }, isPaused ? 1 : 0);
  const onRest = (isResting: boolean): void => setPaused('rate-limit', isResting);
  const rest = new Rest({ limiter, onRest, log, onChange });

  const own = (id: string): Verdict => {
    judged.add(id);
    recent.add(id, false);
    return 'own';
  };

  const open = (): void => {
    const was = closed;
    closed = undefined;
    recent.clear();
    unfit.clear();
    judged.clear();
    for (const reason of REASONS) setPaused(reason, false);
    if (was !== 'unknown' && was !== undefined) log.info({ reason: was }, 'the model provider works again');
    told = undefined;
    onChange();
  };
  const close = (reason: Reason, facts: RefusalFacts | null = null): void => {
    closed = reason;
    for (const one of REASONS) setPaused(one, one === reason);
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
    const before = JSON.stringify(dialect());
    let look = await first;
    for (let waitMs = LOOK_MS; !stopping.signal.aborted; waitMs *= 2) {
      if (look?.kind === 'answered' && (why === undefined || look.fits)) break;
      const isLimited = look?.kind === 'refused' && look.reason === 'rate-limit';
      // At its rate limit the provider works, which says nothing of a pause for another reason.
      if (isLimited && closed === 'unknown' && why === undefined) break;
      const reason = look?.kind === 'answered' ? 'unfit' : isLimited ? (why ?? closed ?? 'unknown') : reasonOf(look);
      close(reason, look?.kind === 'refused' ? look.facts : null);
      waitMs = Math.max(LOOK_MIN_MS[reason], Math.min(waitMs, LOOK_MAX_MS[reason]));
      // oxlint-disable-next-line no-await-in-loop -- one look after another
      await sleep(waitMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      // Another worker may have looked meanwhile.
      // oxlint-disable-next-line no-await-in-loop -- one look after another
      look = await looks.look(performance.now() - 0.9 * waitMs);
    }
    watching = false;
    if (stopping.signal.aborted) return;
    if (look?.kind === 'answered') answeredAt = performance.now();
    open();
    if (JSON.stringify(dialect()) !== before) void confirm();
  };
  /** Trouble that passes during a look can be taken for a refused form, so what was learned is looked at once more. */
  const confirm = async (): Promise<void> => {
    await sleep(CONFIRM_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    if (stopping.signal.aborted || closed !== undefined) return;
    // One look of the fleet is enough.
    await looks.look(performance.now() - CONFIRM_MS / 2);
  };
  const start = async (): Promise<Look | undefined> => {
    const look = await looks.look(performance.now() - START_AGE_MS);
    return look === undefined || look.kind === 'answered' ? look : await looks.look(performance.now());
  };
  if (looks.areNeeded) void watchUntilAnswered(start());

  limiter.listen(onChange);
  /** How many calls may be begun by this process for all it knows itself. */
  const callsMax = (): number => {
    if (closed !== undefined) return 0;
    // Beyond the budget an assessment would be claimed for nothing.
    return Math.min(rest.callsMax, budgets.callsLeft());
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
    calling: () => calling,
    pausedMs: () => (closed === undefined ? rest.ms : Math.max(LOOK_MS, rest.ms)),
    replied(id, waitMs = 0) {
      recent.add(id, false);
      rest.replied(waitMs);
    },
    failed(id, error) {
      if (error instanceof ProviderPause) return rest.refused(error);
      if (!(error instanceof ProviderFailure) || error.inStream) return;
      recent.add(id, true);
      if (closed !== undefined || !recent.areFailing) return;
      close('outage');
      void sleep(LOOK_MS, undefined, { signal: stopping.signal, ref: false })
        .then(() => watchUntilAnswered(looks.look(performance.now())))
        .catch(() => {});
    },
    async judge(id, refusal, { dialect: asked, isLast }) {
      if (closed !== undefined) return 'all';
      const before = JSON.stringify(asked);
      // A look has learned another dialect meanwhile.
      if (JSON.stringify(dialect()) !== before) return 'learned';
      const isRecent = performance.now() - answeredAt < validMs(refusal) && judged.size < VERDICTS_MAX;
      if (isRecent && !isLast) return own(id);
      const look = await looks.look(performance.now());
      if (closed !== undefined) return 'all';
      if (look?.kind === 'answered') {
        answeredAt = performance.now();
        judged.clear();
        return JSON.stringify(dialect()) === before ? own(id) : 'learned';
      }
      if (look?.kind === 'refused' && look.reason === 'rate-limit') {
        rest.refused(new ProviderPause());
        return 'all';
      }
      close(reasonOf(look), look?.kind === 'refused' ? look.facts : refusal.facts);
      void watchUntilAnswered(Promise.resolve(look));
      return 'all';
    },
    unusable(id) {
      if (closed !== undefined || looks.hasFitted()) return;
      unfit.add(id);
      if (unfit.size < UNFIT_MAX) return;
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
      rest.stop();
    },
  };
}

/** A response without a completion may be of a filter, and was perhaps paid for. The verdict on a prompt that is too long is final. */
function validMs({ reason, isFree }: ProviderRefusal): number {
  if (reason === 'too-long') return 0;
  return isFree ? VERDICT_MS[reason] : VERDICT_MS.unexplained;
}

function reasonOf(look: Look | undefined): Reason {
  if (look === undefined) return 'unknown';
  if (look.kind !== 'refused') return 'outage';
  return look.reason === 'quota' ? 'quota' : 'configuration';
}
