import type { IncomingMessage, ServerResponse } from 'node:http';
import { getOperationAST, GraphQLError, Kind, type DocumentNode, type ExecutionResult } from 'graphql';
import { createYoga, isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { NetworkLimit } from '../../assessments/networks.ts';
import type { Room } from '../../memory/room.ts';
import type { Session } from '../../assessments/sessions.ts';
import { RequestError } from '../../errors.ts';
import { acceptedBy } from './accept.ts';
import { readJsonBody } from './body.ts';
import { compressed } from './compressed.ts';
import { declaredOnly, factsOf } from '../graphql/documents.ts';
import { httpStatus, statusOf } from '../graphql/error-table.ts';
import { EventStreams } from './event-stream.ts';
import type { HttpContext, HttpGraphQLContext } from './http-context.ts';
import { HttpError, notAllowed } from '../graphql/http-error.ts';
import { TOO_MANY_OF_ADDRESS } from '../graphql/channels-by-address.ts';
import { keptBytes, KEPT_BYTES_MAX, KEEPS_TOO_MUCH } from '../graphql/kept-bytes.ts';
import type { LiveChannels } from '../graphql/live-channels.ts';
import { countRefused, NO_OPERATION, requireRate } from '../graphql/operation-check.ts';
import type { PresentErrors } from '../graphql/present-errors.ts';
import { paramsOfBody, paramsOfUrl } from './params.ts';
import type { GraphQLParams } from '../graphql/params.ts';
import type { GraphQL } from '../graphql/graphql.ts';
import { RESPONSE_CHARACTERS_MAX, tooLarge } from '../graphql/response-size.ts';
import { withoutLocations } from '../graphql/subscription.ts';
import type { Metrics } from '../../metrics.ts';

type Deps = { graphql: GraphQL; channels: LiveChannels; metrics: Metrics };

/** GraphQL over HTTP and as server-sent events, by Yoga's own server. */
export function graphqlOverHttp({ graphql, channels, metrics }: Deps) {
  const { yogaOptions, presentErrors, queryRate } = graphql;
  const streams = new EventStreams(metrics, presentErrors);
  const yoga = createYoga<HttpGraphQLContext>({
    ...yogaOptions,
    plugins: [...yogaOptions.plugins, overHttp({ streams, channels, presentErrors, queryRate })],
    // src/server/http/http.ts has done CORS and the limits for all paths.
    cors: false,
    maxRequestBodySize: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
  });
  return {
    streams,

    /** Handles a request to `/graphql`. */
    handle: (request: IncomingMessage, response: ServerResponse, context: HttpContext): Promise<void> =>
      yoga(request, response, context),
  };
}

type PluginDeps = {
  streams: EventStreams;
  channels: LiveChannels;
  presentErrors: PresentErrors;
  queryRate: NetworkLimit;
};

/**
 * GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/), with subscriptions as server-sent events.
 * A request whose `Accept` can't be met is refused before execution.
 */
function overHttp({
  streams,
  channels,
  presentErrors,
  queryRate,
}: PluginDeps): Plugin<HttpGraphQLContext, HttpGraphQLContext> {
  return {
    // By default Yoga sends the stack of an unexpected error to the client.
    onRequest(step) {
      step.setRequestHandler(async (request, context) => {
        try {
          return await step.requestHandler(request, context);
        } catch (error) {
          const errors = presentErrors([error], context.requestId);
          return step.fetchAPI.Response.json({ errors }, { status: httpStatus.INTERNAL_SERVER_ERROR });
        }
      });
    },

    onRequestParse({ serverContext: { req, room, networks }, setRequestParser }) {
      if (req.method !== 'GET' && req.method !== 'POST') throw notAllowed('GET, POST');
      const accepted = acceptedBy(req.headers.accept);
      if (accepted.json === undefined && !accepted.events)
        throw new HttpError(406, 'Accept "application/json", or "text/event-stream" for a subscription.');
      requireRate(networks(), queryRate);
      setRequestParser(async () => {
        try {
          return await paramsOf(req, room);
        } catch (error) {
          countRefused(networks(), queryRate);
          throw error;
        }
      });
    },

    onParse:
      () =>
      ({ result, context }) => {
        if (!('res' in context)) return;
        try {
          if (!isDocument(result)) countRefused(context.networks(), queryRate);
          else requireOperation(result, context.params.operationName);
        } catch (error) {
          countRefused(context.networks(), queryRate);
          throw error;
        }
      },

    onValidate:
      ({ context }) =>
      ({ valid }) => {
        if (!valid && 'res' in context) countRefused(context.networks(), queryRate);
      },

    async onSubscribe({ args: { contextValue, document }, setResultAndStopExecution }) {
      if (!('res' in contextValue)) return;
      const context = contextValue as HttpGraphQLContext & { params: GraphQLParams };
      const refusal = await admit(context, withoutLocations(document), channels);
      if (refusal !== undefined) setResultAndStopExecution({ errors: [refusalOfRequest(refusal)] });
    },

    onResultProcess(step) {
      const { serverContext } = step;
      // Never a list: batches are refused.
      const result = step.result as ExecutionResult | AsyncIterable<ExecutionResult>;
      const { json, events } = acceptedBy(serverContext.req.headers.accept);
      if (isAsyncIterable(result) || (json === undefined && events && !refusesRequest(result)))
        return step.setResultProcessor(
          (_result, fetchAPI) => streams.respond(serverContext, result, fetchAPI),
          'text/event-stream',
        );
      const type = json ?? 'application/json';
      const { status, headers, text } = responseOf(result, type, serverContext.requestId, presentErrors);
      step.setResultProcessor(async (_result, { Response }) => {
        const packed = await packedByPost(serverContext, text);
        if (packed === undefined) return new Response(text, { status, headers });
        const length = String(packed.length);
        return new Response(packed, { status, headers: { ...headers, ...GZIP, 'content-length': length } });
      }, type);
    },
  };
}

const GZIP = { 'content-encoding': 'gzip' };

/** Not by GET: a link of another site may hold a document, and a browser sends the cookie with it. */
const packedByPost = async ({ req, res }: HttpGraphQLContext, text: string): Promise<Buffer<ArrayBuffer> | undefined> =>
  req.method === 'POST' ? await compressed({ request: req, response: res }, text) : undefined;

/** The parameters with declared variables only: a subscription keeps them in memory. */
async function paramsOf(request: IncomingMessage, room: () => Room): Promise<GraphQLParams> {
  const { url = '', method } = request;
  const { query, operationName, variables } =
    method === 'GET' ? paramsOfUrl(url) : paramsOfBody(await readJsonBody(request, room));
  return { query, operationName, variables: declaredOnly(variables, factsOf(query)) };
}

const isDocument = (result: unknown): result is DocumentNode =>
  typeof result === 'object' && result !== null && 'definitions' in result;

/** Checked before Yoga looks for the operation: Yoga's error for a missing one has none of our codes. */
function requireOperation(document: DocumentNode, operationName: string | null | undefined): void {
  if (getOperationAST(document, operationName) != null) return;
  if (document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)) throw NO_OPERATION;
  throw new GraphQLError('The document has no operation.', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}

/** Counts an event stream among the session's open channels. Returns the reason if it can't be opened. */
async function admit(
  { req, res, params, session: sessionOf, networks: networksOf, room }: HttpGraphQLContext & { params: GraphQLParams },
  document: DocumentNode,
  channels: LiveChannels,
): Promise<unknown> {
  if (!acceptedBy(req.headers.accept).events)
    return new HttpError(406, 'A subscription needs a WebSocket, or "Accept: text/event-stream" over plain HTTP.');
  const kept = keptBytes(params);
  if (kept.own + kept.document > KEPT_BYTES_MAX) return KEEPS_TOO_MUCH;
  let session: Session | null;
  try {
    session = await sessionOf();
  } catch (error) {
    return error;
  }
  if (session === null || res.destroyed) return undefined;
  const networks = networksOf();
  if (!channels.byAddress.hasRoom(networks)) return TOO_MANY_OF_ADDRESS;
  if (!room().hold(kept.own) || !channels.documents.begin(document, kept.document, networks)) return KEEPS_TOO_MUCH;
  res.once('close', () => channels.documents.end(document));
  const channel = { end: () => res.destroy() };
  if (!channels.add(session.id, channel)) return new RequestError('RATE_LIMITED', TOO_MANY_OPEN);
  const counts = channels.byAddress.add(networks);
  channels.byAddress.authenticated(counts);
  res.once('close', () => {
    channels.remove(session.id, channel);
    channels.byAddress.remove(counts, true);
  });
  return undefined;
}

export const TOO_MANY_OPEN = 'This session has too many sockets and event streams open. Close some of them.';

/** Codes that come with status 200 in `application/json`: an error status of that type may also come from a proxy. */
const WELL_FORMED: readonly unknown[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_TOO_COMPLEX',
  'PERSISTED_QUERY_NOT_SUPPORTED',
];

type TextResponse = { status: number; headers: Record<string, string>; text: string };

/** With `content-length`: a chunked response takes five writes, which double the cost of a request. */
function responseOf(
  result: ExecutionResult,
  type: string,
  requestId: string,
  presentErrors: PresentErrors,
): TextResponse {
  const { status, headers, body } = withPublicErrors(result, type, requestId, presentErrors);
  const text = JSON.stringify(body);
  // By its escapes.
  if (text.length > RESPONSE_CHARACTERS_MAX) return responseOf(tooLarge(), type, requestId, presentErrors);
  const length = String(Buffer.byteLength(text));
  return { status, headers: { 'content-type': `${type}; charset=utf-8`, 'content-length': length, ...headers }, text };
}

function withPublicErrors(result: ExecutionResult, type: string, requestId: string, presentErrors: PresentErrors) {
  const { errors: found, ...rest } = result;
  const [first] = found ?? [];
  if (found === undefined || first === undefined) return { status: 200, headers: {}, body: rest };
  const errors = presentErrors(found, requestId);
  const waits = errors.map(({ extensions }) => Number(extensions['retryAfterSeconds'] ?? 0));
  const wait = Math.max(0, ...waits);
  const { allow, status: refusedBy } = httpOf(first);
  const headers = { ...(wait > 0 ? { 'retry-after': String(wait) } : {}), ...(allow === undefined ? {} : { allow }) };
  const isWellFormed = type === 'application/json' && WELL_FORMED.includes(errors[0]?.extensions['code']);
  const status = 'data' in result || isWellFormed ? 200 : refusedBy;
  return { status, headers, body: { errors, ...rest } };
}

type HttpExtension = { status?: number; headers?: Record<string, string> };

/** An error that refuses the whole request: with its own status, and as JSON whatever `Accept` says. */
const refusalOfRequest = (cause: unknown): GraphQLError =>
  new GraphQLError('The request is refused.', {
    cause,
    extensions: { http: { status: statusOf(cause) } satisfies HttpExtension },
  });

const refusesRequest = ({ errors }: ExecutionResult): boolean =>
  errors?.[0] !== undefined && httpExtensionOf(errors[0])?.status !== undefined;

const httpExtensionOf = ({ extensions: { http } }: GraphQLError): HttpExtension | undefined => http;

/** Status and `Allow` of one of our errors, or of an error with a status by Yoga. */
function httpOf(error: GraphQLError): { status: number; allow?: string | undefined } {
  const cause = error.originalError ?? error.cause;
  if (cause instanceof HttpError) return { status: cause.status, allow: cause.allow };
  const { status = statusOf(error), headers } = httpExtensionOf(error) ?? {};
  return { status, allow: headers?.['Allow'] };
}
