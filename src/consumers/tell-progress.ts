import type { Broker, WorkMessage } from '../adapters/broker.ts';
import type { Claim } from '../entities/claim.ts';
import { PAYLOAD_VERSION, type AssessmentProgress } from '../events.ts';
import type { Log } from '../log.ts';
import type { Draft } from './draft.ts';

/** Faster than anybody reads, and a model that writes many parts at once costs one message. */
const DRAFT_EVERY_MS = 50;
type Deps = { broker: Pick<Broker, 'announceProgress'> };

export type Progress = {
  /** Announces the newest draft, at most one in 50 ms, and always the last. */
  draft: (draft: Draft) => void;
  /** Drops a draft that was not announced yet: the end follows. */
  stop: () => void;
};

/**
 * Announces that the work has begun, and then drafts.
 * @returns undefined if nobody subscribed to the progress
 */
export function tellProgress(claim: Claim, message: WorkMessage, deps: Deps, log: Log): Progress | undefined {
  if (!claim.watch) return undefined;
  const { version } = claim;
  let seq = 0;
  let newest: Draft | undefined;
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    timer = undefined;
    if (newest === undefined) return;
    announce({ version, seq: ++seq, phase: 'writing', draft: newest }, claim, message, deps, log);
    newest = undefined;
    timer = setTimeout(send, DRAFT_EVERY_MS);
  };
  announce({ version, seq: 0, phase: 'started' }, claim, message, deps, log);
  return {
    draft(draft) {
      newest = draft;
      if (timer === undefined) send();
    },
    stop() {
      clearTimeout(timer);
      newest = undefined;
    },
  };
}

/** Announces that the assessment waits for its next attempt. */
export function tellWaiting(claim: Claim, message: WorkMessage, deps: Deps, log: Log): void {
  if (claim.watch) announce({ version: claim.version + 1, seq: 0, phase: 'waiting' }, claim, message, deps, log);
}

/** Never throws: progress may be lost, and must not disturb the work. */
function announce(
  progress: Omit<AssessmentProgress, 'v'>,
  { id: assessmentId, sessionId }: Claim,
  { traceparent }: WorkMessage,
  { broker }: Deps,
  log: Log,
): void {
  try {
    broker.announceProgress({ sessionId, assessmentId }, { v: PAYLOAD_VERSION, ...progress }, traceparent);
  } catch (error) {
    log.debug({ err: error }, 'progress could not be announced');
  }
}
