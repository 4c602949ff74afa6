import { RetryLater } from '../errors.ts';

type Options = ErrorOptions & { delayMs?: number; countsAttempt?: boolean };

/** The provider can't be used by anybody right now: pulling more work would only repeat the refusal. */
export class ProviderPause extends RetryLater {
  readonly reason: 'rate-limit' | 'quota' | 'configuration';

  /** @param status the HTTP status of the refusal: an operator sees in the log what to change */
  constructor(reason: ProviderPause['reason'], { status, ...options }: Options & { delayMs: number; status?: number }) {
    const what = status === undefined ? reason : `${reason}, ${status}`;
    super(`the model provider refused the request (${what})`, { countsAttempt: false, ...options });
    this.reason = reason;
  }
}

/** The provider itself failed, and not because of what was asked. Several of them in a row mean that it is down. */
export class ProviderFailure extends RetryLater {
  /** False where it said that it failed, or never heard of the request: it will not charge for it. */
  readonly mayHaveCharged: boolean;

  constructor(message: string, { mayHaveCharged, ...options }: Options & { mayHaveCharged: boolean }) {
    super(message, options);
    this.mayHaveCharged = mayHaveCharged;
  }
}
