/** A GraphQL error as the server sends it. */
export interface ServerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export type LiveErrorCode =
  /** The session has ended: start another one. */
  | 'SESSION_ENDED'
  /** The server refuses this client; `closeCode` says why. */
  | 'REFUSED'
  /** The subscription was refused; `errors` is the server's list. */
  | 'GRAPHQL'
  /** The server completed the subscription before the assessment ended. */
  | 'ENDED_EARLY'
  /** Subscribed after `close`. */
  | 'CLOSED';

interface Details {
  closeCode?: number;
  errors?: readonly ServerError[];
}

/** Why a subscription ended early. It is not retried. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly code: LiveErrorCode;
  readonly closeCode: number | undefined;
  readonly errors: readonly ServerError[] | undefined;

  constructor(code: LiveErrorCode, message: string, { closeCode, errors }: Details = {}) {
    super(message);
    this.code = code;
    this.closeCode = closeCode;
    this.errors = errors;
  }
}

export const graphqlError = (errors: readonly ServerError[] = []): LiveError => {
  const isSession = errors[0]?.extensions?.['code'] === 'UNAUTHENTICATED';
  return new LiveError(isSession ? 'SESSION_ENDED' : 'GRAPHQL', errors[0]?.message ?? 'A message without data.', {
    errors,
  });
};

/** Temporary errors: the server asks for another try. */
const PASSING = new Set<unknown>(['SERVICE_UNAVAILABLE', 'RATE_LIMITED']);

/** The wait that the server asks for, or undefined for a permanent error. */
export const retryAfterMs = (errors: readonly ServerError[] = []): number | undefined => {
  const extensions = errors[0]?.extensions;
  if (!PASSING.has(extensions?.['code'])) return undefined;
  const seconds = extensions?.['retryAfterSeconds'];
  return typeof seconds === 'number' ? seconds * 1_000 : 0;
};

/** Calls a listener. An error that it throws is reported as uncaught, otherwise it would break the socket. */
export const callListener = (listener: () => void): void => {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};
