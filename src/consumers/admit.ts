import type { WorkMessage } from '../adapters/broker.ts';
import type { Claim } from '../entities/claim.ts';
import type { Dictionary } from '../memory/dictionary.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import type { ConsumerDeps, Job } from './job.ts';
import { tellEnd } from './tell-end.ts';

/** A message of a newer version of the program: a newer worker will take it, if there is one. */
const NEWER_VERSION_MS = 5_000;
/** After a minute there is none (the new version was taken back), and the row and not the message says what to do. */
const NEWER_VERSION_DELIVERIES_MAX = 12;
/** The database could not be asked: somebody else, or the same worker a little later. */
const UNAVAILABLE_MS = 2_000;
const SOON_MS = 200;

/** The id to work on; undefined where the message alone decides that there is nothing to do, and was answered. */
export function admit(
  message: WorkMessage,
  { running, hasSlot }: { running: Pick<Dictionary<Job>, 'get'>; hasSlot: boolean },
  { metrics, log, leaseMs }: ConsumerDeps,
): string | undefined {
  const refuse = (outcome: string, answer: () => void): undefined => {
    metrics.messages.inc({ outcome });
    answer();
  };
  const { assessmentId: id, payloadVersion = 0, deliveries } = message;
  if (id === undefined) {
    log.warn('a work message without an assessment id was dropped');
    return refuse('foreign', () => message.ack());
  }
  if (payloadVersion > PAYLOAD_VERSION && deliveries < NEWER_VERSION_DELIVERIES_MAX) {
    log.warn({ assessmentId: id, payloadVersion }, 'a work message of a newer version was left to a newer worker');
    return refuse('newer_version', () => message.nak(NEWER_VERSION_MS));
  }
  const job = running.get(id);
  // A second message for it.
  if (job !== undefined) return refuse('running_here', () => message.nak(goesOn(job) ? leaseMs : SOON_MS));
  if (!hasSlot) return refuse('no_slot', () => message.nak(SOON_MS));
  return id;
}

/**
 * Whether the job will go on for a while. Before the claim nobody knows whether there is work at all: most likely it has
 * ended. Of one that has ended or is about to, a retry need not wait for a lease.
 */
const goesOn = ({ stage, inDoubt, abort }: Job): boolean =>
  (stage === 'claimed' || stage === 'asked') && !inDoubt && !abort.signal.aborted;

/** The claim, or undefined where the message was answered because there is nothing to do. */
export async function claim(
  { id, token, message }: Job,
  deps: Pick<ConsumerDeps, 'working' | 'broker' | 'metrics'>,
  log: Log,
): Promise<Claim | undefined> {
  const { working, metrics } = deps;
  let answer;
  try {
    answer = await working.claim({ id, token });
  } catch (error) {
    log.warn({ err: error }, 'could not claim');
    metrics.messages.inc({ outcome: 'database_unavailable' });
    message.nak(UNAVAILABLE_MS * (0.5 + Math.random()));
    return undefined;
  }
  if (!('kind' in answer)) {
    metrics.messages.inc({ outcome: 'claimed' });
    return answer;
  }
  metrics.messages.inc({ outcome: answer.kind });
  if (answer.kind === 'later') message.nak(answer.delayMs);
  else if (answer.kind === 'ended') await tellEnd(answer.end, message, deps, log);
  else {
    log.warn('a work message for an unknown assessment was dropped');
    message.ack();
  }
  return undefined;
}
