import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { RequestError } from '../../../errors.ts';
import type { ResponseHeaders } from '../response-headers.ts';
import type { Exchange } from '../exchange.ts';
import { failureOf, drainRequest, type FailureDeps } from '../failure.ts';
import { acceptsHtml } from '../accept.ts';
import { graphiqlPage } from './graphiql.ts';
import { compressed, mayCompress, takesGzip } from '../compressed.ts';
import { httpContext, type HttpContextDeps } from '../http-context.ts';
import type { GraphQL } from '../../graphql/graphql.ts';
import { notAllowed } from '../../graphql/http-error.ts';
import { countRequest } from '../../graphql/operation-check.ts';
import { toResponse } from '../json-response.ts';
import { GRAPHQL_PATH, isBelowApi } from '../path.ts';
import type { Readiness } from '../readiness.ts';
import { restApi, type RestEnv } from './handlers.ts';
import { sendShared } from './shared-body.ts';
import type { WebPage } from './web-page.ts';

export type RestDeps = HttpContextDeps &
  FailureDeps & {
    graphql: Pick<GraphQL, 'queryRate'>;
    webPage: WebPage;
    graphiql: boolean;
    headers: ResponseHeaders;
    readiness: Readiness;
  };

/** Handles all paths but GraphQL's: the routes under `/api`, the probes, the web page, GraphiQL, and unknown paths. */
export function createRestApp(deps: RestDeps): (exchange: Exchange) => Promise<void> {
  const app = appOf(deps);
  return async (exchange) => {
    const { request, response, path } = exchange;
    // No URL can be made of other paths, and they lead nowhere.
    if (!/^\/[^\\]*$/.test(path)) throw NOTHING;
    let isReached = false;
    const listener = getRequestListener(
      async (fetchRequest) => {
        isReached = true;
        const env = { exchange, context: httpContext(deps, exchange), readiness: deps.readiness };
        const result = await app.fetch(fetchRequest, env);
        if (isOver(exchange)) return RESPONSE_ALREADY_SENT;
        if (result.status >= 400 && !request.complete) drainRequest(request);
        return result;
      },
      {
        overrideGlobalObjects: false,
        // `drainRequest` reads the rest of a body, for longer.
        autoCleanupIncoming: false,
        // HTTP/1.0 may omit the host.
        hostname: 'localhost',
        errorHandler: (error) => refuse(deps, exchange, isReached ? error : malformed(error)),
      },
    );
    await listener(request, response);
  };
}

/** The request has timed out during its handling, or its client has left. */
const isOver = ({ response }: Exchange): boolean => response.headersSent || response.destroyed;

const refuse = (deps: RestDeps, exchange: Exchange, error: unknown): Response =>
  isOver(exchange) ? RESPONSE_ALREADY_SENT : toResponse(failureOf(deps, exchange, error));

function appOf(deps: RestDeps): Hono<RestEnv> {
  // The raw path, as `isApi` takes it. Hono would decode it, and handle `/%61pi/session` without the checks of API paths.
  const app = new Hono<RestEnv>({ getPath: (_request, options) => options?.env?.exchange.path ?? '/' });
  app.notFound((c) => c.body(null, 404));
  app.onError((error, c) => refuse(deps, c.env.exchange, error));
  app.use(async (c, next) => {
    await next();
    if (c.res.status === 404 && c.error === undefined) c.res = sendUnknown(deps, c.env.exchange);
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
  app.use('/api/*', compressJson);
  app.use('/api/*', async (c, next) => {
    countRequest(c.env.context.networks(), deps.graphql.queryRate);
    await next();
  });
  app.route('/', restApi);
  app.route('/', deps.webPage.app);
  app.get(GRAPHQL_PATH, (c) => {
    if (!deps.graphiql)
      throw new RequestError('NOT_FOUND', 'There is no page here: GraphiQL is switched off (GRAPHIQL).');
    c.env.exchange.response.setHeaders(deps.headers.graphiql);
    return graphiqlPage(c);
  });
  return app;
}

const compressJson = createMiddleware<RestEnv>(async (c, next) => {
  await next();
  const { exchange } = c.env;
  if (isOver(exchange) || !mayCompress(exchange)) return;
  const body = new Uint8Array(await c.res.arrayBuffer());
  const packed = await compressed(exchange, body);
  c.res = new Response(packed ?? body, c.res);
  if (packed !== undefined) c.header('content-encoding', 'gzip');
});

const SHELL_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  vary: 'accept, accept-encoding',
};

/**
 * At an unknown address a browser gets the web page, which says that there is nothing; other clients get an error.
 * @throws RequestError (NOT_FOUND)
 */
function sendUnknown({ webPage: { shell } }: RestDeps, exchange: Exchange): Response {
  const { request, path } = exchange;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw NOTHING;
  if (shell === undefined) throw path === '/' ? NOT_BUILT : NOTHING;
  if (isBelowApi(path) || !acceptsHtml(request.headers.accept)) throw NOTHING;
  const { plain, zipped } = shell;
  if (zipped === undefined || !takesGzip(request.headers['accept-encoding']))
    return sendShared(exchange, plain, SHELL_HEADERS, 404);
  return sendShared(exchange, zipped, { ...SHELL_HEADERS, 'content-encoding': 'gzip' }, 404);
}

const NOTHING = new RequestError('NOT_FOUND', 'There is nothing at this path.');
const NOT_BUILT = new RequestError('NOT_FOUND', 'The web page is not built. Run "npm run build", then start again.');

const malformed = (cause: unknown): RequestError =>
  new RequestError('BAD_REQUEST', 'The address of this request, or its "Host" header, is malformed.', { cause });
