import { Permanent, RetryLater } from '../errors.ts';

type Options = ErrorOptions & { delayMs?: number; countsAttempt?: boolean };

/** The provider refuses all calls for some time. Otherwise each pulled message would only repeat the refusal. */
export class ProviderPause extends RetryLater {
  readonly reason: 'rate-limit' | 'quota' | 'configuration';

  /** @param status the HTTP status of the refusal, which tells an operator what to change */
  constructor(reason: ProviderPause['reason'], { status, ...options }: Options & { delayMs: number; status?: number }) {
    const what = status === undefined ? reason : `${reason}, ${status}`;
    super(`the model provider refused the request (${what})`, { countsAttempt: false, ...options });
    this.reason = reason;
  }
}

/** The provider failed, and not because of the request. Several failures in a row mean that it is down. */
export class ProviderFailure extends RetryLater {
  /** False if the provider said that it failed, or never received the request: then it does not charge for it. */
  readonly mayHaveCharged: boolean;
  /** How it failed: a label of a metric. */
  readonly kind: 'server_error' | 'time_out' | 'connection' | 'unsent';

  constructor(
    message: string,
    {
      mayHaveCharged,
      kind = 'server_error',
      ...options
    }: Options & { mayHaveCharged: boolean; kind?: ProviderFailure['kind'] },
  ) {
    super(message, options);
    this.mayHaveCharged = mayHaveCharged;
    this.kind = kind;
  }
}

/** The model, or the provider's filter, refused to answer. Such a reply is charged like any other. */
export class ModelRefusal extends Permanent {
  /** In tokens, as the provider says; null if it does not. */
  readonly usage: { promptTokens: number | null; completionTokens: number | null };

  constructor(usage: ModelRefusal['usage']) {
    super('AI_REFUSED', 'the model refused to answer');
    this.usage = usage;
  }
}
