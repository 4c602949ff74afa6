import type { Log } from '../log.ts';
import type { Lifecycle, Release } from './parts.ts';

/**
 * Collects stops and releases, and runs them once, however often `close` is called.
 * @param onClosing called before all others
 */
export function createLifecycle(log: Log, onClosing: () => void): Lifecycle & { close: () => Promise<void> } {
  const drains: Release[] = [];
  const stops: Release[] = [];
  const parts: { part: string; release: Release }[] = [];
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    onClosing();
    if (drains.length > 0) log.info('draining: not ready, but requests are still served');
    await Promise.allSettled(drains.map(async (drain) => await drain()));
    log.info('stopping: no new work is accepted, running work may finish');
    await Promise.allSettled(stops.map(async (stop) => await stop()));
    // In reverse order of opening: a part is closed after the parts that use it.
    for (const { part, release } of parts.toReversed()) {
      log.debug({ part }, 'closing');
      try {
        await release();
      } catch (error) {
        log.error({ err: error, part }, 'a part could not be closed');
      }
    }
    log.info('stopped');
  };

  return {
    onDrain: (drain) => void drains.push(drain),
    onStop: (stop) => void stops.push(stop),
    onClose: (part, release) => void parts.push({ part, release }),
    close: () => (closing ??= close()),
  };
}
