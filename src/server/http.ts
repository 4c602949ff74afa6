import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RequestError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Context, Services } from '../schema/context.ts';
import { continueTrace } from '../trace.ts';
import type { ClientAddress } from './address.ts';
import { readJsonBody } from './body.ts';
import { toPublicError } from './error-table.ts';
import { sendGraphiQL, wantsGraphiQL } from './graphiql.ts';
import type { Yoga } from './graphql.ts';
import { ORIGIN_REFUSED, type OriginCheck } from './origin.ts';
import { healthAnswer, readinessAnswer, type Readiness } from './probes.ts';
import { restError, restRoutes, sendJson } from './rest.ts';
import type { SessionEdge } from './session.ts';
import { PAGE_CSP, type WebPage } from './web-page.ts';
import type { SocketServer } from './websocket.ts';

export type HttpDeps = {
  yoga: Yoga;
  sockets: SocketServer;
  services: Services;
  sessionEdge: SessionEdge;
  addressOf: ClientAddress;
  originAllowed: OriginCheck;
  allowedOrigins: ReadonlySet<string>;
  webPage: WebPage;
  graphiql: boolean;
  secure: boolean;
  readiness: Readiness;
  log: Log;
  metrics: Metrics;
};

export type HttpServer = {
  listen(port: number, host: string): Promise<number>;
  /** Refuses new requests; resolves when those in flight are answered, or after the grace time. */
  stop(graceMs: number): Promise<void>;
  /** Ends what is left: event streams and idle connections. */
  close(): Promise<void>;
};

const LIMITS = {
  // A slow sender is cut; a slow answer is not touched by these.
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  // Longer than a load balancer's own idle time, so that it never sends into a closing connection.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  // How often the two time-outs above are looked at.
  connectionsCheckingInterval: 1_000,
} as const;

export function createHttp(deps: HttpDeps): HttpServer {
  const inFlight = new InFlight();
  const server = createServer(LIMITS, (request, response) => {
    const exchange = begin(deps, request, response);
    if (inFlight.stopping) {
      response.setHeader('connection', 'close');
      return fail(deps, exchange, STOPPING);
    }
    inFlight.add(response);
    route(deps, exchange).catch((error: unknown) => fail(deps, exchange, error));
  });
  server.maxHeadersCount = 200;
  server.maxRequestsPerSocket = 0;
  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) === '/graphql') deps.sockets.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return {
    async listen(port, host) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
      return (server.address() as AddressInfo).port;
    },
    stop: (graceMs) => inFlight.stop(graceMs),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Requests that are not answered yet. Event streams do not count: they end with their assessments, or never. */
class InFlight {
  readonly #responses = new Set<ServerResponse>();
  #stopped: (() => void) | undefined;
  stopping = false;

  add(response: ServerResponse): void {
    this.#responses.add(response);
    response.once('close', () => {
      this.#responses.delete(response);
      if (this.#isIdle()) this.#stopped?.();
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#stopped = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isIdle(): boolean {
    return [...this.#responses].every((response) => /event-stream/.test(String(response.getHeader('content-type'))));
  }
}

const STOPPING = new RequestError('SERVICE_UNAVAILABLE', 'The server is stopping. Try again shortly.', {
  retryAfterSeconds: 2,
});

/** One request and its answer. */
type Exchange = { request: IncomingMessage; response: ServerResponse; requestId: string; path: string };

function begin({ secure, metrics }: HttpDeps, request: IncomingMessage, response: ServerResponse): Exchange {
  const exchange = { request, response, requestId: randomUUID(), path: pathOf(request) };
  response.setHeader('x-request-id', exchange.requestId);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('content-security-policy', PAGE_CSP);
  if (secure) response.setHeader('strict-transport-security', 'max-age=31536000');
  const started = performance.now();
  response.once('close', () => {
    const labels = { route: routeName(exchange.path), status: String(response.statusCode) };
    metrics.requests.observe(labels, (performance.now() - started) / 1000);
  });
  return exchange;
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

/** Few names, so that a scan of made-up paths makes no new time series. */
function routeName(path: string): string {
  if (path === '/graphql') return 'graphql';
  return restRoutes.find((candidate) => candidate.path.test(path))?.name ?? 'other';
}

async function route(deps: HttpDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  const { method } = request;
  if (path === '/healthz' || path === '/readyz') {
    const answer = path === '/healthz' ? healthAnswer : readinessAnswer(deps.readiness);
    return sendJson(response, answer);
  }
  const isApi = path === '/graphql' || path.startsWith('/api/');
  if (!isApi) {
    if ((method === 'GET' || method === 'HEAD') && deps.webPage(request, response, path)) return;
    throw notFound(path);
  }
  if (!deps.originAllowed(request)) throw new RequestError('FORBIDDEN', ORIGIN_REFUSED);
  // The answer depends on it also where there is none, or a cache would mix them up.
  response.setHeader('vary', 'origin, accept');
  allowOrigin(deps, exchange);
  if (method === 'OPTIONS') return void response.writeHead(204, { 'content-length': 0 }).end();
  if (path === '/graphql') await graphql(deps, exchange);
  else await rest(deps, exchange);
}

/** CORS for the origins that the operator named; the page's own origin needs none. */
function allowOrigin({ allowedOrigins }: HttpDeps, { request, response }: Exchange): void {
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

async function graphql(deps: HttpDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (deps.graphiql && wantsGraphiQL(request)) return await sendGraphiQL(request, response);
  if (request.method === 'POST') (request as { body?: string }).body = await readJsonBody(request);
  else if (request.method !== 'GET') {
    response.setHeader('allow', 'GET, POST');
    return sendJson(response, { status: 405, body: graphqlError('BAD_REQUEST', 'Use GET or POST.', exchange) });
  }
  // A page elsewhere can make a browser send this with the cookie, though it can't read the answer.
  else if (request.headers['sec-fetch-site'] === 'cross-site')
    throw new RequestError('FORBIDDEN', 'GET requests from other sites are not taken. Send a POST.');
  response.setHeader('cache-control', 'no-store');
  await deps.yoga.handle(request, response, { context: contextOf(deps, exchange) } as never);
}

async function rest(deps: HttpDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  const matching = restRoutes.filter((candidate) => candidate.path.test(path));
  if (matching.length === 0) throw notFound(path);
  const found = matching.find(({ method }) => method === request.method);
  if (found === undefined) {
    response.setHeader('allow', matching.map(({ method }) => method).join(', '));
    const error = { code: 'BAD_REQUEST', message: 'The method is not allowed here.', requestId: exchange.requestId };
    return sendJson(response, { status: 405, body: { success: false, error } });
  }
  response.setHeader('cache-control', 'no-store');
  const parameter = found.path.exec(path)?.[1] ?? '';
  sendJson(response, await found.handle(request, contextOf(deps, exchange), parameter));
}

function contextOf(
  { services, sessionEdge, addressOf }: HttpDeps,
  { request, response, requestId }: Exchange,
): Context {
  const { traceparent } = request.headers;
  return {
    requestId,
    trace: continueTrace(typeof traceparent === 'string' ? traceparent : undefined),
    services,
    ...sessionEdge.forRequest(request, addressOf(request), (cookie) => response.appendHeader('set-cookie', cookie)),
  };
}

const notFound = (path: string): RequestError =>
  path === '/'
    ? new RequestError('NOT_FOUND', 'The web page is not built. Run "npm run build", then start again.')
    : new RequestError('NOT_FOUND', 'There is nothing at this path.');

const graphqlError = (code: string, message: string, { requestId }: Exchange) => ({
  errors: [{ message, extensions: { code, requestId } }],
});

/** A request that failed as a whole, in the form of the API that it was made to. */
function fail({ log, metrics }: HttpDeps, exchange: Exchange, error: unknown): void {
  const { request, response, requestId, path } = exchange;
  const { code, message, unexpected } = toPublicError(error);
  const answer = restError(error, requestId);
  metrics.errors.inc({ part: 'http', code });
  if (unexpected) log.error({ err: error, requestId, path: routeName(path) }, 'a request failed in an unexpected way');
  if (response.headersSent) return void response.destroy();
  // What was not read of the request would be taken for the next one.
  if (!request.complete) response.setHeader('connection', 'close');
  sendJson(response, path === '/graphql' ? { ...answer, body: graphqlError(code, message, exchange) } : answer);
}
