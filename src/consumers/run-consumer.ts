import { randomUUID } from 'node:crypto';
import type { Broker, WorkMessage } from '../adapters/broker.ts';
import type { WorkStore } from '../adapters/database.ts';
import type { Claim } from '../adapters/database/working.ts';
import { ProviderPause } from '../adapters/model.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import { recommend, type RecommendDeps } from './recommend.ts';
import { settle, tellEnd, type Settlement } from './settle.ts';

export type ConsumerDeps = RecommendDeps & {
  working: WorkStore;
  broker: Pick<Broker, 'consume' | 'publishCompleted' | 'publishDeadLetter'>;
  log: Log;
  concurrency: number;
  leaseMs: number;
  maxAttempts: number;
};

/** Why a running call is ended early. */
export type StopReason = 'claim-lost' | 'shutdown';

/** One assessment in work, from its message to its end. */
export type Job = {
  id: string;
  token: string;
  message: WorkMessage;
  /** Undefined until the row was claimed. */
  claim?: Claim;
  abort: AbortController;
  startedAt: number;
};

export type Consumer = {
  /** Takes no more work, lets what runs finish within the grace time, then hands the rest back. */
  stop(graceMs: number): Promise<void>;
  running(): number;
};

/** A message of a newer version of the program: a newer worker will take it. */
const NEWER_VERSION_MS = 5_000;
/** The database could not be asked: somebody else, or the same worker a little later. */
const UNAVAILABLE_MS = 2_000;
const NO_SLOT_MS = 200;
/** Renewals in the time of one lease. */
const RENEWALS = 3;

/** Pulls work, one slot an assessment, and alone answers the broker, after the row has been answered. */
export function runConsumer(deps: ConsumerDeps): Consumer {
  const { metrics, log, concurrency } = deps;
  const jobs = new Map<string, Job>();
  let pausedUntil = 0;
  let pauseTimer: NodeJS.Timeout | undefined;
  let idle: (() => void) | undefined;

  const slots = (): number => (performance.now() < pausedUntil ? 0 : concurrency - jobs.size);
  const pause = (cause: ProviderPause): void => {
    const delayMs = cause.delayMs ?? UNAVAILABLE_MS;
    pausedUntil = Math.max(pausedUntil, performance.now() + delayMs);
    metrics.modelPaused.set({ reason: cause.reason }, 1);
    log.warn({ reason: cause.reason, delayMs, err: cause }, 'the model provider refuses: no new work until later');
    clearTimeout(pauseTimer);
    pauseTimer = setTimeout(() => {
      metrics.modelPaused.reset();
      queue.pull();
    }, pausedUntil - performance.now());
    pauseTimer.unref();
  };
  const onMessage = (message: WorkMessage): void => {
    const id = admit(message, jobs, slots() > 0, deps);
    if (id === undefined) return;
    const job: Job = { id, token: randomUUID(), message, abort: new AbortController(), startedAt: performance.now() };
    jobs.set(id, job);
    metrics.running.set(jobs.size);
    void work(job, deps, pause).finally(() => {
      jobs.delete(id);
      metrics.running.set(jobs.size);
      if (jobs.size === 0) idle?.();
      queue.pull();
    });
  };
  const queue = deps.broker.consume(slots, onMessage);
  const heartbeat = setInterval(() => void renewLeases(jobs, deps), deps.leaseMs / RENEWALS);

  return {
    running: () => jobs.size,
    async stop(graceMs) {
      queue.stop();
      clearTimeout(pauseTimer);
      const finished = new Promise<void>((resolve) => {
        if (jobs.size === 0) resolve();
        else idle = resolve;
      });
      const deadline = setTimeout(() => {
        for (const job of jobs.values()) job.abort.abort('shutdown' satisfies StopReason);
      }, graceMs);
      await finished;
      clearTimeout(deadline);
      clearInterval(heartbeat);
    },
  };
}

/** Decides by the message alone; what is not admitted is answered here. */
function admit(
  message: WorkMessage,
  jobs: Map<string, Job>,
  hasSlot: boolean,
  { metrics, log, leaseMs }: ConsumerDeps,
): string | undefined {
  const refuse = (outcome: string, answer: () => void): undefined => {
    metrics.messages.inc({ outcome });
    answer();
  };
  const { assessmentId: id, payloadVersion } = message;
  if (id === undefined) {
    log.warn('a work message without an assessment id was dropped');
    return refuse('foreign', () => message.ack());
  }
  if (payloadVersion !== undefined && payloadVersion > PAYLOAD_VERSION)
    return refuse('newer_version', () => message.nak(NEWER_VERSION_MS));
  if (jobs.has(id)) return refuse('running_here', () => message.nak(leaseMs));
  if (!hasSlot) return refuse('no_slot', () => message.nak(NO_SLOT_MS));
  return id;
}

/** Never throws: whatever happens ends in an answer to the broker, or in none where the claim is somebody else's. */
async function work(job: Job, deps: ConsumerDeps, pause: (cause: ProviderPause) => void): Promise<void> {
  const { id, message } = job;
  const log = deps.log.child({ assessmentId: id, traceId: message.traceparent?.split('-')[1] });
  try {
    const claimed = await claim(job, deps, log);
    if (claimed === undefined) return;
    job.claim = claimed;
    deps.metrics.wait.observe(claimed.waitedMs / 1000);
    let settlement: Settlement;
    try {
      if (claimed.attempts > deps.maxAttempts) settlement = { kind: 'exhausted' };
      else settlement = { kind: 'outcome', outcome: await recommend(claimed, deps, job.abort.signal) };
    } catch (error) {
      if (error instanceof ProviderPause) pause(error);
      settlement = { kind: 'error', error };
    }
    const ended = await settle(job, claimed, settlement, deps, log);
    deps.metrics.run.observe({ outcome: ended }, (performance.now() - job.startedAt) / 1000);
  } catch (error) {
    deps.metrics.errors.inc({ part: 'worker', code: 'INTERNAL_SERVER_ERROR' });
    log.error({ err: error }, 'an attempt ended in an unexpected way; its lease will run out');
    message.nak(deps.leaseMs);
  }
}

/** The claim, or undefined where the message was answered because there is nothing to do. */
async function claim(job: Job, deps: ConsumerDeps, log: Log): Promise<Claim | undefined> {
  const { id, token, message } = job;
  let answer;
  try {
    answer = await deps.working.claim({ id, token });
  } catch (error) {
    log.warn({ err: error }, 'could not claim');
    deps.metrics.messages.inc({ outcome: 'database_unavailable' });
    message.nak(UNAVAILABLE_MS * (0.5 + Math.random()));
    return undefined;
  }
  if (!('kind' in answer)) {
    deps.metrics.messages.inc({ outcome: 'claimed' });
    return answer;
  }
  deps.metrics.messages.inc({ outcome: answer.kind });
  if (answer.kind === 'later') message.nak(answer.delayMs);
  else if (answer.kind === 'ended') await tellEnd(answer.end, message, deps, log);
  else {
    log.warn('a work message for an unknown assessment was dropped');
    message.ack();
  }
  return undefined;
}

/** One statement renews every lease; only then is the broker told that the work goes on. */
async function renewLeases(jobs: Map<string, Job>, { working, log }: ConsumerDeps): Promise<void> {
  const held = [...jobs.values()].filter((job) => job.claim !== undefined);
  if (held.length === 0) return;
  try {
    const renewed = await working.renew(held.map(({ id, token }) => ({ id, token })));
    for (const job of held) {
      if (renewed.has(job.id)) job.message.working();
      // Not if it was settled meanwhile: then the token is gone by our own hand.
      else if (jobs.get(job.id) === job) job.abort.abort('claim-lost' satisfies StopReason);
    }
  } catch (error) {
    // The call goes on: it may be paid already, and the database decides who may save.
    log.warn({ err: error }, 'could not renew leases');
  }
}
