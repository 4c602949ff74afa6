import type { IncomingMessage } from 'node:http';
import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Session } from '../../../assessments/sessions.ts';
import type { AssessmentView } from '../../../entities/assessment-view.ts';
import { nextTryAt } from '../../../schema/next-try-at.ts';
import { printedFormat } from '../../../entities/questionnaire-format.ts';
import { failureText } from '../../../entities/failure.ts';
import { RequestError } from '../../../errors.ts';
import type { Context } from '../../../schema/context.ts';
import { checkId } from '../../../schema/ids.ts';
import { helpOf } from '../../../schema/help-of.ts';
import { contentOf, scoresOf } from '../../../schema/scores-of.ts';
import { parseJsonObject, readJsonBody, readOptionalJsonBody } from '../body.ts';
import type { Exchange } from '../exchange.ts';
import { JSON_TYPE } from '../json-response.ts';
import { sendImage } from './image.ts';
import { describeApi, documentOf } from './openapi.ts';
import { healthOf, readinessOf, type Readiness } from '../readiness.ts';
import * as routes from './routes.ts';

/** Hono's `c.env` of a request. */
export type RestEnv = { Bindings: { exchange: Exchange; context: Context; readiness: Readiness } };

/**
 * The routes under `/api`, and the probes. The use cases are the same as behind GraphQL. The body is
 * `{"success":true,"data":…}` or `{"success":false,"error":{"code","message","issues"?,"requestId"}}`.
 */
export const restApi = new OpenAPIHono<RestEnv>();
describeApi(restApi);

/** A new session with a token, or with `{"transport":"cookie"}` the browser's session. */
restApi.openapi(routes.startSession, async (c) => {
  const { exchange, context } = c.env;
  const { transport } = sessionBodyOf(await optionalBody(exchange.request, context));
  const { session, token } = await context.startSession(transport);
  const data = {
    session_id: session.id,
    expires_at: session.expiresAt.toISOString(),
    ...(token === null ? {} : { token }),
  };
  return c.json({ success: true as const, data }, 201, JSON_TYPE);
});

restApi.openapi(routes.submitAssessment, async (c) => {
  const { exchange, context } = c.env;
  const body = parseJsonObject(await readJsonBody(exchange.request, context.room));
  const session = await context.requireSession();
  const { watch, ...submission } = submissionOf(body);
  const idempotencyKey = c.req.header('idempotency-key');
  const input = { ...submission, idempotencyKey, watch: watch ?? false, accepted: context.languages() };
  const submitter = { session, networks: context.networks() };
  const { id, status } = await context.services.submit(submitter, input, context.trace);
  c.header('location', `/api/assessment/${id}`);
  return c.json({ success: true as const, data: { assessment_id: id, status } }, 202, JSON_TYPE);
});

restApi.openapi(routes.readAssessment, async (c) => {
  const { context } = c.env;
  const session = await context.requireSession();
  const view = await context.services.reading.byId(checkId(c.req.valid('param').id));
  if (view === undefined || !owns(session, view))
    throw new RequestError('NOT_FOUND', 'There is no such assessment in this session.');
  const { status, failureCode } = view;
  const { language } = await contentOf(view, context.services);
  const scores = await scoresOf(view, context.services);
  const help = await helpOf(view, context.services);
  const result = view.result && { ...view.result, scores };
  const failure = failureCode === null ? null : { code: failureCode, ...failureText[failureCode] };
  const next_try_at = nextTryAt(view, context.services)?.toISOString() ?? null;
  const data = { assessment_id: view.id, status, language, next_try_at, help, scores, result, failure };
  return c.json({ success: true as const, data }, 200, JSON_TYPE);
});

// Not by `openapi()`: the type of the response is known only now.
restApi.openAPIRegistry.registerPath(routes.readImage);
restApi.get(routes.readImage.getRoutingPath(), (c) => sendImage(c.env.exchange, c.env.context, c.req.param('sha256')));

// Not by `openapi()`, which checks the type of a handler's JSON: these handlers send a printed text.
restApi.openAPIRegistry.registerPath(routes.readDocument);
restApi.get(routes.readDocument.getRoutingPath(), (c) => c.body(printedDocument(), 200, JSON_TYPE));

restApi.openAPIRegistry.registerPath(routes.readFormat);
restApi.get(routes.readFormat.getRoutingPath(), (c) => c.body(printedFormat(), 200, JSON_TYPE));

restApi.openapi(routes.health, (c) => c.json(healthOf(), 200, JSON_TYPE));

restApi.openapi(routes.ready, (c) => {
  const { status, body } = readinessOf(c.env.readiness);
  return c.json(body, status, JSON_TYPE);
});

let printed: string | undefined;

/** The OpenAPI document of these routes, as committed in `openapi.json`. */
export const printedDocument = (): string => (printed ??= `${JSON.stringify(documentOf(restApi), null, 2)}\n`);

const owns = (session: Session, view: AssessmentView): boolean => view.sessionId === session.id;

async function optionalBody(request: IncomingMessage, { room }: Context): Promise<Record<string, unknown>> {
  const text = await readOptionalJsonBody(request, room);
  return text === '' ? {} : parseJsonObject(text);
}

// The messages are our own: zod's may change between versions, and may repeat values of the request.

function sessionBodyOf(body: Record<string, unknown>): z.infer<typeof routes.sessionBody> {
  const { data } = routes.sessionBody.safeParse(body);
  if (data === undefined) throw new RequestError('BAD_USER_INPUT', '"transport" must be "bearer" or "cookie".');
  return data;
}

const MUST_BE: Record<string, string> = {
  questionnaire: 'the slug of a questionnaire',
  questionnaireVersion: 'a whole number',
  language: 'a language tag',
  watch: 'true or false',
};

function submissionOf(body: Record<string, unknown>): z.infer<typeof routes.submissionBody> {
  const { data, error } = routes.submissionBody.safeParse(body);
  if (data !== undefined) return data;
  const wrong = Object.keys(MUST_BE).find((field) => error.issues.some(({ path }) => path[0] === field));
  const isUnknown = error.issues.some(({ code }) => code === 'unrecognized_keys');
  if (isUnknown || wrong === undefined)
    throw new RequestError('BAD_REQUEST', `The body takes only ${FIELDS.join(', ')}.`);
  throw new RequestError('BAD_REQUEST', `"${wrong}" must be ${MUST_BE[wrong] ?? 'different'}.`);
}
const FIELDS = Object.keys(routes.submissionBody.shape);
