import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Services } from '../schema/context.ts';
import type { ClientAddress } from './address.ts';
import type { AnswerHeaders } from './answer-headers.ts';
import { allowOrigin } from './cors.ts';
import { toPublicError } from './error-table.ts';
import type { Exchange } from './exchange.ts';
import { sendGraphiQL, wantsGraphiQL } from './graphiql.ts';
import type { GraphQL } from './graphql.ts';
import { httpContext } from './http-context.ts';
import { HttpError, notAllowed } from './http-error.ts';
import { sendJson } from './json-answer.ts';
import { normalizeTarget, requireLoopbackHost } from './host.ts';
import { refuseElementOfOtherPage, type OriginCheck } from './origin.ts';
import { healthAnswer, readinessAnswer, type Readiness } from './probes.ts';
import { restError, restRoutes } from './rest.ts';
import type { SessionEdge } from './session.ts';
import type { WebPage } from './web-page.ts';

export type RouteDeps = {
  graphql: GraphQL;
  services: Services;
  sessionEdge: SessionEdge;
  addressOf: ClientAddress;
  checkOrigin: OriginCheck;
  /** Only names of this machine are answered: without a public address a page elsewhere could reach it by another name. */
  loopbackOnly: boolean;
  allowedOrigins: ReadonlySet<string>;
  webPage: WebPage;
  graphiql: boolean;
  headers: AnswerHeaders;
  readiness: Readiness;
  log: Log;
  metrics: Metrics;
};

export const GRAPHQL_PATH = '/graphql';

export function begin({ headers }: RouteDeps, request: IncomingMessage, response: ServerResponse): Exchange {
  const startedAt = performance.now();
  const requestId = randomUUID();
  // Provisional where the target is malformed, which is refused.
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  response.setHeaders(isApi(path) ? headers.api : headers.page);
  response.setHeader('x-request-id', requestId);
  return { request, response, requestId, path, startedAt };
}

/** It is answered, or its client has left. */
export function end({ metrics }: RouteDeps, { response, path, startedAt }: Exchange): void {
  const labels = { route: routeName(path), status: String(response.statusCode) };
  metrics.requests.observe(labels, (performance.now() - startedAt) / 1000);
}

/**
 * The checks that are the same for everything: for GraphQL, for the other routes, and for the upgrade to a WebSocket.
 * @throws RequestError, HttpError
 */
export function checkRequest(
  { checkOrigin, loopbackOnly }: Pick<RouteDeps, 'checkOrigin' | 'loopbackOnly'>,
  request: IncomingMessage,
): string {
  const { path, host } = normalizeTarget(request);
  // A load balancer may ask for the health by an address of its own; the answer tells nothing.
  if (loopbackOnly && path !== '/healthz') requireLoopbackHost(host);
  if (isApi(path)) checkOrigin(request);
  return path;
}

const isApi = (path: string): boolean => path === GRAPHQL_PATH || path.startsWith('/api/');

/** Few names, so that a scan of made-up paths makes no new time series. */
function routeName(path: string): string {
  if (path === GRAPHQL_PATH) return 'graphql';
  return restRoutes.find((candidate) => candidate.path.test(path))?.name ?? 'other';
}

/** @throws RequestError, HttpError and whatever nobody foresaw: `fail` makes an answer of it. */
export async function route(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const path = checkRequest(deps, request);
  const { method } = request;
  if (path === '/healthz' || path === '/readyz') {
    if (method !== 'GET' && method !== 'HEAD') throw notAllowed('GET, HEAD');
    return sendJson(response, path === '/healthz' ? healthAnswer : readinessAnswer(deps.readiness));
  }
  if (!isApi(path)) {
    if ((method === 'GET' || method === 'HEAD') && deps.webPage(request, response, path)) return;
    throw notFound(path);
  }
  allowOrigin(request, response, deps.allowedOrigins);
  if (method === 'OPTIONS') return void response.writeHead(204, { allow: 'GET, POST', 'content-length': 0 }).end();
  if (path === GRAPHQL_PATH) await graphql(deps, exchange);
  else await rest(deps, exchange);
}

async function graphql(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (wantsGraphiQL(request)) {
    if (deps.graphiql) return await sendGraphiQL(request, response, deps.headers.graphiql);
    if (!/[?&]query=/.test(request.url ?? ''))
      throw new RequestError('NOT_FOUND', 'There is no page here: GraphiQL is switched off (GRAPHIQL).');
  }
  refuseElementOfOtherPage(request);
  await deps.graphql.handle(request, response, httpContext(deps, exchange));
  if (!request.complete) readOn(request);
}

async function rest(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  const matching = restRoutes.filter((candidate) => candidate.path.test(path));
  if (matching.length === 0) throw notFound(path);
  const found = matching.find(({ method }) => method === request.method);
  if (found === undefined) throw notAllowed(matching.map(({ method }) => method).join(', '));
  const parameter = found.path.exec(path)?.[1] ?? '';
  sendJson(response, await found.handle(request, httpContext(deps, exchange), parameter));
}

const notFound = (path: string): RequestError =>
  path === '/'
    ? new RequestError('NOT_FOUND', 'The web page is not built. Run "npm run build", then start again.')
    : new RequestError('NOT_FOUND', 'There is nothing at this path.');

/** A request that failed as a whole, in the form of the API that it was made to. */
export function fail({ log, metrics }: RouteDeps, exchange: Exchange, error: unknown): void {
  const { request, response, path, requestId } = exchange;
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
