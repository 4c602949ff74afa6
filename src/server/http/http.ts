import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { RequestError } from '../../errors.ts';
import type { GraphQL } from '../graphql/graphql.ts';
import { HttpError, notAllowed, STOPPING } from '../graphql/http-error.ts';
import type { LiveChannels } from '../graphql/live-channels.ts';
import { refusalLog } from '../graphql/refusal-log.ts';
import { declaresTooLarge } from './body.ts';
import { allowOrigin } from './cors.ts';
import type { Exchange } from './exchange.ts';
import { fail, drainRequest, type FailureDeps } from './failure.ts';
import { graphqlOverHttp } from './graphql-http.ts';
import { normalizeTarget, requireLoopbackHost } from './host.ts';
import { httpContext, type HttpContextDeps } from './http-context.ts';
import { closeAfter, InFlight } from './in-flight.ts';
import { listen } from './listen.ts';
import { refuseElementOfOtherPage, type OriginCheck } from './origin.ts';
import { GRAPHQL_PATH, isApi, pathOf, routeName } from './path.ts';
import { sendRawResponse } from './raw-response.ts';
import { RequestQueue } from './request-queue.ts';
import { createRestApp, type RestDeps } from './rest/app.ts';
import { responseHeaders, type ResponseHeaders } from './response-headers.ts';
import { wantsGraphiQL } from './rest/graphiql.ts';

export type HttpDeps = Omit<RouteDeps & RestDeps, 'graphql' | 'headers' | 'handleRest' | 'logRefusal'> & {
  graphql: GraphQL;
  channels: LiveChannels;
  /** Takes over the upgrades to WebSockets. */
  sockets: Upgrades;
  /** Whether clients reach the server by TLS: browsers are then told to insist on it. */
  secure: boolean;
  /** Closes the connection of a request that has sent and received no byte for so long. @defaultValue 30 s */
  silenceMs?: number;
};

type Upgrades = {
  /** @throws RequestError if the upgrade is refused */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Called when the handshake of an accepted upgrade is invalid. */
  onMalformed(refuse: (stream: Duplex, request: IncomingMessage) => void): void;
};

export type HttpServer = {
  listen(port: number, host: string): Promise<number>;
  /** Serves on for so long, then accepts no further connections. A load balancer meanwhile learns that it is not ready. */
  drain(delayMs: number): Promise<void>;
  /** Refuses new requests; resolves when the requests in flight have their responses, or after the grace time. */
  stop(graceMs: number): Promise<void>;
  /** Closes the remaining connections: event streams and idle ones. */
  close(): Promise<void>;
};

const LIMITS = {
  // Time to receive a request. The time to respond is not limited by these two.
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  // Longer than a load balancer's own idle time, so that it never sends into a closing connection.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  // How often Node checks requestTimeout and headersTimeout.
  connectionsCheckingInterval: 1_000,
} as const;
/** src/server/http/host.ts checks the header: Node would respond without a body. */
const UNCHECKED = { requireHostHeader: false } as const;
/** The requests of the last accepted connections are there within this time. */
const LAST_REQUESTS_MS = 250;
/** Real clients send fewer. */
const HEADERS_MAX = 100;
/** Closes a connection whose peer has read nothing for this long. Must exceed the ping interval of event streams. */
const SILENCE_MS = 30_000;

/** The parts that the events of Node's server share. */
type Parts = { deps: RouteDeps; inFlight: InFlight; queue: RequestQueue };

export function createHttp(deps: HttpDeps): HttpServer {
  const graphql = graphqlOverHttp(deps);
  const { streams } = graphql;
  const headers = responseHeaders(deps.secure, deps.webPage.styleHashes);
  const shared = { ...deps, headers, logRefusal: refusalLog(deps.log) };
  const routeDeps: RouteDeps = { ...shared, graphql, handleRest: createRestApp(shared) };
  const parts: Parts = { deps: routeDeps, inFlight: new InFlight(streams), queue: new RequestQueue() };
  // Offers of other protocols, such as HTTP/2, are ignored: the request is handled as HTTP/1.1.
  const shouldUpgradeCallback = ({ headers: { upgrade = '' } }: IncomingMessage): boolean =>
    /^websocket$/i.test(upgrade);
  const server = createServer({ ...LIMITS, ...UNCHECKED, shouldUpgradeCallback });
  server.maxHeadersCount = HEADERS_MAX;
  serveRequests(server, parts, deps.silenceMs ?? SILENCE_MS);
  refuseUnreadable(server, parts);
  handOverUpgrades(server, parts, deps.sockets);
  return {
    listen: (port, host) => listen(server, { port, host, backlog: BACKLOG }),
    async drain(delayMs) {
      parts.inFlight.draining = true;
      await pause(delayMs);
      // Right after Node has accepted what waits: the kernel resets connections that nobody has accepted.
      await new Promise((resume) => setImmediate(resume));
      server.close();
      await pause(LAST_REQUESTS_MS);
    },
    stop: (graceMs) => parts.inFlight.stop(graceMs),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      streams.close();
      await closed;
    },
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function serveRequests(server: Server, { deps, inFlight, queue }: Parts, silenceMs: number): void {
  const begun = (request: IncomingMessage, response: ServerResponse): Exchange => {
    // Set for each request: with `server.timeout`, every WebSocket would keep a timer that is switched off.
    request.socket.setTimeout(silenceMs);
    const exchange = begin(deps, request, response);
    response.on('close', () => {
      end(deps, exchange);
      inFlight.delete(exchange);
    });
    inFlight.add(exchange);
    return exchange;
  };
  const serve: Handler = (request, response) => {
    const exchange = begun(request, response);
    if (inFlight.stopping && exchange.path !== '/healthz') return fail(deps, exchange, STOPPING);
    route(deps, exchange).catch((error: unknown) => fail(deps, exchange, error));
  };
  const queued =
    (handler: Handler): Handler =>
    (request, response) =>
      queue.add(request.socket, { request, response, begin: () => handler(request, response) });
  server.on('request', queued(serve));
  server.on(
    'checkContinue',
    queued((request, response) => {
      if (!declaresTooLarge(request)) response.writeContinue();
      serve(request, response);
    }),
  );
  server.on(
    'checkExpectation',
    queued((request, response) => fail(deps, begun(request, response), UNMET)),
  );
}

/** Responds to bytes that are not a request, or not in time, and hangs up. */
function refuseUnreadable(server: Server, { deps, inFlight, queue }: Parts): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const refusal = toRequestError(error);
    const refuse = (): void => sendRawResponse(deps, socket, { error: refusal });
    const request = queue.unread(socket);
    if (request === undefined) return queue.add(socket, { begin: refuse });
    const exchange = inFlight.of(request);
    if (exchange === undefined) return queue.replaceLast(socket, refuse);
    closeAfter(exchange);
    fail(deps, exchange, refusal);
    socket.destroySoon();
  });
}

function handOverUpgrades(server: Server, { deps, inFlight, queue }: Parts, sockets: Upgrades): void {
  sockets.onMalformed((stream, request) => {
    const error = request.method === 'GET' ? NO_HANDSHAKE : notAllowed('GET');
    sendRawResponse(deps, stream, { error, path: pathOf(request), headers: HANDSHAKE_VERSION });
  });
  server.on('upgrade', (request, socket, head) => {
    // Without a listener, the error of a peer that leaves during a refusal or the handshake would end the process.
    socket.on('error', ignore);
    // An earlier response on this connection would be written between the messages of the WebSocket.
    if (queue.isBusy(socket)) {
      socket.destroy();
      return;
    }
    try {
      checkRequest(deps, request);
      if (inFlight.stopping) throw STOPPING;
      if (pathOf(request) !== GRAPHQL_PATH) throw new RequestError('NOT_FOUND', 'There is no WebSocket at this path.');
      sockets.upgrade(request, socket, head);
    } catch (error) {
      sendRawResponse(deps, socket, { error, path: pathOf(request) });
    }
  });
}

const ignore = (): void => {};

/** Connections that may wait to be accepted: after a restart all browsers reconnect in the same moment. */
const BACKLOG = 4_096;

const UNMET = new HttpError(417, 'Of "Expect" only "100-continue" is taken.');
const NO_HANDSHAKE = new RequestError('BAD_REQUEST', 'This is not a valid WebSocket handshake of version 13.');
/** RFC 6455, 4.4. */
const HANDSHAKE_VERSION = { 'sec-websocket-version': '13' } as const;

/** The error of Node's parser, in our form. */
function toRequestError({ code }: NodeJS.ErrnoException): RequestError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new HttpError(408, 'The request did not arrive in time.');
  if (code === 'HPE_HEADER_OVERFLOW')
    return new HttpError(
      431,
      `The headers are larger than ${LIMITS.maxHeaderSize / 1024} KB, or more than ${HEADERS_MAX}.`,
    );
  return new RequestError('BAD_REQUEST', 'This is not a valid HTTP/1.1 request.');
}

type CheckDeps = {
  checkOrigin: OriginCheck;
  /** Refuses other host names than this machine's own: by another name, a page of another site could reach the server. */
  loopbackOnly: boolean;
};

type RouteDeps = CheckDeps &
  HttpContextDeps &
  FailureDeps & {
    graphql: ReturnType<typeof graphqlOverHttp>;
    allowedOrigins: ReadonlySet<string>;
    graphiql: boolean;
    headers: ResponseHeaders;
    /** Handles all paths but GraphQL's. */
    handleRest: (exchange: Exchange) => Promise<void>;
  };

function begin({ headers }: RouteDeps, request: IncomingMessage, response: ServerResponse): Exchange {
  const startedAt = performance.now();
  const path = pathOf(request);
  const requestId = randomUUID();
  response.setHeaders(isApi(path) ? headers.api : headers.page);
  response.setHeader('x-request-id', requestId);
  return { request, response, requestId, path, startedAt };
}

/** The response is finished, or the client has left. */
function end({ metrics }: RouteDeps, { response, path, startedAt }: Exchange): void {
  const labels = { route: routeName(path), status: String(response.statusCode) };
  metrics.requests.observe(labels, (performance.now() - startedAt) / 1000);
}

/**
 * The checks that GraphQL, the other routes and the upgrade to a WebSocket have in common. It also normalizes the target,
 * because libraries build a URL of host and target.
 * @throws RequestError, HttpError
 */
function checkRequest({ checkOrigin, loopbackOnly }: CheckDeps, request: IncomingMessage): void {
  const host = normalizeTarget(request);
  const path = pathOf(request);
  if (loopbackOnly) requireLoopbackHost(host, path);
  if (isApi(path)) checkOrigin(request);
}

/** @throws RequestError, HttpError, and unexpected errors: `fail` makes a response of each */
async function route(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  checkRequest(deps, request);
  if (isApi(path)) {
    allowOrigin(request, response, deps.allowedOrigins);
    if (request.method === 'OPTIONS')
      return void response.writeHead(204, { allow: 'GET, POST', 'content-length': 0 }).end();
  }
  if (path === GRAPHQL_PATH && !wantsGraphiQL(request, deps.graphiql)) await handleGraphQL(deps, exchange);
  else await deps.handleRest(exchange);
}

async function handleGraphQL(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  refuseElementOfOtherPage(request);
  await deps.graphql.handle(request, response, httpContext(deps, exchange));
  if (!request.complete) drainRequest(request);
}
