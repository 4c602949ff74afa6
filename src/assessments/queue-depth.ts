import type { ReconcileStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';

const SAMPLE_MS = 1_000;
/** When a client may try again after a refusal because of a full queue. */
export const QUEUE_FULL_RETRY_SECONDS = 30;

export type QueueDepth = { isFull(): boolean; countOne(): void; stop(): void };

/**
 * The number of open assessments: a sample each second while submissions come, plus those accepted by this process since. A
 * count for each submission would cost more than the submission.
 */
export function watchQueueDepth(
  store: Pick<ReconcileStore, 'open'>,
  most: number,
  log: Log,
  everyMs = SAMPLE_MS,
): QueueDepth {
  let sampled = 0;
  let since = 0;
  let needed = true;
  let sampling = false;
  const sample = async (): Promise<void> => {
    const before = since;
    try {
      sampled = await store.open(most + 1);
      since -= before;
      // A queue with open assessments is sampled again: while it is full, no submission would start a sample.
      needed = sampled > 0 || since > 0;
    } catch (error) {
      log.debug({ err: error }, 'the queue could not be counted');
    }
  };
  const timer = setInterval(() => {
    // Two samples at once would subtract the same accepted assessments twice.
    if (!needed || sampling) return;
    sampling = true;
    void sample().finally(() => {
      sampling = false;
    });
  }, everyMs);
  timer.unref();
  return {
    isFull: () => sampled + since >= most,
    countOne() {
      since++;
      needed = true;
    },
    stop: () => clearInterval(timer),
  };
}
