import { CloseCode, handleProtocols, makeServer, type Context as SocketContext } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Session, Sessions } from '../../assessments/sessions.ts';
import { RequestError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { Services } from '../../schema/context.ts';
import type { GraphQL } from '../graphql/graphql.ts';
import { Arrivals } from './arrivals.ts';
import { Connection, LiveSocket, type ConnectionHost } from './connection.ts';
import { Heartbeat } from './heartbeat.ts';
import { STOPPING } from '../graphql/http-error.ts';
import type { LiveChannels } from '../graphql/live-channels.ts';
import { SocketOperations } from './operations.ts';

export type SocketDeps = {
  graphql: GraphQL;
  channels: LiveChannels;
  services: Services;
  sessions: Sessions;
  /** The token that a handshake carries, or `connection_init` with an `authorization` of its own. */
  tokenOf: (request: IncomingMessage, authorization?: string) => string | undefined;
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
/** For a peer to answer the closing handshake. */
const NOT_IN_THE_TYPES: object = { closeTimeout: 5_000 };
/** At shutdown so many are closed at once, so that their clients do not all come back in the same moment. */
const CLOSE_BATCH = 200;
const CLOSE_PAUSE_MS = 50;
const TOO_MANY_AT_ONCE = 'Too many come at once. Try again shortly.';
/** RFC 6455 and its registry: the server goes away; come back; try again later. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

type Context = SocketContext<Record<string, unknown>, Connection>;

/** GraphQL subscriptions over `graphql-transport-ws`, by the rules of HTTP: same session, same limits, same errors. */
export class SocketServer {
  readonly #deps: SocketDeps;
  readonly #open = new Set<Connection>();
  readonly #heartbeat: Heartbeat;
  readonly #protocol: ReturnType<typeof makeServer<Record<string, unknown>, Connection>>;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    // A message in a million parts would cost more than its size tells.
    maxFragments: 64,
    maxBufferedChunks: 1_024,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
    // Others have their turn between two messages of one socket.
    allowSynchronousEvents: false,
    handleProtocols,
    WebSocket: LiveSocket,
    ...NOT_IN_THE_TYPES,
  });
  readonly #arrivals = new Arrivals();
  readonly #host: ConnectionHost;
  #stopping = false;

  constructor(deps: SocketDeps) {
    this.#deps = deps;
    this.#heartbeat = new Heartbeat(deps.pingMs ?? PING_MS, this.#open);
    this.#host = {
      log: deps.log,
      pong: (connection, data) => this.#heartbeat.heard(connection, data),
      closed: (connection) => this.#closed(connection),
    };
    const operations = new SocketOperations(deps);
    this.#protocol = makeServer<Record<string, unknown>, Connection>({
      // `Connection` waits by itself: the library's timer would stay as long as the socket.
      connectionInitWaitTimeout: 0,
      onConnect: (ctx) => this.#connect(ctx),
      onSubscribe: ({ extra }, _id, payload) => operations.prepare(extra, payload),
      subscribe: (args) => operations.subscribe(args),
      onNext: (_ctx, _id, _payload, args, result) => operations.published(result, args),
      onError: (_ctx, _id, _payload, errors) => deps.graphql.presentErrors(errors, randomUUID()),
    });
  }

  /** Takes over an HTTP upgrade on the GraphQL path. @throws RequestError where it does not. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (this.#stopping) throw STOPPING;
    const isLetIn = this.#arrivals.add(() => {
      if (this.#stopping) stream.destroy();
      else this.#server.handleUpgrade(request, stream, head, (socket) => this.#opened(socket, stream, request));
    });
    if (!isLetIn) throw new RequestError('SERVICE_UNAVAILABLE', TOO_MANY_AT_ONCE, { retryAfterSeconds: 2 });
  }

  /** Calls this for each upgrade that is no valid handshake: it has to answer and to close. */
  onMalformed(listener: (stream: Duplex, request: IncomingMessage) => void): void {
    this.#server.on('wsClientError', (_error, stream, request) => listener(stream, request));
  }

  /** Sessions with a socket or an event stream open here. */
  sessions(): string[] {
    return this.#deps.channels.sessions();
  }

  /** These sessions are over: graphql-ws clients stop on 4401 and do not come back by themselves. */
  closeSessions(ids: readonly string[]): void {
    this.#deps.channels.end(ids);
  }

  /** No new sockets; the open ones are closed in batches, without `complete`: their clients shall come back elsewhere. */
  async close(): Promise<void> {
    this.#stopping = true;
    const open = [...this.#open];
    for (let at = 0; at < open.length; at += CLOSE_BATCH) {
      if (at > 0) await new Promise((resume) => setTimeout(resume, CLOSE_PAUSE_MS));
      for (const connection of open.slice(at, at + CLOSE_BATCH)) connection.close(GOING_AWAY, 'Going away');
    }
    this.#heartbeat.stop();
    // A peer that does not answer the closing handshake is not waited for.
    await Promise.race([this.#allClosed(), new Promise((resume) => setTimeout(resume, 1_000).unref())]);
    for (const { socket } of this.#open) socket.terminate();
  }

  async #allClosed(): Promise<void> {
    await Promise.all(
      [...this.#open].map(({ socket }) => new Promise((resolve) => void socket.once('close', resolve))),
    );
  }

  #opened(socket: LiveSocket, stream: Duplex, request: IncomingMessage): void {
    const connection = new Connection(socket, stream, request, this.#host);
    this.#open.add(connection);
    this.#deps.metrics.sockets.inc();
    connection.ended = this.#protocol.opened(connection, connection);
  }

  #closed(connection: Connection): void {
    this.#open.delete(connection);
    this.#deps.metrics.sockets.dec();
    if (connection.session !== undefined) this.#deps.channels.remove(connection.session.id, connection);
  }

  /** False refuses; the socket is then already closed with a code that says why. */
  async #connect({ extra: connection, connectionParams }: Context): Promise<boolean> {
    const request = connection.introduced();
    if (request === undefined) return false;
    const refuse = (code: number, reason: string): false => {
      connection.close(code, reason);
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
    if (!connection.isOpen) return false;
    // A client must not come back by itself, so it is the protocol's code for too many, which clients stop on.
    if (!this.#deps.channels.add(session.id, connection))
      return refuse(CloseCode.TooManyInitialisationRequests, 'Too many sockets in this session');
    connection.session = session;
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
