import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerHeaders } from './answer-headers.ts';
import { allowOrigin } from './cors.ts';
import type { Exchange } from './exchange.ts';
import { readOn, type FailureDeps } from './failure.ts';
import { wantsGraphiQL } from './graphiql.ts';
import type { GraphQL } from './graphql.ts';
import { normalizeTarget, requireLoopbackHost } from './host.ts';
import { httpContext, type HttpContextDeps } from './http-context.ts';
import { refuseElementOfOtherPage, type OriginCheck } from './origin.ts';
import { GRAPHQL_PATH, isApi, pathOf, routeName } from './path.ts';

type CheckDeps = {
  checkOrigin: OriginCheck;
  /** Only names of this machine are answered: without a public address a page elsewhere could reach it by another name. */
  loopbackOnly: boolean;
};

export type RouteDeps = CheckDeps &
  HttpContextDeps &
  FailureDeps & {
    graphql: GraphQL;
    allowedOrigins: ReadonlySet<string>;
    graphiql: boolean;
    headers: AnswerHeaders;
    /** Answers what is not GraphQL. */
    answerRest: (exchange: Exchange) => Promise<void>;
  };

export function begin({ headers }: RouteDeps, request: IncomingMessage, response: ServerResponse): Exchange {
  const startedAt = performance.now();
  const path = pathOf(request);
  const requestId = randomUUID();
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
 * The checks that are the same for GraphQL, for the other routes, and for the upgrade to a WebSocket. Libraries build an
 * address of host and target, so that both are in one form from here on.
 * @throws RequestError, HttpError
 */
export function checkRequest({ checkOrigin, loopbackOnly }: CheckDeps, request: IncomingMessage): void {
  const host = normalizeTarget(request);
  const path = pathOf(request);
  if (loopbackOnly) requireLoopbackHost(host, path);
  if (isApi(path)) checkOrigin(request);
}

/** @throws RequestError, HttpError and whatever nobody foresaw: `fail` makes an answer of it. */
export async function route(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  checkRequest(deps, request);
  if (isApi(path)) {
    allowOrigin(request, response, deps.allowedOrigins);
    if (request.method === 'OPTIONS')
      return void response.writeHead(204, { allow: 'GET, POST', 'content-length': 0 }).end();
  }
  if (path === GRAPHQL_PATH && !wantsGraphiQL(request, deps.graphiql)) await graphql(deps, exchange);
  else await deps.answerRest(exchange);
}

async function graphql(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  refuseElementOfOtherPage(request);
  await deps.graphql.handle(request, response, httpContext(deps, exchange));
  if (!request.complete) readOn(request);
}
