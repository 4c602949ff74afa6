import type { Log } from '../log.ts';
import type { Lifecycle, Release } from './parts.ts';

/** Collects what has to be taken down, and takes it down once, however often it is asked. */
export function createLifecycle(log: Log): Lifecycle & { close: () => Promise<void> } {
  const stops: Release[] = [];
  const parts: { part: string; release: Release }[] = [];
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    log.info('stopping: no new work, and what runs may finish');
    await Promise.allSettled(stops.map(async (stop) => await stop()));
    // What uses a part goes before the part.
    for (const { part, release } of parts.toReversed()) {
      log.debug({ part }, 'closing');
      try {
        await release();
      } catch (error) {
        log.error({ err: error, part }, 'could not close a part');
      }
    }
    log.info('stopped');
  };

  return {
    onStop: (stop) => void stops.push(stop),
    onClose: (part, release) => void parts.push({ part, release }),
    close: () => (closing ??= close()),
  };
}
