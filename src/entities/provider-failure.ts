import { Permanent, RetryLater } from '../errors.ts';

type Options = ErrorOptions & { delayMs?: number; countsAttempt?: boolean };

/** The provider refuses all calls for some time. Otherwise each pulled message would only repeat the refusal. */
export class ProviderPause extends RetryLater {
  readonly reason = 'rate-limit';

  constructor({ status, ...options }: Options & { status?: number } = {}) {
    super(`the model provider refused the request (rate-limit${status === undefined ? '' : `, ${status}`})`, {
      countsAttempt: false,
      ...options,
    });
  }
}

/** The facts of a refusal that an operator needs. */
export type RefusalFacts = {
  status: number | null;
  /** The provider's code or type. */
  code: string | null;
  /** The part of the request that it refuses. */
  param: string | null;
  model: string;
  host: string;
  /** The provider's id of the request. */
  requestId: string | null;
  /** The provider's own words, for a made-up request alone: they may quote what a person has written. */
  words: string | null;
};

/**
 * `quota`, `configuration`: by the provider's words for everybody. `too-long`: the prompt is longer than the model's
 * context. `unexplained`: it does not say whether the request or the set-up is wrong.
 */
export type RefusalReason = 'quota' | 'configuration' | 'too-long' | 'unexplained';

/**
 * The provider refused the request, and perhaps every other one. A request that was made up for it (the look) tells whether
 * it would.
 */
export class ProviderRefusal extends RetryLater {
  readonly reason: RefusalReason;
  readonly facts: RefusalFacts;
  /** Parts of the request that the refusal names. */
  readonly names: readonly string[];
  /** False for a response with a status of success. */
  readonly isFree: boolean;

  constructor(
    reason: RefusalReason,
    facts: RefusalFacts,
    { names = [], isFree = true, ...options }: Options & { names?: readonly string[]; isFree?: boolean } = {},
  ) {
    const what = [reason, facts.status, facts.code].filter((part) => part !== null).join(', ');
    super(`the model provider refused the request (${what})`, { countsAttempt: false, ...options });
    this.reason = reason;
    this.facts = facts;
    this.names = names;
    this.isFree = isFree;
  }
}

/** The provider failed, and not because of the request. Failures of several assessments in a row mean that it is down. */
export class ProviderFailure extends RetryLater {
  /** False if the provider said that it failed, or never received the request: then it does not charge for it. */
  readonly mayHaveCharged: boolean;
  /** How it failed: a label of a metric. */
  readonly kind: 'server_error' | 'time_out' | 'connection' | 'unsent';
  /** Within a stream that had begun: says nothing of calls that are not streamed. */
  readonly inStream: boolean;

  constructor(
    message: string,
    {
      mayHaveCharged,
      kind = 'server_error',
      inStream = false,
      ...options
    }: Options & { mayHaveCharged: boolean; kind?: ProviderFailure['kind']; inStream?: boolean },
  ) {
    super(message, options);
    this.mayHaveCharged = mayHaveCharged;
    this.kind = kind;
    this.inStream = inStream;
  }
}

/** The model, or the provider's filter, refused to answer. Such a reply is charged like any other. */
export class ModelRefusal extends Permanent {
  /** In tokens, as the provider says; null if it does not. */
  readonly usage: { promptTokens: number | null; completionTokens: number | null };

  constructor(usage: ModelRefusal['usage'] = { promptTokens: null, completionTokens: null }) {
    super('AI_REFUSED', 'the model refused to answer');
    this.usage = usage;
  }
}
