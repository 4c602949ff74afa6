import { createRoute, z } from '@hono/zod-openapi';
import { assessmentStatuses } from '../../../entities/assessment-state.ts';
import { imageTypes } from '../../../entities/questionnaire-image.ts';
import { failureCodes } from '../../../errors.ts';
import { PART_STATES, STREAM_TROUBLES } from '../readiness.ts';
import { refusal, refusals } from './refusals.ts';

/** Inputs and responses of each route, of which the OpenAPI document is made. The handlers are in src/server/http/rest/handlers.ts. */

const json = <Schema>(schema: Schema) => ({ 'application/json': { schema } });
const succeeded = <Data extends z.ZodType>(data: Data) => z.object({ success: z.literal(true), data });

/** By cookie or by token; the token wins. */
const BY_SESSION: Record<string, string[]>[] = [{ bearer: [] }, { cookie: [] }];

export const sessionBody = z
  .object({
    transport: z.enum(['bearer', 'cookie']).default('bearer').openapi({
      description: '"bearer" gives a token, "cookie" sets the cookie, or keeps the session that the browser has.',
    }),
  })
  .openapi('StartSession');

export const submissionBody = z
  .strictObject({
    questionnaire: z.string().openapi({ description: 'Slug of the questionnaire.', example: 'wellbeing-check' }),
    questionnaireVersion: z.int().nullish().openapi({ description: 'Its version; without it the newest.' }),
    language: z.string().nullish().openapi({
      description:
        'Language of the texts that were filled in; without it by Accept-Language, otherwise that of the questionnaire.',
      example: 'en',
    }),
    // Not checked here: the questionnaire's schema gives a list of issues, also if they are missing.
    answers: z.unknown().optional().openapi({
      type: 'object',
      additionalProperties: true,
      description: 'The answers by the ids of their questions, as the schema of the questionnaire says.',
    }),
    watch: z.boolean().nullish().openapi({ description: 'Whether drafts are pushed while the model writes.' }),
  })
  .openapi('Submission', { required: ['questionnaire', 'answers'] });

/** Bodies are described by reference, so that Hono does not read them: src/server/http/body.ts does, with its limit. */
export const bodies = { StartSession: sessionBody, Submission: submissionBody };
const bodyOf = (name: keyof typeof bodies, required: boolean) => ({
  body: { content: json({ $ref: `#/components/schemas/${name}` }), required },
});

const id = z.string().openapi({ format: 'uuid', description: 'Id of the assessment.' });
const status = z.enum(assessmentStatuses).openapi('AssessmentStatus');

const session = z
  .object({
    session_id: z.string().openapi({ format: 'uuid' }),
    expires_at: z.string().openapi({ format: 'date-time' }),
    token: z.string().optional().openapi({ description: 'Bearer token; absent where the cookie carries it.' }),
  })
  .openapi('Session');

const level = z.enum(['LOW', 'MEDIUM', 'HIGH']);
const scores = z
  .array(
    z.object({
      area: z.string(),
      parent: z.string().nullable(),
      title: z.string(),
      value: z.number().nullable().openapi({ minimum: 0, maximum: 100, description: 'Null with too few answers.' }),
      level: level.nullable(),
      raw: z.number().nullable().openapi({ description: 'In the unit of the area; null with too few answers.' }),
      unit: z.string().nullable(),
      minimum: z.number(),
      maximum: z.number(),
      band: z.object({ key: z.string(), title: z.string() }).nullable(),
      norm: z.object({ value: z.number(), unit: z.string() }).nullable(),
      answered: z.number().int().openapi({ description: 'The answers that the value stands on.' }),
      of: z.number().int().openapi({ description: 'The questions that could count.' }),
    }),
  )
  .openapi({ description: 'Computed from the answers alone, so they are there in every state.' });
const result = z
  .object({
    summary: z.string(),
    recommendations: z.array(
      z.object({
        title: z.string(),
        rationale: z.string(),
        action: z.string(),
        area: z.string().nullable().openapi({ description: 'Id of an area; null: about the person as a whole.' }),
        priority: z.enum(['HIGH', 'MEDIUM', 'LOW']),
      }),
    ),
    scores,
    model: z.string(),
    promptVersion: z.string(),
  })
  .openapi('Result');

const help = z
  .object({
    title: z.string(),
    text: z.string(),
    contacts: z.array(z.object({ name: z.string(), detail: z.string().optional(), url: z.string().optional() })),
    flags: z.array(z.string()).openapi({ description: 'Titles of the rules that the answers meet.' }),
  })
  .nullable()
  .openapi({
    description:
      'Whom to talk to, where the answers call for help; else null. From the answers alone, so it is there in every state.',
  });

const failure = z
  .object({ code: z.enum(failureCodes), message: z.string(), retryable: z.boolean() })
  .openapi('AssessmentFailure');

export const startSession = createRoute({
  method: 'post',
  path: '/api/session',
  operationId: 'startSession',
  summary: 'Starts a session',
  request: bodyOf('StartSession', false),
  responses: {
    201: {
      description: 'The session, with its token or its cookie.',
      headers: { 'Set-Cookie': { description: 'For the transport "cookie".', schema: { type: 'string' } } },
      content: json(succeeded(session)),
    },
    ...refusals(400, 403, 405, 408, 413, 415, 421, 429, 431, 500, 503),
  },
});

export const submitAssessment = createRoute({
  method: 'post',
  path: '/api/assessment/submit',
  operationId: 'submitAssessment',
  summary: 'Submits the answers of an assessment',
  security: BY_SESSION,
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'With the same key a repeat is the first assessment again. A UUID serves well.',
      schema: { type: 'string', pattern: '^[\\x21-\\x7e]+$', minLength: 1, maxLength: 200 },
    },
  ],
  request: bodyOf('Submission', true),
  responses: {
    202: {
      description: 'The assessment is stored, and will end as completed, failed or cancelled.',
      headers: {
        Location: {
          description: 'The path that returns its state.',
          schema: { type: 'string', format: 'uri-reference' },
        },
      },
      content: json(succeeded(z.object({ assessment_id: id, status }))),
    },
    ...refusals(400, 401, 403, 405, 408, 409, 413, 415, 421, 422, 429, 431, 500, 503),
  },
});

export const readAssessment = createRoute({
  method: 'get',
  path: '/api/assessment/{id}',
  operationId: 'readAssessment',
  summary: 'Reads the state of an assessment, and its result or failure once it is there',
  security: BY_SESSION,
  request: { params: z.object({ id }) },
  responses: {
    200: {
      description: 'The state of the assessment.',
      content: json(
        succeeded(
          z.object({
            assessment_id: id,
            status,
            help,
            language: z.string().openapi({ description: 'Of the titles and of the result.' }),
            scores,
            next_try_at: z.string().nullable().openapi({
              format: 'date-time',
              description:
                'The model is not called for it before this time. Null if it does not wait, or only for a worker to be free.',
            }),
            result: result.nullable(),
            failure: failure.nullable(),
          }),
        ),
      ),
    },
    ...refusals(400, 401, 403, 404, 405, 408, 421, 429, 431, 500, 503),
  },
});

export const readImage = createRoute({
  method: 'get',
  path: '/api/images/{sha256}',
  operationId: 'readImage',
  summary: 'The image of a question',
  request: {
    params: z.object({ sha256: z.string().openapi({ pattern: '^[0-9a-f]{64}$', description: 'Of its bytes.' }) }),
  },
  responses: {
    200: {
      description: 'The image. It never changes.',
      headers: {
        ETag: { description: 'The hash, in quotes.', schema: { type: 'string' } },
        'Cache-Control': { description: 'A year, immutable.', schema: { type: 'string' } },
      },
      content: Object.fromEntries(
        imageTypes.map((type) => [type, { schema: { type: 'string' as const, format: 'binary' } }]),
      ),
    },
    304: { description: 'The ETag in If-None-Match is that of the image.' },
    ...refusals(400, 403, 404, 405, 408, 421, 429, 431, 500, 503),
  },
});

export const readDocument = createRoute({
  method: 'get',
  path: '/api/openapi.json',
  operationId: 'readDocument',
  summary: 'This document',
  responses: {
    200: { description: 'The OpenAPI document of these routes.', content: json({ type: 'object' as const }) },
    ...refusals(400, 403, 405, 408, 421, 429, 431, 500, 503),
  },
});

export const readFormat = createRoute({
  method: 'get',
  path: '/api/questionnaire-format',
  operationId: 'readFormat',
  summary: 'The JSON Schema of questionnaire files',
  responses: {
    200: {
      description: 'A JSON Schema (2020-12), for editors. The check of a file knows more rules.',
      content: json({ type: 'object' as const }),
    },
    ...refusals(400, 403, 405, 408, 421, 429, 431, 500, 503),
  },
});

export const health = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'health',
  summary: 'Whether the process is alive',
  responses: {
    200: { description: 'The process is alive.', content: json(z.object({ status: z.literal('ok') })) },
    ...refusals(400, 405, 408, 431, 500),
  },
});

const readiness = z
  .object({
    status: z.enum(['ready', 'not ready']),
    parts: z.record(z.string(), z.enum(PART_STATES)),
    streams: z.record(z.string(), z.enum(STREAM_TROUBLES)).optional(),
  })
  .openapi('Readiness');

export const ready = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'readiness',
  summary: 'Whether the process can do its work, and the state of its parts',
  responses: {
    200: { description: 'The process can do its work.', content: json(readiness) },
    503: {
      description: 'A part is not ok, or the process starts or stops.',
      content: json(z.union([readiness, refusal(503)])),
    },
    ...refusals(400, 405, 408, 421, 431, 500),
  },
});
