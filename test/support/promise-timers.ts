import { syncBuiltinESMExports } from 'node:module';
import promiseTimers from 'node:timers/promises';

/**
 * Makes `setTimeout` of node:timers/promises go by the global timers, so that a fake clock drives it too: Node's own
 * function is bound to the real clock. With the real timers in place it works as before, so it is never taken back.
 */
export function driveByGlobalTimers(): void {
  Object.assign(promiseTimers, { setTimeout: wait });
  syncBuiltinESMExports();
}

const wait: typeof promiseTimers.setTimeout = (delayMs, value, { signal } = {}) =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    if (signal?.aborted === true) return abort();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve(value as never);
    }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
