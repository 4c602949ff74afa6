import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { ProviderFailure, ProviderPause } from '../../entities/provider-failure.ts';
import { Permanent } from '../../errors.ts';
import { retryAfterMs } from './retry-after.ts';

const RATE_LIMIT_DEFAULT_MS = 5_000;
/** Minimum, also for a provider that refuses and asks for a retry at once: otherwise calls would loop without a pause. */
const RATE_LIMIT_MIN_MS = 1_000;
/** A person has to mend a used-up quota or a wrong key, so the pauses until the next probe are long. */
const QUOTA_MS = 5 * 60 * 1000;
const CONFIGURATION_MS = 30_000;

/**
 * Maps the error of a failed call to what it means for the assessment.
 * @param sent the request may have reached the provider
 * @returns ProviderPause or ProviderFailure (try again, as an attempt or without counting it), or Permanent (failed)
 */
export function classifyModelError(error: unknown, sent: boolean): Error {
  if (error instanceof APIError && error.status !== undefined) return ofStatus(error, error.status);
  const kind = kindOf(error, sent);
  return new ProviderFailure(FAILED[kind], { kind, mayHaveCharged: sent, countsAttempt: sent, cause: error });
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

/**
 * Maps an error that a provider sent within a stream, like the same error before the stream. But if text had come before
 * it, that text is most likely charged, so the attempt counts.
 */
export function classifyStreamError(error: APIError, hasText: boolean): Error {
  return ofStatus(error, error.status ?? statusOf(error), hasText);
}

/** The status for the code or type of an error within a stream, which has no HTTP status. */
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
  // A redirect means that the configured address is wrong.
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
