import {
  IdempotencyConflictError,
  InvalidAnswersError,
  QuestionnaireWithdrawnError,
  TooManyAssessmentsError,
  UnknownQuestionnaireError,
  UserError,
  type ErrorCode,
} from '../../../errors.ts';
import { statusOf, toPublicError } from '../../graphql/error-table.ts';
import { HttpError } from '../../graphql/http-error.ts';
import type { JsonResponse } from '../json-response.ts';

/** `error.code` of REST responses. */
export type RestErrorCode =
  | ErrorCode
  | 'INVALID_ANSWERS'
  | 'UNKNOWN_QUESTIONNAIRE'
  | 'QUESTIONNAIRE_WITHDRAWN'
  | 'IDEMPOTENCY_CONFLICT';

/** The response to a failed REST request. The caller logs unexpected errors. */
export function restError(error: unknown, requestId: string): JsonResponse {
  const known = userErrorResponse(error);
  const { code, message, retryAfterSeconds } = known ?? toPublicError(error);
  const issues = error instanceof InvalidAnswersError ? error.issues : undefined;
  const status = known?.status ?? statusOf(error);
  const allow = error instanceof HttpError ? error.allow : undefined;
  return {
    status,
    body: { success: false, error: { code, message, ...(issues === undefined ? {} : { issues }), requestId } },
    headers: {
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(allow === undefined ? {} : { allow }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="assay"' } : {}),
    },
  };
}

type UserErrorResponse = { status: number; code: RestErrorCode; message: string; retryAfterSeconds?: number };

function userErrorResponse(error: unknown): UserErrorResponse | undefined {
  if (!(error instanceof UserError)) return undefined;
  const { message } = error;
  if (error instanceof InvalidAnswersError) return { status: 422, code: 'INVALID_ANSWERS', message };
  if (error instanceof UnknownQuestionnaireError) return { status: 422, code: 'UNKNOWN_QUESTIONNAIRE', message };
  if (error instanceof QuestionnaireWithdrawnError) return { status: 422, code: 'QUESTIONNAIRE_WITHDRAWN', message };
  if (error instanceof IdempotencyConflictError) return { status: 409, code: 'IDEMPOTENCY_CONFLICT', message };
  if (error instanceof TooManyAssessmentsError)
    return { status: 429, code: 'RATE_LIMITED', message, retryAfterSeconds: error.retryAfterSeconds };
  return undefined;
}
