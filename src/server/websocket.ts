import {
  GraphQLError,
  getOperationAST,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
} from 'graphql';
import {
  CloseCode,
  handleProtocols,
  makeServer,
  type Context as SocketContext,
  type SubscribePayload,
} from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Session, Sessions } from '../assessments/sessions.ts';
import { RequestError, UnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Context, Services } from '../schema/context.ts';
import { continueTrace } from '../trace.ts';
import { toGraphQLError } from './error-table.ts';
import { withRequestId, type Yoga } from './graphql.ts';
import type { OriginCheck } from './origin.ts';
import type { SessionEdge } from './session.ts';

export type SocketDeps = {
  yoga: Yoga;
  services: Services;
  sessions: Sessions;
  sessionEdge: SessionEdge;
  originAllowed: OriginCheck;
  socketsPerSessionMax: number;
  log: Log;
  metrics: Metrics;
};

/** A subscription document and its variables are small. */
const MESSAGE_BYTES_MAX = 64 * 1024;
const SUBSCRIPTIONS_MAX = 100;
/** A peer that answers no ping is gone within two of these. */
const PING_MS = 12_000;
/** What a reader that does not read may pile up, and for how many looks in a row. */
const BUFFERED_BYTES_MAX = 1024 * 1024;
const LOOK_MS = 5_000;
const LOOKS_MAX = 3;
/** At shutdown so many are closed at once, so that their clients do not all come back in the same moment. */
const CLOSE_BATCH = 200;
const CLOSE_PAUSE_MS = 50;
/** RFC 6455 and its registry: the server goes away; come back; try again later. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

type Extra = { request: IncomingMessage; socket: WebSocket; session: Session | undefined };
/** What is watched of each open socket. */
type Watched = { alive: boolean; stalled: number; extra: Extra };

/** GraphQL subscriptions over `graphql-transport-ws`, by the rules of HTTP: same session, same limits, same errors. */
export class SocketServer {
  readonly #deps: SocketDeps;
  readonly #sockets = new Map<WebSocket, Watched>();
  readonly #protocol: ReturnType<typeof makeServer<Record<string, unknown>, Extra>>;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols,
  });
  readonly #timers: NodeJS.Timeout[];
  #stopping = false;

  constructor(deps: SocketDeps) {
    this.#deps = deps;
    this.#protocol = makeServer<Record<string, unknown>, Extra>({
      onConnect: (ctx) => this.#connect(ctx),
      onSubscribe: (ctx, _id, payload) => this.#subscribe(ctx, payload),
      onNext: (_ctx, _id, _payload, args, result) =>
        toJson(withRequestId(result, (args.contextValue as Context).requestId)),
      onOperation: () => deps.metrics.subscriptions.inc({ transport: 'websocket' }),
      onComplete: () => deps.metrics.subscriptions.dec({ transport: 'websocket' }),
      // The engine comes along with each operation: masking and limits are its plugins.
      subscribe: (args) => (args.rootValue as Engine).subscribe(args) as never,
    });
    // One timer for all sockets: one for each would cost as much as the socket.
    this.#timers = [setInterval(() => this.#ping(), PING_MS), setInterval(() => this.#cutStalled(), LOOK_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  /** Takes over an HTTP upgrade on the GraphQL path, or refuses it with an HTTP status. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => {}); // a peer that left before the handshake ended
    if (this.#stopping) return refuse(stream, 503, 'Service Unavailable');
    if (!this.#deps.originAllowed(request)) return refuse(stream, 403, 'Forbidden');
    this.#server.handleUpgrade(request, stream, head, (socket) => this.#open(socket, request));
  }

  /** Sessions with a socket open here. */
  sessions(): string[] {
    return [...new Set([...this.#sockets.values()].flatMap(({ extra }) => extra.session?.id ?? []))];
  }

  /** Their session is over: clients stop on this code and do not come back by themselves. */
  closeSessions(ids: readonly string[]): void {
    const over = new Set(ids);
    for (const [socket, { extra }] of this.#sockets)
      if (extra.session !== undefined && over.has(extra.session.id))
        socket.close(CloseCode.Unauthorized, 'Session ended');
  }

  /** No new sockets; the open ones are closed in batches, without `complete`: their clients shall come back elsewhere. */
  async close(): Promise<void> {
    this.#stopping = true;
    const open = [...this.#sockets.keys()];
    for (let at = 0; at < open.length; at += CLOSE_BATCH) {
      if (at > 0) await new Promise((resume) => setTimeout(resume, CLOSE_PAUSE_MS));
      for (const socket of open.slice(at, at + CLOSE_BATCH)) socket.close(GOING_AWAY, 'Going away');
    }
    for (const timer of this.#timers) clearInterval(timer);
    // A peer that does not answer the closing handshake is not waited for.
    await Promise.race([this.#allClosed(), new Promise((resume) => setTimeout(resume, 1_000).unref())]);
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  async #allClosed(): Promise<void> {
    await Promise.all(
      [...this.#sockets.keys()].map((socket) => new Promise((resolve) => void socket.once('close', resolve))),
    );
  }

  #open(socket: WebSocket, request: IncomingMessage): void {
    const { log, metrics } = this.#deps;
    const extra: Extra = { request, socket, session: undefined };
    this.#sockets.set(socket, { alive: true, stalled: 0, extra });
    metrics.sockets.inc();
    // Broken frames: `ws` closes with the right code by itself.
    socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
    socket.on('pong', () => {
      const watched = this.#sockets.get(socket);
      if (watched !== undefined) watched.alive = true;
    });
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise((resolve) => {
            // A message that can't be sent any more is no error: the socket's end tells everybody.
            if (socket.readyState !== socket.OPEN) resolve();
            else socket.send(data, () => resolve());
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) =>
          socket.on('message', (data, isBinary) => {
            if (isBinary) return socket.close(CloseCode.BadRequest, 'Invalid message received');
            receive((data as Buffer).toString()).catch((error: unknown) => {
              log.error({ err: error }, 'a socket message could not be handled');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          }),
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      this.#sockets.delete(socket);
      metrics.sockets.dec();
      closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'a socket did not close well'));
    });
  }

  /** False refuses; the socket is then already closed with a code that says why. */
  async #connect(ctx: SocketContext<Record<string, unknown>, Extra>): Promise<boolean> {
    const { sessionEdge, sessions, socketsPerSessionMax, log } = this.#deps;
    const { request, socket } = ctx.extra;
    const authorization = ctx.connectionParams?.['Authorization'] ?? ctx.connectionParams?.['authorization'];
    const token = sessionEdge.tokenOf(
      request,
      typeof authorization === 'string' ? authorization : request.headers.authorization,
    );
    let session: Session | undefined;
    try {
      session = token === undefined ? undefined : await sessions.authenticate(token);
    } catch (error) {
      log.warn({ err: error }, 'a socket could not be authenticated');
      socket.close(TRY_AGAIN_LATER, 'Try again later');
      return false;
    }
    if (session === undefined) {
      socket.close(CloseCode.Unauthorized, 'Unauthorized');
      return false;
    }
    const open = [...this.#sockets.values()].filter(({ extra }) => extra.session?.id === session.id).length;
    if (socketsPerSessionMax > 0 && open >= socketsPerSessionMax) {
      // A client must not come back by itself, so it is the protocol's code for too many, which clients stop on.
      socket.close(CloseCode.TooManyInitialisationRequests, 'Too many sockets in this session');
      return false;
    }
    ctx.extra.session = session;
    return true;
  }

  /** Whatever is wrong with one subscription is told to it alone: an exception here would close the whole socket. */
  async #subscribe(
    ctx: SocketContext<Record<string, unknown>, Extra>,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const context = this.#contextOf(ctx.extra);
    try {
      if (Object.keys(ctx.subscriptions).length > SUBSCRIPTIONS_MAX)
        throw new RequestError('RATE_LIMITED', `A socket carries at most ${SUBSCRIPTIONS_MAX} subscriptions.`);
      const { schema, parse, validate, subscribe, contextFactory } = this.#deps.yoga.getEnveloped({ context } as never);
      const document = parse(payload.query);
      const operation = getOperationAST(document, payload.operationName);
      if (operation?.operation !== 'subscription')
        throw new RequestError('BAD_REQUEST', 'Sockets carry subscriptions only: send queries and mutations by HTTP.');
      const errors = validate(schema, document);
      if (errors.length > 0) return presented(errors, context);
      return {
        schema,
        document,
        operationName: payload.operationName ?? null,
        variableValues: payload.variables ?? null,
        contextValue: await contextFactory(),
        rootValue: { subscribe } satisfies Engine,
      };
    } catch (error) {
      if (!(error instanceof GraphQLError || error instanceof RequestError))
        this.#deps.log.error({ err: error }, 'a subscription could not be started');
      return presented([error], context);
    }
  }

  #contextOf({ session, request }: Extra): Context {
    const overHttpOnly = (): Promise<never> =>
      Promise.reject(new RequestError('BAD_REQUEST', 'Sessions are started and ended by HTTP.'));
    return {
      requestId: randomUUID(),
      trace: continueTrace(request.headers['traceparent'] as string | undefined),
      services: this.#deps.services,
      session: () => Promise.resolve(session ?? null),
      requireSession: () =>
        session === undefined ? Promise.reject(new UnavailableError('database', 'not-done')) : Promise.resolve(session),
      startSession: overHttpOnly,
      endSession: overHttpOnly,
    };
  }

  #ping(): void {
    for (const [socket, watched] of this.#sockets) {
      if (!watched.alive) socket.terminate();
      else if (socket.readyState === socket.OPEN) {
        watched.alive = false;
        socket.ping();
      }
    }
  }

  /** By what it leaves unread and not by its pongs, which a reader that never reads can send unasked. */
  #cutStalled(): void {
    for (const [socket, watched] of this.#sockets) {
      watched.stalled = socket.bufferedAmount > BUFFERED_BYTES_MAX ? watched.stalled + 1 : 0;
      if (watched.stalled >= LOOKS_MAX) socket.terminate();
    }
  }
}

/** Travels in `rootValue` from the start of a subscription to its execution. */
type Engine = { subscribe: (args: ExecutionArgs) => unknown };

const presented = (errors: readonly unknown[], { requestId }: Context): readonly GraphQLError[] =>
  withRequestId({ errors: errors.map(toGraphQLError) }, requestId).errors ?? [];

/** graphql-ws sends what this returns as it is, so errors must be in their JSON form. */
function toJson({ errors, ...rest }: ExecutionResult): FormattedExecutionResult | undefined {
  return errors === undefined ? undefined : { ...rest, errors: errors.map((e) => e.toJSON()) };
}

function refuse(stream: Duplex, status: number, text: string): void {
  stream.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
