import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { ProviderFailure, ProviderPause } from '../../entities/provider-failure.ts';
import { Permanent } from '../../errors.ts';
import { retryAfterMs } from './retry-after.ts';

const RATE_LIMIT_DEFAULT_MS = 5_000;
/** Who says "at once" has just refused: a loop at the speed of the network would help nobody. */
const RATE_LIMIT_MIN_MS = 1_000;
/** A used-up quota or a wrong key is mended by a person, so it is looked at again now and then. */
const QUOTA_MS = 5 * 60 * 1000;
const CONFIGURATION_MS = 30_000;

/**
 * Says what a failed call means for the assessment: later, for good, or later without counting it as an attempt.
 * @param sent the request may have reached the provider
 */
export function classifyModelError(error: unknown, sent: boolean): Error {
  if (error instanceof APIError && error.status !== undefined) return ofStatus(error, error.status);
  return new ProviderFailure(reasonOf(error, sent), { mayHaveCharged: sent, countsAttempt: sent, cause: error });
}

function reasonOf(error: unknown, sent: boolean): string {
  if (error instanceof APIUserAbortError || error instanceof APIConnectionTimeoutError || isTimeout(error))
    return 'the model call did not end in time';
  // The SDK wraps what `fetch` throws, but not what it throws itself while it makes the request.
  return sent || error instanceof APIConnectionError
    ? 'the connection to the model provider failed'
    : 'the request to the model provider could not be made';
}

/**
 * What the provider tells within a stream means what it would have meant before it, except that what was written until
 * then is most likely charged.
 */
export function classifyStreamError(error: APIError, hasText: boolean): Error {
  return ofStatus(error, error.status ?? statusOf(error), hasText);
}

/** Within a stream there is no status, but a code or type that stands for one. */
function statusOf({ code, type }: APIError): number {
  const number = Number(code);
  if (Number.isInteger(number) && number >= 400 && number < 600) return number;
  return [code, type].includes('rate_limit_exceeded') ? 429 : 500;
}

function ofStatus(error: APIError, status: number, mayHaveCharged = false): Error {
  const countsAttempt = mayHaveCharged;
  const waitMs = retryAfterMs(error.headers, Date.now());
  if (status === 402 || [error.code, error.type].includes('insufficient_quota'))
    return new ProviderPause('quota', { status, delayMs: QUOTA_MS, countsAttempt, cause: error });
  if (status === 429)
    return new ProviderPause('rate-limit', {
      status,
      delayMs: Math.max(RATE_LIMIT_MIN_MS, waitMs ?? RATE_LIMIT_DEFAULT_MS),
      countsAttempt,
      cause: error,
    });
  // A redirect tells that the address is wrong.
  if (status === 401 || status === 403 || status === 404 || (status >= 300 && status < 400))
    return new ProviderPause('configuration', { status, delayMs: CONFIGURATION_MS, countsAttempt, cause: error });
  if (status === 400 || status === 413 || status === 422)
    return new Permanent('AI_REJECTED', `the model provider rejected the request (${status})`, { cause: error });
  return new ProviderFailure(`the model provider failed (${status})`, {
    mayHaveCharged,
    ...(waitMs === undefined ? {} : { delayMs: waitMs }),
    cause: error,
  });
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
