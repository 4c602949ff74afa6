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

const texts: Record<ErrorCode, string> = {
  [NETWORK_ERROR]: 'The server cannot be reached at the moment. Please check your connection and try again.',
  [COOKIES_REFUSED]:
    'This page needs a cookie to remember you, and your browser does not keep it. Please allow cookies.',
  UNAUTHENTICATED: 'Your session had ended, and a new one was started. Please try again.',
  RATE_LIMITED: 'That was a little too often. Please wait a minute, then try again.',
  SERVICE_UNAVAILABLE: 'The service is not available right now. Please try again in a moment.',
  PAYLOAD_TOO_LARGE: 'That is more than can be sent at once. Please shorten your longest answer.',
};

/** A sentence or two for a person. The server's own messages are for developers and are not shown. */
export const errorText = (error: ReadableError): string => {
  const known = texts[errorCode(error) ?? ''];
  if (known) return known;
  const requestId = error.graphQLErrors[0]?.extensions?.requestId;
  const reference = typeof requestId === 'string' ? ` If it happens again, please mention ${requestId}.` : '';
  return `Something went wrong. Please try again.${reference}`;
};

export const codeText = (code: ErrorCode): string => texts[code] ?? 'Something went wrong. Please try again.';

/** The message of an error in a payload, and when to try again, where the server says so. */
export const refusalText = (refusal: { message: string; retryAfterSeconds?: number }): string =>
  refusal.retryAfterSeconds === undefined
    ? refusal.message
    : `${refusal.message} ${waitText(refusal.retryAfterSeconds)}`;

/** Tells the person when to try again. */
export const waitText = (seconds: number): string =>
  seconds < 90 ? `Please try again in ${seconds} seconds.` : `Please try again in ${Math.ceil(seconds / 60)} minutes.`;
