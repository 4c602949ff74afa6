import type { IncomingMessage } from 'node:http';
import type { Session } from '../assessments/sessions.ts';
import { failureText } from '../entities/failure.ts';
import type { AssessmentView } from '../adapters/database/reading.ts';
import {
  IdempotencyConflictError,
  InvalidAnswersError,
  RequestError,
  TooManyAssessmentsError,
  UnknownQuestionnaireError,
  UserError,
} from '../errors.ts';
import { isUuid } from '../events.ts';
import type { Context } from '../schema/context.ts';
import { parseJsonObject, readJsonBody } from './body.ts';
import { statusOf, toPublicError } from './error-table.ts';
import type { JsonAnswer } from './json-answer.ts';

type Handler = (request: IncomingMessage, context: Context, parameter: string) => Promise<JsonAnswer>;
type Route = { method: 'GET' | 'POST'; path: RegExp; name: string; handle: Handler };

/**
 * The routes under `/api`. The use cases are the same as behind GraphQL. The body is `{"success":true,"data":…}` or
 * `{"success":false,"error":{"code","message","issues"?}}`.
 */
export const restRoutes: Route[] = [
  { method: 'POST', path: /^\/api\/session$/, name: 'rest_session', handle: startSession },
  { method: 'POST', path: /^\/api\/assessment\/submit$/, name: 'rest_submit', handle: submit },
  { method: 'GET', path: /^\/api\/assessment\/([^/]+)$/, name: 'rest_assessment', handle: read },
];

const success = (status: number, data: unknown): JsonAnswer => ({ status, body: { success: true, data } });

/** A new session for a client without cookies, or with `{"transport":"cookie"}` the browser's one. */
async function startSession(request: IncomingMessage, context: Context): Promise<JsonAnswer> {
  const text = await readJsonBody(request);
  const { transport = 'bearer' } = text === '' ? {} : parseJsonObject(text);
  if (transport !== 'bearer' && transport !== 'cookie')
    throw new RequestError('BAD_USER_INPUT', '"transport" must be "bearer" or "cookie".');
  const { session, token } = await context.startSession(transport);
  return success(201, {
    session_id: session.id,
    expires_at: session.expiresAt.toISOString(),
    ...(token === null ? {} : { token }),
  });
}

const SUBMIT_FIELDS = new Set(['questionnaire', 'questionnaireVersion', 'answers', 'watch']);

async function submit(request: IncomingMessage, context: Context): Promise<JsonAnswer> {
  const body = parseJsonObject(await readJsonBody(request));
  const session = await context.requireSession();
  const { questionnaire, questionnaireVersion, answers, watch } = body;
  const unknown = Object.keys(body).filter((key) => !SUBMIT_FIELDS.has(key));
  if (unknown.length > 0)
    throw new RequestError('BAD_REQUEST', `The body takes only ${[...SUBMIT_FIELDS].join(', ')}.`);
  if (typeof questionnaire !== 'string')
    throw new RequestError('BAD_REQUEST', '"questionnaire" must be the slug of a questionnaire.');
  if (questionnaireVersion != null && !Number.isSafeInteger(questionnaireVersion))
    throw new RequestError('BAD_REQUEST', '"questionnaireVersion" must be a whole number.');
  if (watch != null && typeof watch !== 'boolean')
    throw new RequestError('BAD_REQUEST', '"watch" must be true or false.');
  const key = request.headers['idempotency-key'];
  const view = await context.services.submit(
    session,
    {
      questionnaire,
      questionnaireVersion: (questionnaireVersion as number | null | undefined) ?? null,
      answers,
      idempotencyKey: Array.isArray(key) ? key[0] : key,
      watch: watch ?? false,
    },
    context.trace,
  );
  return success(202, { assessment_id: view.id, status: view.status });
}

async function read(_request: IncomingMessage, context: Context, id: string): Promise<JsonAnswer> {
  const session = await context.requireSession();
  if (!isUuid(id.toLowerCase())) throw new RequestError('BAD_USER_INPUT', 'The id is malformed: ids are UUIDs.');
  const view = await context.services.reading.byId(id.toLowerCase());
  if (view === undefined || !owns(session, view))
    throw new RequestError('NOT_FOUND', 'There is no such assessment in this session.');
  const failure = view.failureCode === null ? null : { code: view.failureCode, ...failureText[view.failureCode] };
  return success(200, { assessment_id: view.id, status: view.status, result: view.result, failure });
}

const owns = (session: Session, view: AssessmentView): boolean => view.sessionId === session.id;

/** The error's answer; `unexpected` ones are the caller's to log. */
export function restError(error: unknown, requestId: string): JsonAnswer {
  const known = userErrorAnswer(error);
  const { code, message, retryAfterSeconds } = known ?? toPublicError(error);
  const issues = error instanceof InvalidAnswersError ? error.issues : undefined;
  return {
    status: known?.status ?? statusOf(error),
    body: { success: false, error: { code, message, ...(issues === undefined ? {} : { issues }), requestId } },
    retryAfterSeconds,
  };
}

type UserErrorAnswer = { status: number; code: string; message: string; retryAfterSeconds?: number };

function userErrorAnswer(error: unknown): UserErrorAnswer | undefined {
  if (!(error instanceof UserError)) return undefined;
  const { message } = error;
  if (error instanceof InvalidAnswersError) return { status: 422, code: 'INVALID_ANSWERS', message };
  if (error instanceof UnknownQuestionnaireError) return { status: 422, code: 'UNKNOWN_QUESTIONNAIRE', message };
  if (error instanceof IdempotencyConflictError) return { status: 409, code: 'IDEMPOTENCY_CONFLICT', message };
  if (error instanceof TooManyAssessmentsError)
    return { status: 429, code: 'RATE_LIMITED', message, retryAfterSeconds: error.retryAfterSeconds };
  return undefined;
}
