import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { Permanent, RetryLater } from '../../errors.ts';
import { retryAfterMs } from './retry-after.ts';

/** The provider can't be used by anybody right now: pulling more work would only repeat the refusal. */
export class ProviderPause extends RetryLater {
  readonly reason: 'rate-limit' | 'quota' | 'configuration';

  constructor(reason: ProviderPause['reason'], delayMs: number, cause: unknown) {
    super(`the model provider refused the request (${reason})`, { delayMs, countsAttempt: false, cause });
    this.reason = reason;
  }
}

const RATE_LIMIT_DEFAULT_MS = 5_000;
/** A used-up quota or a wrong key is mended by a person, so it is looked at again now and then. */
const QUOTA_MS = 5 * 60 * 1000;
const CONFIGURATION_MS = 30_000;

/** Errors by which a request surely never reached the provider. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** Says what a failed call means for the assessment: later, for good, or later without counting it as an attempt. */
export function classifyModelError(error: unknown): Error {
  if (error instanceof APIUserAbortError || error instanceof APIConnectionTimeoutError)
    return new RetryLater('the model call did not end in time', { cause: error });
  if (error instanceof APIConnectionError)
    return new RetryLater('the connection to the model provider failed', {
      cause: error,
      countsAttempt: !NOT_SENT.has(networkCode(error) ?? ''),
    });
  if (!(error instanceof APIError)) return new RetryLater('the model call failed', { cause: error });
  switch (error.status) {
    case 429:
      return error.code === 'insufficient_quota'
        ? new ProviderPause('quota', QUOTA_MS, error)
        : new ProviderPause('rate-limit', retryAfterMs(error.headers, Date.now()) ?? RATE_LIMIT_DEFAULT_MS, error);
    case 401:
    case 403:
    case 404:
      return new ProviderPause('configuration', CONFIGURATION_MS, error);
    case 400:
    case 413:
    case 422:
      return new Permanent('AI_REJECTED', `the model provider rejected the request (${error.status})`, {
        cause: error,
      });
    default: {
      const delayMs = retryAfterMs(error.headers, Date.now());
      const options = delayMs === undefined ? { cause: error } : { cause: error, delayMs };
      return new RetryLater(`the model provider failed (${error.status ?? 'no status'})`, options);
    }
  }
}

/** The code of the innermost cause: the SDK wraps fetch's error, which wraps the socket's. */
function networkCode(error: unknown): string | undefined {
  let code: string | undefined;
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++)
    code = (e as { code?: string }).code ?? code;
  return code;
}
