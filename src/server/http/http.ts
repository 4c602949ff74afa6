import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RequestError } from '../../errors.ts';
import type { GraphQL } from '../graphql/graphql.ts';
import { HttpError, notAllowed, STOPPING } from '../graphql/http-error.ts';
import type { LiveChannels } from '../graphql/live-channels.ts';
import { answerHeaders, type AnswerHeaders } from './answer-headers.ts';
import { declaresTooLarge } from './body.ts';
import { allowOrigin } from './cors.ts';
import type { Exchange } from './exchange.ts';
import { fail, readOn, type FailureDeps } from './failure.ts';
import { graphqlOverHttp } from './graphql-http.ts';
import { normalizeTarget, requireLoopbackHost } from './host.ts';
import { httpContext, type HttpContextDeps } from './http-context.ts';
import { closeAfter, InFlight } from './in-flight.ts';
import { listen } from './listen.ts';
import { refuseElementOfOtherPage, type OriginCheck } from './origin.ts';
import { GRAPHQL_PATH, isApi, pathOf, routeName } from './path.ts';
import { answerRaw } from './raw-answer.ts';
import { createRestApp, type RestDeps } from './rest/app.ts';
import { wantsGraphiQL } from './rest/graphiql.ts';
import { Turns } from './turns.ts';

export type HttpDeps = Omit<RouteDeps & RestDeps, 'graphql' | 'headers' | 'answerRest'> & {
  graphql: GraphQL;
  channels: LiveChannels;
  /** Takes over the upgrades to WebSockets. */
  sockets: Upgrades;
  /** Behind TLS, which browsers are then told to insist on. */
  secure: boolean;
  /** A request without a byte either way for so long is cut. @defaultValue 30 s */
  silenceMs?: number;
};

type Upgrades = {
  /** @throws RequestError where it does not */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** The handshake of an upgrade that was taken over is no valid one. */
  onMalformed(refuse: (stream: Duplex, request: IncomingMessage) => void): void;
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
  // How often the first two are looked at.
  connectionsCheckingInterval: 1_000,
} as const;
/** Node would answer without a body: src/server/http/host.ts checks it. */
const UNCHECKED = { requireHostHeader: false } as const;
/** More than any client sends. */
const HEADERS_MAX = 100;
/** A reader that stopped reading. Event streams are pinged more often. */
const SILENCE_MS = 30_000;

export function createHttp(deps: HttpDeps): HttpServer {
  const graphql = graphqlOverHttp(deps);
  const { streams } = graphql;
  const inFlight = new InFlight(streams);
  const kinds = { headers: answerHeaders(deps.secure) };
  const routeDeps: RouteDeps = { ...deps, ...kinds, graphql, answerRest: createRestApp({ ...deps, ...kinds }) };
  const turns = new Turns();
  const begun = (request: IncomingMessage, response: ServerResponse): Exchange => {
    // For each request and not by `server.timeout`, of which every WebSocket would keep a timer that is switched off.
    request.socket.setTimeout(deps.silenceMs ?? SILENCE_MS);
    const exchange = begin(routeDeps, request, response);
    response.on('close', () => {
      end(routeDeps, exchange);
      inFlight.delete(exchange);
    });
    inFlight.add(exchange);
    return exchange;
  };
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = begun(request, response);
    if (inFlight.stopping && exchange.path !== '/healthz') return fail(routeDeps, exchange, STOPPING);
    route(routeDeps, exchange).catch((error: unknown) => fail(routeDeps, exchange, error));
  };
  /** In its turn: the connection's earlier requests are answered first. */
  const inTurn =
    (work: (request: IncomingMessage, response: ServerResponse) => void) =>
    (request: IncomingMessage, response: ServerResponse): void =>
      turns.add(request.socket, { request, response, begin: () => work(request, response) });
  // Any other protocol that is offered, HTTP/2 for one, is not taken up: the request is answered as it is.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean => /^websocket$/i.test(headers.upgrade ?? '');
  const server = createServer({ ...LIMITS, ...UNCHECKED, shouldUpgradeCallback }, inTurn(serve));
  server.maxHeadersCount = HEADERS_MAX;
  server.on(
    'checkContinue',
    inTurn((request, response) => {
      if (!declaresTooLarge(request)) response.writeContinue();
      serve(request, response);
    }),
  );
  server.on(
    'checkExpectation',
    inTurn((request, response) => fail(routeDeps, begun(request, response), UNMET)),
  );
  deps.sockets.onMalformed((stream, request) => {
    const error = request.method === 'GET' ? NO_HANDSHAKE : notAllowed('GET');
    answerRaw(routeDeps, stream, { error, path: pathOf(request), headers: HANDSHAKE_VERSION });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const refusal = toRequestError(error);
    const refuse = (): void => answerRaw(routeDeps, socket, { error: refusal });
    const request = turns.unread(socket);
    if (request === undefined) return turns.add(socket, { begin: refuse });
    const exchange = inFlight.of(request);
    if (exchange === undefined) return turns.replaceLast(socket, refuse);
    closeAfter(exchange);
    fail(routeDeps, exchange, refusal);
    socket.destroySoon();
  });
  server.on('upgrade', (request, socket, head) => {
    // A peer that has left while it is refused, or waits to be let in: without a listener its error ends the process.
    socket.on('error', ignore);
    // The answer before it would be written between the messages.
    if (turns.isBusy(socket)) {
      socket.destroy();
      return;
    }
    try {
      checkRequest(deps, request);
      if (inFlight.stopping) throw STOPPING;
      if (pathOf(request) !== GRAPHQL_PATH) throw new RequestError('NOT_FOUND', 'There is no WebSocket at this path.');
      deps.sockets.upgrade(request, socket, head);
    } catch (error) {
      answerRaw(routeDeps, socket, { error, path: pathOf(request) });
    }
  });
  return {
    listen: (port, host) => listen(server, { port, host, backlog: BACKLOG }),
    stop: (graceMs) => inFlight.stop(graceMs),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      streams.close();
      await closed;
    },
  };
}

const ignore = (): void => {};

/** Connections that may wait to be accepted: all browsers come back in the same moment after a restart. */
const BACKLOG = 4_096;

const UNMET = new HttpError(417, 'Of "Expect" only "100-continue" is taken.');
const NO_HANDSHAKE = new RequestError('BAD_REQUEST', 'This is not a valid WebSocket handshake of version 13.');
/** RFC 6455, 4.4. */
const HANDSHAKE_VERSION = { 'sec-websocket-version': '13' } as const;

/** What the parser made of a request that it could not read, or not in time. */
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
  /** Only names of this machine are answered: without a public address a page elsewhere could reach it by another name. */
  loopbackOnly: boolean;
};

type RouteDeps = CheckDeps &
  HttpContextDeps &
  FailureDeps & {
    graphql: ReturnType<typeof graphqlOverHttp>;
    allowedOrigins: ReadonlySet<string>;
    graphiql: boolean;
    headers: AnswerHeaders;
    /** Answers what is not GraphQL. */
    answerRest: (exchange: Exchange) => Promise<void>;
  };

function begin({ headers }: RouteDeps, request: IncomingMessage, response: ServerResponse): Exchange {
  const startedAt = performance.now();
  const path = pathOf(request);
  const requestId = randomUUID();
  response.setHeaders(isApi(path) ? headers.api : headers.page);
  response.setHeader('x-request-id', requestId);
  return { request, response, requestId, path, startedAt };
}

/** It is answered, or its client has left. */
function end({ metrics }: RouteDeps, { response, path, startedAt }: Exchange): void {
  const labels = { route: routeName(path), status: String(response.statusCode) };
  metrics.requests.observe(labels, (performance.now() - startedAt) / 1000);
}

/**
 * The checks that are the same for GraphQL, for the other routes, and for the upgrade to a WebSocket. Libraries build an
 * address of host and target, so that both are in one form from here on.
 * @throws RequestError, HttpError
 */
function checkRequest({ checkOrigin, loopbackOnly }: CheckDeps, request: IncomingMessage): void {
  const host = normalizeTarget(request);
  const path = pathOf(request);
  if (loopbackOnly) requireLoopbackHost(host, path);
  if (isApi(path)) checkOrigin(request);
}

/** @throws RequestError, HttpError and whatever nobody foresaw: `fail` makes an answer of it. */
async function route(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  checkRequest(deps, request);
  if (isApi(path)) {
    allowOrigin(request, response, deps.allowedOrigins);
    if (request.method === 'OPTIONS')
      return void response.writeHead(204, { allow: 'GET, POST', 'content-length': 0 }).end();
  }
  if (path === GRAPHQL_PATH && !wantsGraphiQL(request, deps.graphiql)) await answerGraphQL(deps, exchange);
  else await deps.answerRest(exchange);
}

async function answerGraphQL(deps: RouteDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  refuseElementOfOtherPage(request);
  await deps.graphql.handle(request, response, httpContext(deps, exchange));
  if (!request.complete) readOn(request);
}
