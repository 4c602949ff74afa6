import { randomUUID } from 'node:crypto';
import type { TurnStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';

/** Several announcements may fail before the worker counts as gone. */
const TTL_MS = 30_000;
const EVERY_MS = 5_000;
/** A change is announced sooner: until then a network has too few messages for the slots, or too many. */
const LOOK_EVERY_MS = 1_000;

/**
 * Says how many assessments this worker can work on at once, from which the share of a network follows. Resolves after the
 * first announcement, or its failure.
 */
export async function announceSlots(deps: {
  store: Pick<TurnStore, 'announce' | 'withdraw'>;
  slots: () => number;
  log: Log;
  lookEveryMs?: number;
}): Promise<{ stop(): Promise<void> }> {
  const { store, slots, log, lookEveryMs = LOOK_EVERY_MS } = deps;
  const workerId = randomUUID();
  let announced = { slots: 0, at: 0 };
  let running: Promise<void> | undefined;

  const announce = async (): Promise<void> => {
    const now = { slots: slots(), at: performance.now() };
    if (now.slots === announced.slots && now.at - announced.at < EVERY_MS) return;
    try {
      await store.announce(workerId, now.slots, TTL_MS);
      announced = now;
    } catch (error) {
      log.debug({ err: error }, 'the slots of this worker could not be announced: the next try is a second later');
    }
  };
  await announce();
  const timer = setInterval(() => {
    running ??= announce().finally(() => (running = undefined));
  }, lookEveryMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
      await store.withdraw(workerId).catch(() => {}); // the announcement runs out by itself
    },
  };
}
