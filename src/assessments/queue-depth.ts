import type { ReconcileStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';

const SAMPLE_MS = 1_000;

export type QueueDepth = { isFull(): boolean; countOne(): void; stop(): void };

/**
 * How much work waits, sampled each second while submissions come, with what this process accepted since: a count for
 * each submission would cost more than the submission.
 */
export function watchQueueDepth(store: Pick<ReconcileStore, 'open'>, most: number, log: Log): QueueDepth {
  let sampled = 0;
  let since = 0;
  let needed = true;
  const timer = setInterval(() => {
    if (!needed) return;
    needed = since > 0 || sampled > 0;
    const before = since;
    store.open(most + 1).then(
      (open) => {
        sampled = open;
        since -= before;
      },
      (error: unknown) => log.debug({ err: error }, 'the queue could not be counted'),
    );
  }, SAMPLE_MS);
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
