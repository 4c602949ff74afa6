import { APIConnectionError, APIConnectionTimeoutError, APIUserAbortError, type APIError } from 'openai';
import { ModelRefusal, ProviderFailure, ProviderPause, ProviderRefusal } from '../../entities/provider-failure.ts';
import type { RefusalReason } from '../../entities/provider-failure.ts';
import { OwnError } from '../../own-error.ts';
import { readRefusal, type Refusal, type Refused } from './refusal.ts';
import { retryAfterMs } from './retry-after.ts';
import { wordsIn } from './words.ts';

/** Minimum, also for a provider that refuses and asks for a retry at once: otherwise calls would loop without a pause. */
const RATE_LIMIT_MIN_MS = 1_000;

/** Codes, types and reasons of providers, in lower case. docs/MODELS.md has their sources. */
const CODES = {
  /** Moderation and content filters: the request of this person. */
  refused: [
    'content_filter',
    'responsibleaipolicyviolation',
    'data_inspection_failed',
    'datainspectionfailed',
    'content_policy_violation',
    'content_filtered',
    'flagged_input',
    'moderation_error',
    'prohibited_content',
    'safety',
    '1301',
  ],
  /** The model's text did not fit the schema, says a server that checks it. */
  unfit: ['json_validate_failed'],
  quota: [
    'insufficient_quota',
    'budget_exceeded',
    'arrearage',
    'insufficient_balance',
    'billing_not_active',
    'billing_hard_limit_reached',
    'billing_error',
  ],
  rateLimit: [
    'rate_limit_exceeded',
    'rate_limit_error',
    'resource_exhausted',
    'throttlingexception',
    'too_many_requests',
  ],
  /** The key, the account, the region or the model: the same for every request, in each form. */
  setUp: [
    'invalid_api_key',
    'api_key_invalid',
    'authentication_error',
    'failed_precondition',
    'unsupported_country_region_territory',
    'model_not_found',
    'model_not_supported',
    'model_decommissioned',
    'deploymentnotfound',
    'not_found_error',
    'notfounderror',
  ],
  tooLong: ['context_length_exceeded', 'exceed_context_size_error', 'string_above_max_length'],
  overloaded: ['overloaded_error', 'unavailable_error', 'server_error', 'internal_error', 'unavailable'],
} as const;

/** 402 is about money. */
const PAYMENT_REQUIRED = 402;
const TOO_MANY_REQUESTS = 429;
const OK = 200;
const NOT_FOUND = 404;
const TOO_LARGE = 413;
/** A wrong key, address or method, or a wrong server. */
const CONFIGURATION: ReadonlySet<number> = new Set([401, 405, 407, 410, 415, 426, 501]);
/** The request came too late or in between, and can be repeated. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 499]);

/** A response that is no completion, thrown by `fetch` so that its body is read here, whatever its form. */
export class RefusedResponse extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super('the model provider sent no completion');
    this.refused = refused;
  }
}

/** An error that the provider has sent within a stream. */
export class ErrorInStream extends Error {
  readonly body: unknown;
  readonly headers: Headers;
  readonly hasText: boolean;

  constructor({ error, headers }: APIError, hasText: boolean) {
    super('the model provider sent an error within a stream');
    this.body = error;
    this.headers = headers ?? new Headers();
    this.hasText = hasText;
  }
}

/** A call, as far as errors need it. */
export type Called = {
  model: string;
  host: string;
  /** Texts with the person's words. A code that repeats them is not logged. */
  data: readonly string[];
  /** Given for a made-up request, whose refusal is logged in the provider's own words: what must not be among them. */
  secrets?: readonly string[];
  /** The request may have reached the provider. */
  sent: boolean;
  /** Its reply is streamed. */
  streamed: boolean;
};

/** @returns what the error of a failed call means for the assessment, and for all others */
export function classifyModelError(error: unknown, call: Called): Error {
  if (error instanceof OwnError) return error;
  if (error instanceof ErrorInStream) return classifyErrorWithin(error.body, error.headers, error.hasText, call);
  const response = refusedIn(error);
  if (response !== undefined) return ofRefusal(refusalIn(response, call), response.headers, call, error);
  const kind = kindOf(error, call.sent);
  const { sent, streamed } = call;
  return new ProviderFailure(FAILED[kind], {
    kind,
    mayHaveCharged: sent,
    countsAttempt: sent,
    inStream: sent && streamed,
    cause: error,
  });
}

/** Maps an error within a stream, or within a response with the status 200. If text had come before it, that is most likely charged. */
function classifyErrorWithin(body: unknown, headers: Headers, hasText: boolean, call: Called): Error {
  const refusal = refusalIn({ headers, body }, call);
  const meaning = ofRefusal(
    { ...refusal, status: refusal.status ?? statusOf(refusal) },
    headers,
    call,
    undefined,
    hasText,
  );
  if (!hasText || meaning instanceof ModelRefusal || meaning instanceof ProviderPause) return meaning;
  return new ProviderFailure('the model provider broke off its reply', {
    mayHaveCharged: true,
    inStream: true,
    cause: meaning,
  });
}

/** @returns the refusal for a response with the status of success that has no completion */
export const noCompletion = (body: unknown, headers: Headers, call: Called): Error => {
  if (hasError(body)) return classifyErrorWithin(body, headers, false, call);
  const facts = factsOf(
    { ...refusalIn({ status: OK, headers, body }, call), code: 'no_completion', param: null },
    call,
  );
  return new ProviderRefusal('configuration', facts, { isFree: false });
};

const hasError = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && body.error != null && typeof body.error === 'object';

function ofRefusal(refusal: Told, headers: Headers, call: Called, cause: unknown, hasText = false): Error {
  const { status = 500, codes } = refusal;
  const says = (kind: Kind): boolean => isAmong(codes, kind);
  // Prompt and limit together are too long.
  const names = status === TOO_LARGE || says('tooLong') ? ['messages'] : refusal.names;
  const refused = (reason: RefusalReason): ProviderRefusal =>
    new ProviderRefusal(reason, factsOf({ ...refusal, status }, call), { names, cause });
  if (says('refused')) return new ModelRefusal();
  if (status === PAYMENT_REQUIRED || says('quota') || isPerDay(codes)) return refused('quota');
  if (status === TOO_MANY_REQUESTS || (status >= 500 && says('rateLimit') && !says('overloaded'))) {
    const waitMs = retryAfterMs(headers, Date.now()) ?? refusal.retryDelayMs;
    return new ProviderPause({
      status,
      countsAttempt: hasText,
      cause,
      ...(waitMs === undefined ? {} : { delayMs: Math.max(RATE_LIMIT_MIN_MS, waitMs) }),
    });
  }
  if (says('tooLong')) return refused('too-long');
  if (isOfSetUp(status, codes)) return refused('configuration');
  if (status < 500 && !PASSING.has(status)) return refused('unexplained');
  const waitMs = retryAfterMs(headers, Date.now());
  return new ProviderFailure(`the model provider failed (${status})`, {
    mayHaveCharged: hasText,
    cause,
    ...(waitMs === undefined ? {} : { delayMs: waitMs }),
  });
}

/** A router whose servers do not take the form of a request repeats the 404 as a code; a wrong address does not. */
const isOfSetUp = (status: number, codes: ReadonlySet<string>): boolean =>
  status < 400 ||
  CONFIGURATION.has(status) ||
  (status < 500 && isAmong(codes, 'setUp')) ||
  (status === NOT_FOUND && !codes.has(String(NOT_FOUND)));

type Kind = keyof typeof CODES;
const isAmong = (codes: ReadonlySet<string>, kind: Kind): boolean => CODES[kind].some((code) => codes.has(code));

/** Whether a server says that it has checked the model's text, and that it does not fit. */
export const isUnfit = (error: unknown): boolean => {
  const response = refusedIn(error);
  return response !== undefined && isAmong(readRefusal(response).codes, 'unfit');
};

/** Google's quotas of a day; those of a minute are rate limits. */
const isPerDay = (codes: ReadonlySet<string>): boolean =>
  codes.has('resource_exhausted') && [...codes].some((code) => code.includes('perday'));

/** The status of an error without one. */
function statusOf({ codes }: Refusal): number {
  if (isAmong(codes, 'rateLimit')) return TOO_MANY_REQUESTS;
  return isAmong(codes, 'setUp') || [...codes].some((code) => code.startsWith('invalid_') || code.startsWith('model_'))
    ? 400
    : 500;
}

type Told = Refusal & { words?: string | null };

const refusalIn = (response: Parameters<typeof readRefusal>[0], { secrets }: Called): Told => ({
  ...readRefusal(response),
  words: secrets === undefined ? null : wordsIn(response.body, secrets),
});

function factsOf({ status, code, param, requestId, words = null }: Told, { model, host, data }: Called) {
  const isQuoted = code !== null && data.some((text) => wordsOf(text).includes(wordsOf(code)));
  return { status: status ?? null, code: isQuoted ? null : code, param, model, host, requestId, words };
}

/** Texts with the same words are equal, whatever stands between the words. */
const wordsOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ');

/** The SDK wraps what `fetch` throws. */
function refusedIn(error: unknown): Refused | undefined {
  if (error instanceof RefusedResponse) return error.refused;
  return error instanceof Error && error.cause !== undefined ? refusedIn(error.cause) : undefined;
}

const FAILED = {
  time_out: 'the model call did not end in time',
  connection: 'the connection to the model provider failed',
  unsent: 'the request to the model provider could not be made',
};

function kindOf(error: unknown, sent: boolean): keyof typeof FAILED {
  if (error instanceof APIUserAbortError || error instanceof APIConnectionTimeoutError || isTimeout(error))
    return 'time_out';
  // The SDK wraps errors of `fetch`, but not its own errors while it prepares the request.
  return sent || error instanceof APIConnectionError ? 'connection' : 'unsent';
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
