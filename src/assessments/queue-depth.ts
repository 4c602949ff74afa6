import type { ReconcileStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';

const SAMPLE_MS = 1_000;

export type QueueDepth = { isFull(): boolean; countOne(): void; stop(): void };

/**
 * How much work waits, sampled each second while submissions come, with what this process accepted since: a count for
 * each submission would cost more than the submission.
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
      // Judged by what was just counted: a queue that is full has to be looked at until it is not, since nobody can
      // submit meanwhile.
      needed = sampled > 0 || since > 0;
    } catch (error) {
      log.debug({ err: error }, 'the queue could not be counted');
    }
  };
  const timer = setInterval(() => {
    // Two samples at once would both take off what was accepted before them.
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
