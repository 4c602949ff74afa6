import { GraphQLError } from 'graphql';
import { RequestError, UserError, type ErrorCode } from '../../errors.ts';
import { HttpError } from './http-error.ts';

/** The public form of an error. */
export type PublicError = {
  code: ErrorCode;
  message: string;
  retryAfterSeconds?: number | undefined;
  /** A fault and no refusal. It has to be logged, because the public form hides the cause. */
  unexpected: boolean;
};

/** HTTP status of a request that failed as a whole. */
export const httpStatus: Record<ErrorCode, number> = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  OPERATION_TOO_COMPLEX: 400,
  PERSISTED_QUERY_NOT_SUPPORTED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
};

export const statusOf = (error: unknown): number =>
  error instanceof HttpError ? error.status : httpStatus[toPublicError(error).code];

/** The one mapping from an error, ours or a library's, to a public code and message. */
export function toPublicError(error: unknown): PublicError {
  if (error instanceof RequestError) {
    const { code, message, retryAfterSeconds } = error;
    return { code, message, retryAfterSeconds, unexpected: false };
  }
  // A `UserError` of a field without a payload: its message is public as well.
  if (error instanceof UserError) return { code: 'BAD_USER_INPUT', message: error.message, unexpected: false };
  if (error instanceof GraphQLError) return ofGraphQL(error);
  return UNEXPECTED;
}

const UNEXPECTED: PublicError = { code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.', unexpected: true };
const TOO_COMPLEX: PublicError = {
  code: 'OPERATION_TOO_COMPLEX',
  // Without figures, which would tell how to stay just below the limit.
  message: 'The operation is too large or too complex. Ask for less at once.',
  unexpected: false,
};

/** The refusal by any limit of a document's size or cost. */
export const tooComplex = (): RequestError => new RequestError(TOO_COMPLEX.code, TOO_COMPLEX.message);

function ofGraphQL(error: GraphQLError): PublicError {
  const cause = error.originalError ?? error.cause;
  if (cause instanceof Error && !(cause instanceof GraphQLError)) return toPublicError(cause);
  const { message, extensions } = error;
  const expected = (code: ErrorCode, text = message): PublicError => ({
    code,
    message: withoutValues(text),
    unexpected: false,
  });
  const { code } = extensions;
  if (code === 'GRAPHQL_PARSE_FAILED' || code === 'GRAPHQL_VALIDATION_FAILED' || code === 'BAD_REQUEST')
    return expected(code);
  if (error.path === undefined) return expected('BAD_USER_INPUT');
  // An error of a field. Its cause has nodes only if an argument is wrong, which the caller sent.
  const atArgument = cause instanceof GraphQLError && (cause.nodes ?? []).length > 0;
  return atArgument ? expected('BAD_USER_INPUT', cause.message) : UNEXPECTED;
}

const MESSAGE_CHARACTERS_MAX = 400;

/**
 * A message of graphql without the values of the caller that it repeats: an error must not contain answers. graphql offers
 * no class or extension that holds message and value apart; test/server/graphql-texts.test.ts pins each text.
 */
function withoutValues(message: string): string {
  const text = message
    .replace(/[,;]? found: [^]*$/i, '.')
    .replace(/\?\.$/, '?')
    .replace(/( cannot represent [^:"]*): [^]*$/, '$1.')
    .replace(/Value "[^]*" does not exist/, 'The value does not exist')
    .replace(/\b(String|BlockString|Int|Float|Name) "[^]*"/, '$1')
    .replace(/(unknown field) "(?![_A-Za-z]\w{0,60}")[^]*/, '$1.');
  return text.length > MESSAGE_CHARACTERS_MAX ? `${text.slice(0, MESSAGE_CHARACTERS_MAX)}…` : text;
}

/** The error as a result of graphql may contain it. */
export const asGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError(error instanceof Error ? error.message : 'Unexpected error.', { cause: error });

/** The public form as a GraphQL error: with its locations and path, without its cause. */
export class PresentedError extends GraphQLError {
  override readonly name = 'PresentedError';

  constructor(error: GraphQLError, { code, message, retryAfterSeconds }: PublicError, requestId: string) {
    super(message, {
      nodes: error.nodes,
      source: error.source,
      positions: error.positions,
      path: error.path,
      extensions: { code, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }), requestId },
    });
  }
}
