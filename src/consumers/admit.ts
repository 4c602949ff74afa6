import type { WorkMessage } from '../adapters/broker.ts';
import type { Claim } from '../entities/claim.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import type { MessageOutcome } from '../metrics.ts';
import type { ConsumerDeps, Job } from './job.ts';
import type { Ends } from './tell-end.ts';

/** Delay of a message of a newer version of the program: a newer worker will take it, if there is one. */
const NEWER_VERSION_MS = 5_000;
/** After a minute there is no newer worker (the new version was rolled back), and the row alone says what to do. */
const NEWER_VERSION_DELIVERIES_MAX = 12;
/** Delay while the database is away, with jitter from half of it to one and a half. */
const UNAVAILABLE_MS = 2_000;
/** Delay of a message that another worker, or this one, can use soon. */
const SOON_MS = 200;

/** @returns the id to work on; undefined where the message alone shows that there is nothing to do: then it was acked or given back */
export function admit(
  message: WorkMessage,
  { running, hasSlot }: { running: ReadonlyMap<string, Job>; hasSlot: boolean },
  { metrics, log, leaseMs }: ConsumerDeps,
): string | undefined {
  const refuse = (outcome: MessageOutcome, ack: () => void): undefined => {
    metrics.messages.inc({ outcome });
    ack();
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
  if (job !== undefined) return refuse('running_here', () => message.nak(goesOn(job) ? leaseMs : SOON_MS));
  if (!hasSlot) return refuse('no_slot', () => message.nak(SOON_MS));
  return id;
}

/**
 * Whether the job will take a while, so that a second message for its assessment can wait for a lease. Before the claim
 * the assessment has most likely ended already. After the end, or close to it, a second message is most likely a retry by
 * the owner, which should not wait that long.
 */
const goesOn = ({ stage, inDoubt, abort }: Job): boolean =>
  (stage === 'claimed' || stage === 'asked') && !inDoubt && !abort.signal.aborted;

/** @returns undefined where there is nothing to do, or not yet: then the message is acked or given back */
export async function claim(
  { id, token, message }: Job,
  deps: Pick<ConsumerDeps, 'working' | 'metrics'> & { ends: Pick<Ends, 'tell'> },
  log: Log,
): Promise<Claim | undefined> {
  const { working, metrics } = deps;
  let claimed;
  try {
    claimed = await working.claim({ id, token });
  } catch (error) {
    log.warn({ err: error }, 'could not claim the assessment; its message comes again');
    metrics.messages.inc({ outcome: 'database_unavailable' });
    message.nak(UNAVAILABLE_MS * (0.5 + Math.random()));
    return undefined;
  }
  if (!('kind' in claimed)) {
    metrics.messages.inc({ outcome: 'claimed' });
    return claimed;
  }
  metrics.messages.inc({ outcome: claimed.kind });
  if (claimed.kind === 'later') message.nak(claimed.delayMs);
  else if (claimed.kind === 'ended') deps.ends.tell(claimed.end, message, log);
  // Its turn brings a new message.
  else if (claimed.kind === 'deferred') message.ack();
  else {
    log.warn('a work message for an unknown assessment was dropped');
    message.ack();
  }
  return undefined;
}
