import { randomUUID } from 'node:crypto';
import type { WorkMessage } from '../adapters/broker.ts';
import type { Claim } from '../entities/claim.ts';
import { admit, claim } from './admit.ts';
import { watchBudgets } from './budget.ts';
import type { AskedModel, ConsumerDeps, Job, StopReason } from './job.ts';
import { keepLeases, type Leases } from './leases.ts';
import { inOrder, sharedPauses, type ModelsInOrder } from './models-in-order.ts';
import { watchProvider } from './provider.ts';
import { recommend, type RecommendDeps } from './recommend.ts';
import { settle, type Settlement } from './settle.ts';
import { Slots, type Reservation } from './slots.ts';
import { enter, IllegalTransition } from './stage.ts';
import { tellEnds, type Ends } from './tell-end.ts';
import { tellProgress, type Progress } from './tell-progress.ts';

export type Consumer = {
  /** Takes no more work, lets running calls end within the grace time, then hands the rest back. */
  stop(graceMs: number): Promise<void>;
  /** The number of jobs: assessments from their message to their stored end, or to its nak. */
  running(): number;
  /** See Slots.useful. */
  slots(): number;
};

/** Pulls as many work messages as there are free slots. A message is acked only after its row has been written. */
export function runConsumer(deps: ConsumerDeps): Consumer {
  const { budgets, metrics, log, concurrency } = deps;
  const jobs = new Map<string, Job>();
  const ends = tellEnds(deps);
  let idle: (() => void) | undefined;

  const slots = new Slots(concurrency, () => queue.pull());
  const onChange = (): void => queue.pull();
  const { models: others, afterMs } = deps.fallback ?? { models: [], afterMs: 0 };
  const pauses = sharedPauses(metrics.modelPaused);
  const watched = ({ model, looks, limiter, usage }: AskedModel) => {
    const dialect = () => model.dialect;
    const metricsOfModel = { modelPaused: pauses() };
    const provider = watchProvider({ budgets, looks, limiter, dialect, metrics: metricsOfModel, log, onChange });
    return { model, usage, provider };
  };
  const all = [watched(deps), ...others.map(watched)] as const;
  const models = inOrder(all, { afterMs, metrics, log, onChange });
  const watch = watchBudgets({ budgets, metrics, log, onChange });
  const free = (): number => {
    const { provider } = models.next();
    // Calls of the other models, which may hang, take nothing of what this one may begin.
    const ofOthers = all.reduce((sum, one) => sum + (one.provider === provider ? 0 : one.provider.calling()), 0);
    return provider.slots(slots.free(jobs.size), slots.reserved - ofOthers);
  };
  const onMessage = (message: WorkMessage): void => {
    const id = admit(message, { running: jobs, hasSlot: free() > 0 }, deps);
    if (id === undefined) return;
    const job: Job = {
      id,
      token: randomUUID(),
      message,
      stage: 'arrived',
      inDoubt: false,
      abort: new AbortController(),
    };
    jobs.set(id, job);
    metrics.running.set(jobs.size);
    const reservation = slots.reserve();
    void work(job, reservation, { ...deps, models, leases, ends }).finally(() => {
      jobs.delete(id);
      metrics.running.set(jobs.size);
      if (jobs.size === 0) idle?.();
      reservation.release();
      enter(job, 'over');
      queue.pull();
    });
  };
  const queue = deps.broker.consume(free, onMessage);
  const leases = keepLeases(jobs, deps);
  deps.broker.listenForCancels((id) => leases.doubt(id));

  return {
    running: () => jobs.size,
    slots: () => slots.useful,
    async stop(graceMs) {
      queue.stop();
      models.stop();
      for (const { provider } of all) provider.stop();
      watch.stop();
      // Nothing has been paid for before the call, so another worker can do it all.
      for (const job of jobs.values())
        if (job.stage === 'arrived' || job.stage === 'claimed') job.abort.abort('shutdown' satisfies StopReason);
      const finished = new Promise<void>((resolve) => {
        if (jobs.size === 0) resolve();
        else idle = resolve;
      });
      const deadline = setTimeout(() => {
        for (const job of jobs.values()) job.abort.abort('shutdown' satisfies StopReason);
      }, graceMs);
      await finished;
      clearTimeout(deadline);
      leases.stop();
      await ends.settled();
    },
  };
}

type Models = ModelsInOrder<Pick<RecommendDeps, 'model' | 'usage' | 'provider'>>;

/**
 * Never throws. The message is given back, or acked once the end is told, except where another worker holds the claim: that
 * one does it.
 */
async function work(
  job: Job,
  reservation: Reservation,
  deps: ConsumerDeps & { models: Models; leases: Leases; ends: Ends },
): Promise<void> {
  const { id, message } = job;
  const log = deps.log.child({ assessmentId: id, traceId: message.traceparent?.split('-')[1] });
  try {
    const claimed = await claim(job, deps, log);
    if (claimed === undefined) return;
    enter(job, 'claimed');
    // fault point: claimed
    // A cancellation was announced while the claim was made: ask the row before anything is paid for.
    if (job.inDoubt) await deps.leases.renew();
    const startedAt = performance.now();
    if (claimed.waitedMs !== null) deps.metrics.wait.observe(claimed.waitedMs / 1000);
    const progress = tellProgress(claimed, message, deps, log);
    const settlement = await attempt(job, claimed, reservation, deps, progress);
    progress?.stop();
    // fault point: answered
    const ended = await settle(job, claimed, settlement, deps, log);
    deps.metrics.run.observe({ outcome: ended }, (performance.now() - startedAt) / 1000);
  } catch (error) {
    deps.metrics.errors.inc({ part: 'worker', code: 'INTERNAL_SERVER_ERROR' });
    log.error({ err: error }, 'an attempt ended in an unexpected way; its lease will run out');
    message.nak(deps.leaseMs);
  }
}

async function attempt(
  job: Job,
  claimed: Claim,
  reservation: Reservation,
  deps: ConsumerDeps & { models: Models },
  progress: Progress | undefined,
): Promise<Settlement> {
  if (claimed.attempts > deps.maxAttempts) return { kind: 'exhausted' };
  const { signal } = job.abort;
  try {
    const outcome = await reservation.call(() => {
      enter(job, 'asked');
      return recommend(claimed, { ...deps, ...deps.models.next() }, signal, progress?.draft, job.message.traceparent);
    }, signal);
    return { kind: 'outcome', outcome };
  } catch (error) {
    // A mistake of this program before the call is no failed attempt of the model.
    if (error instanceof IllegalTransition) throw error;
    return { kind: 'error', error };
  }
}
