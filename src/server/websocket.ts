import { CloseCode, handleProtocols, makeServer, type Context as SocketContext } from 'graphql-ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Session, Sessions } from '../assessments/sessions.ts';
import { RequestError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Services } from '../schema/context.ts';
import type { Yoga } from './graphql.ts';
import { Arrivals } from './arrivals.ts';
import { Heartbeat } from './heartbeat.ts';
import { LiveConnections } from './live-connections.ts';
import { ORIGIN_REFUSED, type OriginCheck } from './origin.ts';
import { Outbox } from './outbox.ts';
import type { SessionEdge } from './session.ts';
import { SocketOperations, type Carrier } from './socket-operations.ts';

export type SocketDeps = {
  yoga: Yoga;
  services: Services;
  sessions: Sessions;
  sessionEdge: SessionEdge;
  originAllowed: OriginCheck;
  /** Event streams count as well; 0: no limit. */
  socketsPerSessionMax: number;
  log: Log;
  metrics: Metrics;
  /** A peer that answers no ping is gone within two of these. @defaultValue 12 s */
  pingMs?: number;
};

/** A subscription document and its variables are small. */
const MESSAGE_BYTES_MAX = 64 * 1024;
const PING_MS = 12_000;
/** For a client to say who it is. */
const INIT_MS = 5_000;
/** For a peer to answer the closing handshake. */
const NOT_IN_THE_TYPES: object = { closeTimeout: 5_000 };
/** At shutdown so many are closed at once, so that their clients do not all come back in the same moment. */
const CLOSE_BATCH = 200;
const CLOSE_PAUSE_MS = 50;
const TOO_MANY_AT_ONCE = 'Too many come at once. Try again shortly.';
/** RFC 6455 and its registry: the server goes away; come back; try again later. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** What is known of one socket. */
type Extra = Carrier & {
  socket: WebSocket;
  /** Until it is known who came: it would cost as much as the rest of an idle socket. */
  request: IncomingMessage | undefined;
};
type Connection = SocketContext<Record<string, unknown>, Extra>;

/** Out here, since a closure would keep the request for as long as its socket. */
const ignore = (): void => {};

/** GraphQL subscriptions over `graphql-transport-ws`, by the rules of HTTP: same session, same limits, same errors. */
export class SocketServer {
  readonly connections: LiveConnections;
  readonly #deps: SocketDeps;
  readonly #open = new Set<WebSocket>();
  readonly #heartbeat: Heartbeat;
  readonly #operations: SocketOperations;
  readonly #protocol: ReturnType<typeof makeServer<Record<string, unknown>, Extra>>;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    // A message in a million parts would cost more than its size tells.
    maxFragments: 64,
    maxBufferedChunks: 1_024,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
    handleProtocols,
    ...NOT_IN_THE_TYPES,
  });
  readonly #arrivals = new Arrivals();
  #stopping = false;

  constructor(deps: SocketDeps) {
    this.#deps = deps;
    this.connections = new LiveConnections(deps.socketsPerSessionMax);
    this.#heartbeat = new Heartbeat(deps.pingMs ?? PING_MS);
    const operations = new SocketOperations(deps);
    this.#operations = operations;
    this.#protocol = makeServer<Record<string, unknown>, Extra>({
      connectionInitWaitTimeout: INIT_MS,
      onConnect: (ctx) => this.#connect(ctx),
      onSubscribe: ({ extra }, _id, payload) => operations.prepare(extra, payload),
      subscribe: (args) => operations.run(args) as never,
      // The results are in their public form already; the library's own way would be to call their `toJSON`.
      onNext: (_ctx, _id, _payload, _args, result) => result,
      onComplete: ({ extra }, _id, payload) => operations.completed(extra, payload),
    });
  }

  /** Takes over an HTTP upgrade on the GraphQL path. @throws RequestError where it does not. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', ignore); // a peer that left before the handshake ended
    if (this.#stopping) throw new RequestError('SERVICE_UNAVAILABLE', 'The server is stopping. Try again shortly.');
    if (!this.#deps.originAllowed(request)) throw new RequestError('FORBIDDEN', ORIGIN_REFUSED);
    const isLetIn = this.#arrivals.add(() => {
      if (this.#stopping) stream.destroy();
      else this.#server.handleUpgrade(request, stream, head, (socket) => this.#opened(socket, stream, request));
    });
    if (!isLetIn) throw new RequestError('SERVICE_UNAVAILABLE', TOO_MANY_AT_ONCE, { retryAfterSeconds: 2 });
  }

  /** Sessions with a socket or an event stream open here. */
  sessions(): string[] {
    return this.connections.sessions();
  }

  /** These sessions are over: graphql-ws clients stop on 4401 and do not come back by themselves. */
  closeSessions(ids: readonly string[]): void {
    this.connections.end(ids);
  }

  /** No new sockets; the open ones are closed in batches, without `complete`: their clients shall come back elsewhere. */
  async close(): Promise<void> {
    this.#stopping = true;
    const open = [...this.#open];
    for (let at = 0; at < open.length; at += CLOSE_BATCH) {
      if (at > 0) await new Promise((resume) => setTimeout(resume, CLOSE_PAUSE_MS));
      for (const socket of open.slice(at, at + CLOSE_BATCH)) socket.close(GOING_AWAY, 'Going away');
    }
    this.#heartbeat.stop();
    // A peer that does not answer the closing handshake is not waited for.
    await Promise.race([this.#allClosed(), new Promise((resume) => setTimeout(resume, 1_000).unref())]);
    for (const socket of this.#open) socket.terminate();
  }

  async #allClosed(): Promise<void> {
    await Promise.all([...this.#open].map((socket) => new Promise((resolve) => void socket.once('close', resolve))));
  }

  #opened(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const { log, metrics } = this.#deps;
    const outbox = new Outbox(socket, stream);
    const traceparent = request.headers['traceparent'] as string | undefined;
    const extra: Extra = { request, traceparent, socket, outbox, session: undefined, running: new Map() };
    this.#open.add(socket);
    this.#heartbeat.add(socket);
    metrics.sockets.inc();
    // Broken frames: `ws` closes with the right code by itself.
    socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
    socket.on('ping', (data) => outbox.pong(data));
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => outbox.send(message),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => this.#listen(socket, receive),
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      this.#open.delete(socket);
      metrics.sockets.dec();
      outbox.close();
      this.#operations.end(extra);
      closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'a socket did not close well'));
    });
  }

  #listen(socket: WebSocket, receive: (message: string) => Promise<void>): void {
    socket.on('message', (data, isBinary) => {
      // What still comes of a socket that is being closed is of no interest.
      if (socket.readyState !== socket.OPEN) return;
      if (isBinary) return socket.close(CloseCode.BadRequest, 'Invalid message received');
      receive((data as Buffer).toString()).catch((error: unknown) => {
        // The library throws at a client that sends a message of the server; the protocol has a code for it.
        if (error instanceof Error && error.message.startsWith('Unexpected message of type'))
          return socket.close(CloseCode.BadRequest, 'Invalid message received');
        this.#deps.log.error({ err: error }, 'a socket message could not be handled');
        socket.close(CloseCode.InternalServerError, 'Internal server error');
      });
    });
  }

  /** False refuses; the socket is then already closed with a code that says why. */
  async #connect({ extra, connectionParams }: Connection): Promise<boolean> {
    const { request, socket } = extra;
    extra.request = undefined;
    if (request === undefined) return false;
    const refuse = (code: number, reason: string): false => {
      socket.close(code, reason);
      return false;
    };
    let session: Session | undefined;
    try {
      session = await this.#sessionOf(request, connectionParams);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'a socket could not be authenticated');
      return refuse(TRY_AGAIN_LATER, 'Try again later');
    }
    if (session === undefined) return refuse(CloseCode.Unauthorized, 'Unauthorized');
    if (socket.readyState !== socket.OPEN) return false;
    const remove = this.connections.add(session.id, () => socket.close(CloseCode.Unauthorized, 'Session ended'));
    // A client must not come back by itself, so it is the protocol's code for too many, which clients stop on.
    if (remove === undefined)
      return refuse(CloseCode.TooManyInitialisationRequests, 'Too many sockets in this session');
    socket.once('close', remove);
    extra.session = session;
    return true;
  }

  async #sessionOf(request: IncomingMessage, params: Record<string, unknown> = {}): Promise<Session | undefined> {
    const authorization = params['Authorization'] ?? params['authorization'];
    const token = this.#deps.sessionEdge.tokenOf(
      request,
      typeof authorization === 'string' ? authorization : request.headers.authorization,
    );
    return token === undefined ? undefined : await this.#deps.sessions.authenticate(token);
  }
}
