import type { IncomingMessage } from 'node:http';
import { RequestError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Services } from '../schema/context.ts';
import type { ClientAddress } from './address.ts';
import type { Answer, HeaderLists } from './answer.ts';
import { toPublicError } from './error-table.ts';
import type { Exchange } from './exchange.ts';
import { sendGraphiQL, wantsGraphiQL } from './graphiql.ts';
import { answerGraphQL, type GraphQLHttpDeps } from './graphql-http.ts';
import { HttpContext } from './http-context.ts';
import { HttpError, notAllowed } from './http-error.ts';
import { sendJson } from './json-answer.ts';
import { ORIGIN_REFUSED, type OriginCheck } from './origin.ts';
import { healthAnswer, readinessAnswer, type Readiness } from './probes.ts';
import { restError, restRoutes } from './rest.ts';
import type { SessionEdge } from './session.ts';
import type { WebPage } from './web-page.ts';

export type RouteDeps = GraphQLHttpDeps & {
  services: Services;
  sessionEdge: SessionEdge;
  addressOf: ClientAddress;
  originAllowed: OriginCheck;
  allowedOrigins: ReadonlySet<string>;
  webPage: WebPage;
  graphiql: boolean;
  headers: HeaderLists;
  readiness: Readiness;
  log: Log;
  metrics: Metrics;
};

export const GRAPHQL_PATH = '/graphql';

export function begin({ headers }: RouteDeps, request: IncomingMessage, response: Answer): Exchange {
  const startedAt = performance.now();
  const path = pathOf(request);
  response.common = isApi(path) ? headers.api : headers.page;
  return { request, response, path, startedAt };
}

/** It is answered, or its client has left. */
export function end({ metrics }: RouteDeps, { response, path, startedAt }: Exchange): void {
  const labels = { route: routeName(path), status: String(response.statusCode) };
  metrics.requests.observe(labels, (performance.now() - startedAt) / 1000);
}

/** Without the query. A proxy may send the whole address. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const path = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.split('?', 1)[0] || '/';
}

const isApi = (path: string): boolean => path === GRAPHQL_PATH || path.startsWith('/api/');

/** Few names, so that a scan of made-up paths makes no new time series. */
function routeName(path: string): string {
  if (path === GRAPHQL_PATH) return 'graphql';
  return restRoutes.find((candidate) => candidate.path.test(path))?.name ?? 'other';
}

/** @throws RequestError, HttpError and whatever nobody foresaw: `fail` makes an answer of it. */
export async function route(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  const { method } = request;
  if (path === '/healthz' || path === '/readyz') {
    if (method !== 'GET' && method !== 'HEAD') throw notAllowed('GET, HEAD');
    return sendJson(response, path === '/healthz' ? healthAnswer : readinessAnswer(deps.readiness));
  }
  if (!isApi(path)) {
    if ((method === 'GET' || method === 'HEAD') && deps.webPage(request, response, path)) return;
    throw notFound(path);
  }
  if (!deps.originAllowed(request)) throw new RequestError('FORBIDDEN', ORIGIN_REFUSED);
  allowOrigin(deps, exchange);
  if (method === 'OPTIONS') return void response.writeHead(204, { allow: 'GET, POST', 'content-length': 0 }).end();
  if (path === GRAPHQL_PATH) await graphql(deps, exchange);
  else await rest(deps, exchange);
}

/** CORS for the origins that the operator named; the page's own origin needs none. */
function allowOrigin({ allowedOrigins }: RouteDeps, { request, response }: Exchange): void {
  const { origin } = request.headers;
  if (origin === undefined || !allowedOrigins.has(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', 'content-type, authorization, idempotency-key, traceparent');
  response.setHeader('access-control-max-age', '600');
}

async function graphql(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (wantsGraphiQL(request)) {
    if (deps.graphiql) return await sendGraphiQL(request, response, deps.headers.graphiql);
    if (!/[?&]query=/.test(request.url ?? ''))
      throw new RequestError('NOT_FOUND', 'There is no page here: GraphiQL is switched off (GRAPHIQL).');
  }
  await answerGraphQL(deps, request, response, new HttpContext(deps, exchange));
}

async function rest(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  const matching = restRoutes.filter((candidate) => candidate.path.test(path));
  if (matching.length === 0) throw notFound(path);
  const found = matching.find(({ method }) => method === request.method);
  if (found === undefined) throw notAllowed(matching.map(({ method }) => method).join(', '));
  const parameter = found.path.exec(path)?.[1] ?? '';
  sendJson(response, await found.handle(request, new HttpContext(deps, exchange), parameter));
}

const notFound = (path: string): RequestError =>
  path === '/'
    ? new RequestError('NOT_FOUND', 'The web page is not built. Run "npm run build", then start again.')
    : new RequestError('NOT_FOUND', 'There is nothing at this path.');

/** A request that failed as a whole, in the form of the API that it was made to. */
export function fail({ log, metrics }: RouteDeps, exchange: Exchange, error: unknown): void {
  const { request, response, path } = exchange;
  const { requestId } = response;
  if (response.writableEnded || response.destroyed) return;
  const { code, message, unexpected } = toPublicError(error);
  metrics.errors.inc({ part: 'http', code });
  if (unexpected) log.error({ err: error, requestId, path: routeName(path) }, 'a request failed in an unexpected way');
  if (response.headersSent) return void response.destroy();
  const answer = restError(error, requestId);
  if (error instanceof HttpError && error.allow !== undefined) response.setHeader('allow', error.allow);
  const inGraphQL = { errors: [{ message, extensions: { code, requestId } }] };
  sendJson(response, path === GRAPHQL_PATH ? { ...answer, body: inGraphQL } : answer);
  if (!request.complete) readOn(request);
}

/** After this time the sender has read the answer, or will not. */
const READ_ON_MS = 2_000;

/**
 * What still comes of a refused body is read and thrown away for a moment: closing at once would reset the connection,
 * and with it the answer that the sender has not read yet.
 */
function readOn(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), READ_ON_MS);
  timer.unref();
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}
