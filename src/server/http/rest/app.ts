import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { RequestError } from '../../../errors.ts';
import type { ResponseHeaders } from '../response-headers.ts';
import type { Exchange } from '../exchange.ts';
import { failureOf, drainRequest, type FailureDeps } from '../failure.ts';
import { graphiqlPage } from './graphiql.ts';
import { httpContext, type HttpContextDeps } from '../http-context.ts';
import { notAllowed } from '../../graphql/http-error.ts';
import { toResponse } from '../json-response.ts';
import { GRAPHQL_PATH } from '../path.ts';
import type { Readiness } from '../readiness.ts';
import { restApi, type RestEnv } from './handlers.ts';
import type { WebPage } from './web-page.ts';

export type RestDeps = HttpContextDeps &
  FailureDeps & { webPage: WebPage; graphiql: boolean; headers: ResponseHeaders; readiness: Readiness };

/** Answers everything but GraphQL: the routes under `/api`, the probes, the web page, GraphiQL, and what is nowhere. */
export function createRestApp(deps: RestDeps): (exchange: Exchange) => Promise<void> {
  const app = appOf(deps);
  return async (exchange) => {
    const { request, response, path } = exchange;
    // No address can be made of these, and nothing is there.
    if (!/^\/[^\\]*$/.test(path)) throw nothingAt(path);
    let isReached = false;
    const listener = getRequestListener(
      async (fetchRequest) => {
        isReached = true;
        const env = { exchange, context: httpContext(deps, exchange), readiness: deps.readiness };
        const response = await app.fetch(fetchRequest, env);
        if (isOver(exchange)) return RESPONSE_ALREADY_SENT;
        if (response.status >= 400 && !request.complete) drainRequest(request);
        return response;
      },
      {
        overrideGlobalObjects: false,
        // The rest of a body is read by `drainRequest`, for longer.
        autoCleanupIncoming: false,
        // HTTP/1.0 may leave the host out.
        hostname: 'localhost',
        errorHandler: (error) => refuse(deps, exchange, isReached ? error : malformed(error)),
      },
    );
    await listener(request, response);
  };
}

/** Its time was over while it was worked on, or its client has left. */
const isOver = ({ response }: Exchange): boolean => response.headersSent || response.destroyed;

const refuse = (deps: RestDeps, exchange: Exchange, error: unknown): Response =>
  isOver(exchange) ? RESPONSE_ALREADY_SENT : toResponse(failureOf(deps, exchange, error));

function appOf(deps: RestDeps): Hono<RestEnv> {
  // As the edge sees the path. Hono would decode it, so that `/%61pi/session` were a route that the edge takes for a page.
  const app = new Hono<RestEnv>({ getPath: (_request, options) => options?.env?.exchange.path ?? '/' });
  app.notFound((c) => c.body(null, 404));
  app.onError((error, c) => refuse(deps, c.env.exchange, error));
  app.use(async (c, next) => {
    await next();
    if (c.res.status === 404 && c.error === undefined) throw nothingAt(c.req.path, isPageMissing(deps, c.req.method));
    if (c.req.method === 'HEAD' && !isOver(c.env.exchange) && !c.res.headers.has('content-length'))
      c.header('content-length', String((await c.res.clone().arrayBuffer()).byteLength));
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (_c, methods) => {
        throw notAllowed(methods.join(', '));
      },
    }),
  );
  app.route('/', restApi);
  app.route('/', deps.webPage);
  app.get(GRAPHQL_PATH, (c) => {
    if (!deps.graphiql)
      throw new RequestError('NOT_FOUND', 'There is no page here: GraphiQL is switched off (GRAPHIQL).');
    c.env.exchange.response.setHeaders(deps.headers.graphiql);
    return graphiqlPage(c);
  });
  return app;
}

const isPageMissing = ({ webPage }: RestDeps, method: string): boolean =>
  (method === 'GET' || method === 'HEAD') && !webPage.routes.some(({ path }) => path === '/');

const nothingAt = (path: string, pageMissing = false): RequestError =>
  path === '/' && pageMissing
    ? new RequestError('NOT_FOUND', 'The web page is not built. Run "npm run build", then start again.')
    : new RequestError('NOT_FOUND', 'There is nothing at this path.');

const malformed = (cause: unknown): RequestError =>
  new RequestError('BAD_REQUEST', 'The address of this request, or its "Host" header, is malformed.', { cause });
