import { GraphQLError } from 'graphql';
import { RequestError, UserError, type ErrorCode } from '../errors.ts';
import { UnsupportedMediaType } from './body.ts';

/** What a caller is told of an error. */
export type PublicError = {
  code: ErrorCode;
  message: string;
  retryAfterSeconds?: number | undefined;
  /** Not foreseen: to be logged, since the caller is told nothing of it. */
  unexpected: boolean;
};

/** Status of a request that failed as a whole. */
export const httpStatus: Record<ErrorCode, number> = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  OPERATION_TOO_COMPLEX: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
};

export const statusOf = (error: unknown): number =>
  error instanceof UnsupportedMediaType ? 415 : httpStatus[toPublicError(error).code];

/** The one table from any error, ours or a library's, to a code and a text for the caller. */
export function toPublicError(error: unknown): PublicError {
  if (error instanceof RequestError) {
    const { code, message, retryAfterSeconds } = error;
    return { code, message, retryAfterSeconds, unexpected: false };
  }
  // A union member where no union takes it: its text is made for callers all the same.
  if (error instanceof UserError) return { code: 'BAD_USER_INPUT', message: error.message, unexpected: false };
  if (error instanceof GraphQLError) return ofGraphQL(error);
  return UNEXPECTED;
}

const UNEXPECTED: PublicError = { code: 'INTERNAL_SERVER_ERROR', message: 'Unexpected error.', unexpected: true };
const TOO_COMPLEX: PublicError = {
  code: 'OPERATION_TOO_COMPLEX',
  message: 'The operation is too large or too complex. Ask for less at once.',
  unexpected: false,
};

function ofGraphQL(error: GraphQLError): PublicError {
  const cause = error.originalError ?? error.cause;
  if (cause instanceof Error && cause !== error) return toPublicError(cause);
  const { message, extensions } = error;
  if (extensions['code'] === TOO_COMPLEX.code || message.includes('Document contains more than')) return TOO_COMPLEX;
  const known = (code: ErrorCode): PublicError => ({ code, message, unexpected: false });
  if (typeof extensions['code'] === 'string' && extensions['code'] in httpStatus)
    return known(extensions['code'] as ErrorCode);
  if (message.startsWith('Syntax Error')) return known('GRAPHQL_PARSE_FAILED');
  // graphql-js raises it without a cause only for what the caller sent: variables, an unknown operation name.
  return known(error.path === undefined ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR');
}

/** The same as a GraphQL error, with the place in the document and in the result. */
export function toGraphQLError(error: unknown): GraphQLError {
  const { code, message, retryAfterSeconds } = toPublicError(error);
  const place = error instanceof GraphQLError ? error : undefined;
  const http = place?.extensions['http'];
  return new GraphQLError(message, {
    ...(place?.nodes === undefined ? {} : { nodes: place.nodes }),
    ...(place?.source === undefined ? {} : { source: place.source }),
    ...(place?.positions === undefined ? {} : { positions: place.positions }),
    ...(place?.path === undefined ? {} : { path: place.path }),
    extensions: {
      code,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(http === undefined ? {} : { http }),
    },
  });
}
