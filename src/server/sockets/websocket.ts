import { CloseCode, handleProtocols, makeServer, type Context as SocketContext } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Network } from '../../assessments/networks.ts';
import type { Session, Sessions } from '../../assessments/sessions.ts';
import { RequestError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { Services } from '../../schema/context.ts';
import type { GraphQL } from '../graphql/graphql.ts';
import { Arrivals } from './arrivals.ts';
import { ClientSocket, WsSocket, type SocketHost } from './client-socket.ts';
import { Heartbeat } from './heartbeat.ts';
import { MessageRate } from './message-rate.ts';
import { PausedSockets } from './paused.ts';
import { STOPPING } from '../graphql/http-error.ts';
import { TOO_MANY_OF_ADDRESS } from '../graphql/channels-by-address.ts';
import { countRequest } from '../graphql/operation-check.ts';
import type { LiveChannels } from '../graphql/live-channels.ts';
import { SocketOperations } from './operations.ts';

export type SocketDeps = {
  graphql: GraphQL;
  channels: LiveChannels;
  services: Services;
  sessions: Sessions;
  /** The session token of an upgrade request; `authorization` of `connection_init` replaces the header. */
  tokenOf: (request: IncomingMessage, authorization?: string) => string | undefined;
  /** Limit of WebSockets and event streams together; 0: none. */
  socketsPerSessionMax: number;
  /** The networks of the client's address. */
  networksOf: (request: IncomingMessage) => readonly Network[];
  log: Log;
  metrics: Metrics;
  /** Interval of pings. A socket without a pong is terminated within two of them. @defaultValue 12 s */
  pingMs?: number;
};

/** Room for a subscription document and its variables: ten times the longest of the web page. An unfinished one stays in memory. */
const MESSAGE_BYTES_MAX = 16 * 1024;
/** Parts of a message: browsers send it in one frame. Each takes memory beside its bytes. */
const FRAGMENTS_MAX = 16;
/** Reads of a message that has not arrived in full: it has 30 packets of 576 bytes. Each takes memory beside its bytes. */
const CHUNKS_MAX = 64;
const PING_MS = 12_000;
/** Time for a peer to answer the closing handshake. An option of `ws` that its types do not have. */
const CLOSE_TIMEOUT: object = { closeTimeout: 5_000 };
/** Sockets that a shutdown closes at once; pauses between the batches keep their clients from reconnecting all together. */
const CLOSE_BATCH = 200;
const CLOSE_PAUSE_MS = 50;
const TOO_MANY_AT_ONCE = 'Too many WebSockets are being opened at once. Try again shortly.';
/** Close codes of RFC 6455 and of its registry, on which clients reconnect. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

type Context = SocketContext<Record<string, unknown>, ClientSocket>;

/** GraphQL subscriptions over `graphql-transport-ws`, with the sessions, limits and errors that HTTP has. */
export class SocketServer {
  readonly #deps: SocketDeps;
  readonly #open = new Set<ClientSocket>();
  readonly #heartbeat: Heartbeat;
  readonly #protocol: ReturnType<typeof makeServer<Record<string, unknown>, ClientSocket>>;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: CHUNKS_MAX,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
    // Between two messages of one socket the event loop serves others.
    allowSynchronousEvents: false,
    handleProtocols,
    WebSocket: WsSocket,
    ...CLOSE_TIMEOUT,
  });
  readonly #arrivals = new Arrivals();
  readonly #messageRate = new MessageRate();
  readonly #host: SocketHost;
  #stopping = false;

  constructor(deps: SocketDeps) {
    this.#deps = deps;
    this.#heartbeat = new Heartbeat(deps.pingMs ?? PING_MS, this.#open);
    this.#host = {
      log: deps.log,
      pong: (socket, data) => this.#heartbeat.pong(socket, data),
      count: (socket) => this.#messageRate.count(socket),
      paused: new PausedSockets(),
      closed: (socket) => this.#closed(socket),
    };
    const operations = new SocketOperations(deps);
    this.#protocol = makeServer<Record<string, unknown>, ClientSocket>({
      // `ClientSocket` has the time-out: the library keeps its timer as long as the socket.
      connectionInitWaitTimeout: 0,
      onConnect: (ctx) => this.#connect(ctx),
      onSubscribe: ({ extra }, id, payload) => operations.prepare(extra, { id, ...payload }),
      subscribe: (args) => operations.subscribe(args),
      onNext: (_ctx, _id, _payload, args, result) => operations.present(result, args),
      onError: (_ctx, _id, _payload, errors) => deps.graphql.presentErrors(errors, randomUUID()),
    });
  }

  /** Accepts an HTTP upgrade on the GraphQL path. @throws RequestError (SERVICE_UNAVAILABLE, RATE_LIMITED) */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (this.#stopping) throw STOPPING;
    const networks = this.#deps.networksOf(request);
    if (!this.#deps.channels.byAddress.hasRoomForPending(networks)) throw TOO_MANY_OF_ADDRESS;
    countRequest(networks, this.#deps.graphql.queryRate);
    const isAccepted = this.#arrivals.add(() => {
      // Others of the address were accepted while it waited.
      if (this.#stopping || !this.#deps.channels.byAddress.hasRoomForPending(networks)) stream.destroy();
      else this.#server.handleUpgrade(request, stream, head, (ws) => this.#opened(ws, stream, request, networks));
    });
    if (!isAccepted) throw new RequestError('SERVICE_UNAVAILABLE', TOO_MANY_AT_ONCE, { retryAfterSeconds: 2 });
  }

  /** @param respond called for each invalid handshake; it has to send a response and to close the connection */
  onMalformed(respond: (stream: Duplex, request: IncomingMessage) => void): void {
    this.#server.on('wsClientError', (_error, stream, request) => respond(stream, request));
  }

  /** Ids of the sessions with an open WebSocket or event stream in this process. */
  sessions(): string[] {
    return this.#deps.channels.sessions();
  }

  /** Closes the channels of ended sessions: WebSockets with 4401, on which graphql-ws clients do not reconnect. */
  closeSessions(ids: readonly string[]): void {
    this.#deps.channels.end(ids);
  }

  /**
   * Refuses new sockets and closes the open ones in batches. Subscriptions get no `complete`, so that their clients
   * resume them at another process.
   */
  async close(): Promise<void> {
    this.#stopping = true;
    const open = [...this.#open];
    for (let at = 0; at < open.length; at += CLOSE_BATCH) {
      if (at > 0) await new Promise((resume) => setTimeout(resume, CLOSE_PAUSE_MS));
      for (const socket of open.slice(at, at + CLOSE_BATCH)) socket.close(GOING_AWAY, 'Going away');
    }
    this.#heartbeat.stop();
    // At most a second for the closing handshakes.
    await Promise.race([this.#allClosed(), new Promise((resume) => setTimeout(resume, 1_000).unref())]);
    for (const { socket } of this.#open) socket.terminate();
  }

  async #allClosed(): Promise<void> {
    await Promise.all(
      [...this.#open].map(({ socket }) => new Promise((resolve) => void socket.once('close', resolve))),
    );
  }

  #opened(ws: WsSocket, stream: Duplex, request: IncomingMessage, networks: readonly Network[]): void {
    const counts = this.#deps.channels.byAddress.add(networks);
    const holding = this.#deps.channels.held.open(counts);
    const socket = new ClientSocket(ws, { stream, request, counts, holding }, this.#host);
    this.#open.add(socket);
    this.#deps.metrics.sockets.inc();
    socket.onClosed = this.#protocol.opened(socket, socket);
  }

  #closed(socket: ClientSocket): void {
    this.#open.delete(socket);
    this.#messageRate.forget(socket);
    this.#host.paused.remove(socket);
    this.#deps.channels.byAddress.remove(socket.counts, socket.session !== undefined);
    this.#deps.metrics.sockets.dec();
    if (socket.session !== undefined) this.#deps.channels.remove(socket.session.id, socket);
  }

  /** Authenticates a socket. @returns false if it was closed, with a code that says why */
  async #connect({ extra: socket, connectionParams }: Context): Promise<boolean> {
    const request = socket.takeRequest();
    if (request === undefined) return false;
    const refuse = (code: number, reason: string): false => {
      socket.close(code, reason);
      return false;
    };
    let session: Session | undefined;
    try {
      session = await this.#sessionOf(request, connectionParams);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'could not authenticate a WebSocket: its client is told to try again later');
      return refuse(TRY_AGAIN_LATER, 'Try again later');
    }
    if (session === undefined) return refuse(CloseCode.Unauthorized, 'Unauthorized');
    if (!socket.isOpen) return false;
    // 4429: graphql-ws clients do not reconnect on it.
    if (!this.#deps.channels.add(session.id, socket))
      return refuse(CloseCode.TooManyInitialisationRequests, 'Too many sockets in this session');
    socket.session = session;
    this.#deps.channels.byAddress.authenticated(socket.counts);
    return true;
  }

  async #sessionOf(request: IncomingMessage, params: Record<string, unknown> = {}): Promise<Session | undefined> {
    const { authorization } = params;
    const token = this.#deps.tokenOf(
      request,
      typeof authorization === 'string' ? authorization : request.headers.authorization,
    );
    return token === undefined ? undefined : await this.#deps.sessions.authenticate(token);
  }
}
