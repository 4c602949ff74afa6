import { UnavailableError } from '../errors.ts';

/** What is lost all the same is found by the reconciler, by sweeps or by the work message. */
const TRIES = 3;

/**
 * Publishes behind an answer, and again where the broker did not say whether it has it: message ids make that harmless.
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
