import { serverWords, type Words } from '../texts/server-words.ts';
import { texts } from '../texts/index.ts';

/** The server's `extensions.code`, or one of the page's own two codes. */
export type ErrorCode = string;
export const NETWORK_ERROR = 'NETWORK_ERROR';
export const COOKIES_REFUSED = 'COOKIES_REFUSED';

/** The part of urql's `CombinedError` that is read here. */
export interface ReadableError {
  graphQLErrors: readonly { extensions?: Record<string, unknown>; path?: readonly (string | number)[] | undefined }[];
  networkError?: Error;
  response?: { status?: unknown };
}

export const errorCode = (error: ReadableError | undefined): ErrorCode | undefined => {
  if (!error) return undefined;
  const code = error.graphQLErrors[0]?.extensions?.code;
  if (typeof code === 'string') return code;
  // The response of a proxy in front of the server has no GraphQL body.
  const status = error.response?.status;
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 429) return 'RATE_LIMITED';
  if (typeof status === 'number' && status >= 502 && status <= 504) return 'SERVICE_UNAVAILABLE';
  return error.networkError ? NETWORK_ERROR : 'INTERNAL_SERVER_ERROR';
};

/** Whether the server says that the session is gone. No other error does, and no null beside an error. */
export const isSessionGone = (error: ReadableError | undefined): boolean =>
  errorCode(error) === 'UNAUTHENTICATED' ||
  (error?.graphQLErrors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false);

interface RootResult {
  data?: Record<string, unknown> | null | undefined;
  error?: ReadableError | undefined;
}

/** Whether a root field is null because there is no such thing. Null beside an error at or below it only means that it failed. */
export const isAbsent = ({ data, error }: RootResult, field: string): boolean =>
  data?.[field] === null && !error?.graphQLErrors.some(({ path }) => path === undefined || path[0] === field);

const wordsOf = (code: ErrorCode | undefined): string | undefined => {
  switch (code) {
    case NETWORK_ERROR:
      return texts.errors.network;
    case COOKIES_REFUSED:
      return texts.errors.cookies;
    case 'UNAUTHENTICATED':
      return texts.errors.sessionEnded;
    case 'RATE_LIMITED':
      return texts.errors.tooOften;
    case 'SERVICE_UNAVAILABLE':
      return texts.errors.unavailable;
    case 'PAYLOAD_TOO_LARGE':
      return texts.errors.tooLarge;
    default:
      return undefined;
  }
};

/** A sentence or two for a person. The server's own messages are for developers and are not shown. */
export const errorText = (error: ReadableError): string => {
  const known = wordsOf(errorCode(error));
  if (known !== undefined) return known;
  const requestId = requestIdOf(error);
  const { other, mention } = texts.errors;
  return requestId === undefined ? other : `${other} ${mention(requestId)}`;
};

/** The server's id of the request, by which its log can be searched. */
export const requestIdOf = (error: ReadableError): string | undefined => {
  const requestId = error.graphQLErrors[0]?.extensions?.requestId;
  return typeof requestId === 'string' ? requestId : undefined;
};

export const codeText = (code: ErrorCode): string => wordsOf(code) ?? texts.errors.other;

/** The words for an error in a payload, and when to try again, where the server says so. */
export const refusalText = (refusal: { kind: string; message: string; retryAfterSeconds?: number }): Words => {
  const words = texts.server.refusals[refusal.kind] ?? serverWords(refusal.message);
  if (typeof words !== 'string' || refusal.retryAfterSeconds === undefined) return words;
  return `${words} ${waitText(refusal.retryAfterSeconds)}`;
};

/** Tells the person when to try again. */
const waitText = (seconds: number): string =>
  seconds < 90 ? texts.errors.againInSeconds(seconds) : texts.errors.againInMinutes(Math.ceil(seconds / 60));
