import { UnavailableError } from '../errors.ts';

/** After the last try, the reconciler, a sweep or the work message makes up for the lost message. */
const TRIES = 3;

/**
 * Publishes after the commit, beside the response. Repeats a publish without an ack: message ids make that harmless.
 * @throws UnavailableError
 */
export async function publishBehind(publish: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await publish();
      return;
    } catch (error) {
      const mayRepeat = error instanceof UnavailableError && error.outcome === 'unknown';
      if (tries === TRIES || !mayRepeat) throw error;
    }
  }
}
