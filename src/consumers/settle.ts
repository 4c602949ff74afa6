import type { WorkMessage } from '../adapters/broker.ts';
import type { Claim, End, Outcome } from '../adapters/database/working.ts';
import { Permanent, RetryLater } from '../errors.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import { backOffMs } from './back-off.ts';
import type { ConsumerDeps, Job } from './run-consumer.ts';

/** What came of an attempt, before the row knows of it. */
export type Settlement =
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'error'; error: unknown }
  /** Claimed more often than allowed: an answer that kills its worker is not paid for ever. */
  | { kind: 'exhausted' };

/** How an attempt ended, for the metrics. */
export type Ended = 'completed' | 'failed' | 'retry' | 'lost' | 'handed_back';

/** Pauses between tries to save an answer that is paid for. */
const SAVE_AGAIN_MS = 500;
const SAVE_AGAIN_MAX_MS = 5_000;
const PUBLISH_AGAIN_MS = 5_000;
/** Handed back at shutdown: at once, for any other worker. */
const HAND_BACK_MS = 100;

/** Writes what came of an attempt into the row, tells who waits for it, and only then answers the broker. */
export async function settle(
  job: Job,
  claim: Claim,
  settlement: Settlement,
  deps: ConsumerDeps,
  log: Log,
): Promise<Ended> {
  const decided = decide(settlement, claim, deps, job.abort.signal);
  if (decided.kind === 'lost') {
    log.warn('the claim was lost while the model worked: what it answered is dropped');
    return 'lost';
  }
  if (decided.kind === 'release') return await release(job, decided, deps, log);
  return await save(job, decided.outcome, deps, log);
}

type Decision =
  | { kind: 'save'; outcome: Outcome }
  | { kind: 'release'; delayMs: number; returnAttempt: boolean; ended: Ended; error?: unknown }
  | { kind: 'lost' };

function decide(settlement: Settlement, claim: Claim, deps: ConsumerDeps, signal: AbortSignal): Decision {
  const fail = (code: 'ATTEMPTS_EXHAUSTED', lastError: string): Decision => ({
    kind: 'save',
    outcome: { status: 'failed', code, lastError },
  });
  if (settlement.kind === 'outcome') return { kind: 'save', outcome: settlement.outcome };
  if (settlement.kind === 'exhausted')
    return fail('ATTEMPTS_EXHAUSTED', 'its workers were lost while they worked on it');
  const { error } = settlement;
  if (signal.aborted)
    return signal.reason === 'claim-lost'
      ? { kind: 'lost' }
      : { kind: 'release', delayMs: HAND_BACK_MS, returnAttempt: false, ended: 'handed_back' };
  if (error instanceof Permanent)
    return { kind: 'save', outcome: { status: 'failed', code: error.code, lastError: error.message } };
  const later = error instanceof RetryLater ? error : new RetryLater('unexpected error', { cause: error });
  if (later.countsAttempt && claim.attempts >= deps.maxAttempts) return fail('ATTEMPTS_EXHAUSTED', later.message);
  return {
    kind: 'release',
    delayMs: later.delayMs ?? backOffMs(claim.attempts),
    returnAttempt: !later.countsAttempt,
    ended: 'retry',
    error,
  };
}

async function release(
  { id, token, message }: Job,
  { delayMs, returnAttempt, ended, error }: Decision & { kind: 'release' },
  { working, metrics }: ConsumerDeps,
  log: Log,
): Promise<Ended> {
  if (error !== undefined) {
    log.warn({ err: error, delayMs: Math.round(delayMs) }, 'the attempt failed and will be repeated');
    metrics.errors.inc({ part: 'model', code: error instanceof RetryLater ? 'retry_later' : 'unexpected' });
  }
  const held = await working.release({ id, token, delayMs, returnAttempt }).catch((cause: unknown) => {
    // The lease runs out by itself, and the message comes back until then.
    log.warn({ err: cause }, 'could not give the claim back');
    return true;
  });
  if (!held) return 'lost';
  message.nak(delayMs);
  return ended;
}

/** A paid answer stays here, and its save is tried again, for as long as the claim may hold. */
async function save(job: Job, outcome: Outcome, deps: ConsumerDeps, log: Log): Promise<Ended> {
  let current = outcome;
  for (let wait = SAVE_AGAIN_MS; ; wait = Math.min(wait * 2, SAVE_AGAIN_MAX_MS)) {
    try {
      const { id, token, message } = job;
      const end = (await deps.working.finish({ id, token, outcome: current })) ?? (await deps.working.endOf(id));
      // Neither ours any more nor ended: somebody else works on it, and will answer its message.
      if (end === undefined) return 'lost';
      if (end.status !== 'cancelled') await tellEnd(end, message, deps, log);
      else message.ack();
      return end.status === 'completed' ? 'completed' : 'failed';
    } catch (error) {
      if (error instanceof Permanent) current = { status: 'failed', code: error.code, lastError: error.message };
      else log.warn({ err: error }, 'could not save the result; trying again');
      if (job.abort.signal.aborted) return 'lost';
      await pause(wait, job.abort.signal);
    }
  }
}

/** Publishes the end, for as long as the broker does not confirm it through further deliveries; then acknowledges. */
export async function tellEnd(end: End, message: WorkMessage, deps: ConsumerDeps, log: Log): Promise<void> {
  const { broker, metrics } = deps;
  const common = {
    v: PAYLOAD_VERSION,
    assessment_id: end.id,
    session_id: end.sessionId,
    version: end.version,
  } as const;
  const timestamp = new Date().toISOString();
  try {
    const hint = broker.publishCompleted({ ...common, status: end.status, timestamp }, message.traceparent);
    const letter =
      end.status === 'failed'
        ? broker.publishDeadLetter({
            ...common,
            round: end.round,
            code: end.failureCode ?? 'unknown',
            attempts: end.attempts,
            last_error: end.failureCode ?? 'unknown',
            timestamp,
          })
        : undefined;
    await Promise.all([hint, letter]);
    message.ack();
    metrics.messages.inc({ outcome: 'done' });
    log.info({ status: end.status, version: end.version, code: end.failureCode ?? undefined }, 'assessment ended');
  } catch (error) {
    log.warn({ err: error }, 'the end is stored but could not be published; its message will come again');
    message.nak(PUBLISH_AGAIN_MS);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resume) => {
    const timer = setTimeout(resume, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resume();
    });
  });
