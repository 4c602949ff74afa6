import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, End, Outcome } from '../entities/claim.ts';
import { Permanent, RetryLater } from '../errors.ts';
import type { Log } from '../log.ts';
import { atLeastMs, backOffMs } from './back-off.ts';
import type { ConsumerDeps, Job } from './job.ts';
import { OwnRefusal, RepairLater } from './recommend.ts';
import { enter } from './stage.ts';
import type { Ends } from './tell-end.ts';
import { tellWaiting } from './tell-progress.ts';

/** The outcome of an attempt, before it is written into the row. */
export type Settlement =
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'error'; error: unknown }
  /** Claimed more often than allowed. Otherwise a reply that kills its worker would be paid for without end. */
  | { kind: 'exhausted' };

/** How an attempt ended: label of a metric. */
export type Ended = End['status'] | 'retry' | 'lost' | 'handed_back';

type SettleDeps = Pick<
  ConsumerDeps,
  'working' | 'broker' | 'turns' | 'metrics' | 'maxAttempts' | 'leaseMs' | 'random'
> & { ends: Pick<Ends, 'tell'> };

/** Pause before the outcome is written again; doubled each time, up to the maximum. */
const AGAIN_MS = 500;
const AGAIN_MAX_MS = 5_000;
/** Delay of an assessment handed back at shutdown: another worker can take it at once. */
const HAND_BACK_MS = 100;

/** Writes the outcome of an attempt into the row, and only then tells it, which acks the message, or gives it back. */
export async function settle(
  job: Job,
  claim: Claim,
  settlement: Settlement,
  deps: SettleDeps,
  log: Log,
): Promise<Ended> {
  const decided = decide(settlement, claim, deps, job.abort.signal);
  if (decided.kind === 'lost') return await tellWhatIs(job, deps, log);
  if (decided.kind === 'release') return await handBack(job, claim, decided, deps, log);
  return await save(job, claim.network, decided.outcome, deps, log);
}

type Decision =
  | { kind: 'save'; outcome: Outcome }
  | { kind: 'release'; delayMs: number; returnAttempt: boolean; ended: Ended; error: unknown }
  | { kind: 'lost' };

function decide(
  settlement: Settlement,
  claim: Claim,
  { maxAttempts, random }: SettleDeps,
  signal: AbortSignal,
): Decision {
  const fail = ({ code, message: lastError }: Pick<Permanent, 'code' | 'message'>): Decision => ({
    kind: 'save',
    outcome: { status: 'failed', code, lastError },
  });
  if (settlement.kind === 'outcome') return { kind: 'save', outcome: settlement.outcome };
  if (settlement.kind === 'exhausted')
    return fail({ code: 'ATTEMPTS_EXHAUSTED', message: 'its workers were lost while they worked on it' });
  const { error } = settlement;
  if (error instanceof Permanent) return fail(error);
  if (signal.reason === 'claim-lost') return { kind: 'lost' };
  const later = error instanceof RetryLater ? error : new RetryLater('unexpected error', { cause: error });
  const { countsAttempt } = later;
  const release = { kind: 'release', returnAttempt: !countsAttempt, error } as const;
  if (signal.aborted) return { ...release, delayMs: HAND_BACK_MS, ended: 'handed_back' };
  if (countsAttempt && claim.attempts >= maxAttempts)
    return fail({ code: isOwnRefusal(later) ? 'AI_REJECTED' : 'ATTEMPTS_EXHAUSTED', message: later.message });
  const delayMs = later.delayMs === undefined ? backOffMs(claim.attempts, random) : atLeastMs(later.delayMs, random);
  return { ...release, delayMs, ended: 'retry' };
}

/** The last one of a repair, too. */
const isOwnRefusal = (error: Error): boolean => error instanceof OwnRefusal || error.cause instanceof OwnRefusal;

async function handBack(
  job: Job,
  claim: Claim,
  { delayMs, returnAttempt, ended, error }: Decision & { kind: 'release' },
  deps: SettleDeps,
  log: Log,
): Promise<Ended> {
  const { working, metrics, leaseMs } = deps;
  const { id, token, message, abort } = job;
  const rejectedAnswer = error instanceof RepairLater ? error.rejected : undefined;
  if (ended === 'retry') {
    log.warn({ err: error, delayMs: Math.round(delayMs) }, 'the attempt failed and will be repeated');
    metrics.errors.inc({ part: 'model', code: error instanceof RetryLater ? 'retry_later' : 'unexpected' });
  } else log.info('handed back unfinished, because this worker stops');
  // Later the lease has run out anyway. The next claim then counts this attempt, even if it should not have counted.
  const until = performance.now() + leaseMs;
  for (;;) {
    try {
      const released = await working.release({ id, token, delayMs, returnAttempt, rejectedAnswer });
      if (released === undefined) return await tellWhatIs(job, deps, log);
      // Until it is due again, another one of its network can use the slot.
      if (released.othersDeferred && claim.network !== null) deps.turns.next(claim.network);
      tellWaiting(claim, message, deps, log);
      break;
    } catch (cause) {
      log.warn({ err: cause }, 'could not release the claim; trying again until its lease runs out');
      if (abort.signal.aborted || performance.now() + AGAIN_MS > until) break;
    }
    await sleepUntilAborted(AGAIN_MS, abort.signal);
  }
  message.nak(delayMs);
  return ended;
}

/** Saves the outcome. A paid reply is kept in memory and its save is repeated for as long as the claim may hold. */
async function save(job: Job, network: string | null, outcome: Outcome, deps: SettleDeps, log: Log): Promise<Ended> {
  const { id, token, abort } = job;
  let current = outcome;
  for (let wait = AGAIN_MS; ; wait = Math.min(wait * 2, AGAIN_MAX_MS)) {
    let end: Awaited<ReturnType<SettleDeps['working']['finish']>>;
    try {
      end = await deps.working.finish({ id, token, network, outcome: current });
      // fault point: saved
    } catch (error) {
      if (error instanceof Permanent && current === outcome) {
        // The database can not hold this result, but it can hold the failure.
        current = { status: 'failed', code: error.code, lastError: error.message };
        continue;
      }
      log.warn({ err: error }, 'could not save the result; trying again');
      // With the claim lost nothing is left to save. At shutdown the grace time is over: the lease will run out.
      if (abort.signal.aborted) return await tellWhatIs(job, deps, log);
      await sleepUntilAborted(wait, abort.signal);
      continue;
    }
    if (end === undefined) return await tellWhatIs(job, deps, log);
    if (end.othersDeferred && network !== null) deps.turns.next(network);
    return tellSaved(job, end, deps, log);
  }
}

function tellSaved(job: Job, end: End, deps: SettleDeps, log: Log): Ended {
  enter(job, 'saved');
  const { status, version, attempts, failureCode, lastError } = end;
  if (status === 'completed') deps.metrics.ended.inc({ status, code: 'none' });
  else if (status === 'failed' && failureCode !== null) deps.metrics.ended.inc({ status, code: failureCode });
  if (status === 'failed') log.warn({ version, attempts, code: failureCode, lastError }, 'assessment failed');
  else log.info({ status, version, attempts }, 'assessment ended');
  deps.ends.tell(end, job.message, log);
  return status;
}

/**
 * The claim is lost: the assessment was deleted, or it has ended, perhaps by a save of this worker whose confirmation was lost, or
 * another worker owns it and will ack its message.
 */
async function tellWhatIs({ id, message }: Job, deps: SettleDeps, log: Log): Promise<Ended> {
  const end = await deps.working.endOf(id).catch(() => undefined); // the message comes again
  if (end === undefined) {
    log.warn('the claim was lost, most likely to another worker');
    return 'lost';
  }
  if (end === 'gone') {
    log.info('the assessment was deleted meanwhile');
    message.ack();
    return 'lost';
  }
  log.info({ status: end.status, version: end.version }, 'the assessment has ended without this attempt');
  deps.ends.tell(end, message, log);
  return end.status;
}

/** Resolves after the time, or as soon as the signal aborts. */
const sleepUntilAborted = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});
