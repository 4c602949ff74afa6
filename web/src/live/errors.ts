/** A GraphQL error as the server sends it. */
export interface ServerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export type LiveErrorCode =
  /** The session has ended: start another one. */
  | 'SESSION_ENDED'
  /** The server does not want this client; `closeCode` says why. */
  | 'REFUSED'
  /** `errors` has what the server said about this subscription. */
  | 'GRAPHQL'
  /** The server completed the subscription before the end that it had promised. */
  | 'ENDED_EARLY'
  /** Subscribed after `close`. */
  | 'CLOSED';

interface Details {
  closeCode?: number;
  errors?: readonly ServerError[];
}

/** Why a subscription is over without having come to its end. Nothing is retried after it. */
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
  const isSession = errors[0]?.extensions?.code === 'UNAUTHENTICATED';
  return new LiveError(isSession ? 'SESSION_ENDED' : 'GRAPHQL', errors[0]?.message ?? 'An answer without data.', {
    errors,
  });
};

/** These pass: the server asks to come again. */
const PASSING = new Set<unknown>(['SERVICE_UNAVAILABLE', 'RATE_LIMITED']);

/** After how long the server will hear it again, or undefined where the error is for good. */
export const retryAfterMs = (errors: readonly ServerError[] = []): number | undefined => {
  const extensions = errors[0]?.extensions;
  if (!PASSING.has(extensions?.code)) return undefined;
  const seconds = extensions?.retryAfterSeconds;
  return typeof seconds === 'number' ? seconds * 1_000 : 0;
};

/** Calls a listener. What it throws is its own bug: reported as uncaught, otherwise it would break the connection. */
export const tell = (listener: () => void): void => {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};
