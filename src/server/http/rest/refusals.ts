import { z } from '@hono/zod-openapi';
import type { RestErrorCode } from './errors.ts';

type Refusal = { name: string; codes: [RestErrorCode, ...RestErrorCode[]]; description: string };

/** By status: the codes of its errors, and their cause. */
export const REFUSALS = {
  400: {
    name: 'BadRequest',
    codes: ['BAD_REQUEST', 'BAD_USER_INPUT'],
    description: 'The request, or a value in it, is malformed.',
  },
  401: { name: 'Unauthenticated', codes: ['UNAUTHENTICATED'], description: 'There is no session, or it has ended.' },
  403: { name: 'Forbidden', codes: ['FORBIDDEN'], description: 'The origin is not allowed.' },
  404: {
    name: 'NotFound',
    codes: ['NOT_FOUND'],
    description: 'There is no such assessment in this session, or no such image.',
  },
  405: { name: 'MethodNotAllowed', codes: ['BAD_REQUEST'], description: 'The path does not take this method.' },
  408: { name: 'TooSlow', codes: ['BAD_REQUEST'], description: 'The request did not arrive in time.' },
  409: {
    name: 'IdempotencyConflict',
    codes: ['IDEMPOTENCY_CONFLICT'],
    description: 'The key was used with other answers.',
  },
  413: { name: 'TooLarge', codes: ['PAYLOAD_TOO_LARGE'], description: 'The body is larger than 256 KB.' },
  415: { name: 'WrongType', codes: ['BAD_REQUEST'], description: 'The body is not uncompressed JSON in UTF-8.' },
  421: {
    name: 'Misdirected',
    codes: ['FORBIDDEN'],
    description: 'Without PUBLIC_URL, only host names of this machine are accepted.',
  },
  422: {
    name: 'Unprocessable',
    codes: ['INVALID_ANSWERS', 'UNKNOWN_QUESTIONNAIRE', 'QUESTIONNAIRE_WITHDRAWN'],
    description: 'The answers do not fit, or there is no such questionnaire, or it was withdrawn.',
  },
  429: {
    name: 'TooMany',
    codes: ['RATE_LIMITED'],
    description: 'Too many new sessions or assessments, or the queue is full.',
  },
  431: { name: 'HeadersTooLarge', codes: ['BAD_REQUEST'], description: 'The headers are too large, or too many.' },
  500: { name: 'Unexpected', codes: ['INTERNAL_SERVER_ERROR'], description: 'An unexpected error of the server.' },
  503: {
    name: 'Unavailable',
    codes: ['SERVICE_UNAVAILABLE'],
    description: 'A part of the system is unavailable; the message says whether something may have been stored.',
  },
} as const satisfies Record<number, Refusal>;

type Status = keyof typeof REFUSALS;

type Header = { description: string; schema: { type: 'string' | 'integer' } };
const SECONDS: Header = { description: 'Seconds after which to try again.', schema: { type: 'integer' } };
const HEADERS: Partial<Record<Status, Record<string, Header>>> = {
  401: { 'WWW-Authenticate': { description: 'The scheme Bearer.', schema: { type: 'string' } } },
  405: { Allow: { description: 'The methods that the path takes.', schema: { type: 'string' } } },
  429: { 'Retry-After': SECONDS },
  503: { 'Retry-After': SECONDS },
};

const issues = z
  .array(z.object({ path: z.string(), rule: z.string(), message: z.string() }))
  .optional()
  .openapi({ description: 'For INVALID_ANSWERS: each wrong answer, by a JSON pointer.' });

function schemaOf(status: Status): z.ZodType {
  const { name, codes } = REFUSALS[status];
  const error = z.object({
    code: z.enum(codes),
    message: z.string(),
    ...(status === 422 ? { issues } : {}),
    requestId: z.string().openapi({ format: 'uuid', description: 'As in the log, and in X-Request-Id.' }),
  });
  return z.object({ success: z.literal(false), error }).openapi(name);
}

const statuses = Object.keys(REFUSALS).map((status) => Number(status) as Status);
/** Each schema is made once, so that the document has it once, by its name. */
const schemas = new Map(statuses.map((status) => [status, schemaOf(status)]));

/** The schema of an error's body. */
export const refusal = (status: Status): z.ZodType => schemas.get(status) ?? z.never();

type RefusalResponse = {
  description: string;
  headers?: Record<string, Header>;
  content: { 'application/json': { schema: z.ZodType } };
};

/** The error responses of a route, by their statuses. */
export const refusals = <Given extends Status>(...given: Given[]): Record<Given, RefusalResponse> =>
  Object.fromEntries(given.map((status) => [status, refusalResponse(status)])) as Record<Given, RefusalResponse>;

function refusalResponse(status: Status): RefusalResponse {
  const { codes, description } = REFUSALS[status];
  const headers = HEADERS[status];
  return {
    description: `${description} Codes: ${codes.join(', ')}.`,
    ...(headers === undefined ? {} : { headers }),
    content: { 'application/json': { schema: refusal(status) } },
  };
}
