import { CloseCode, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import type { Session } from '../../assessments/sessions.ts';
import { SmallSet } from '../../memory/small-set.ts';
import type { Log } from '../../log.ts';
import type { Live } from '../graphql/live-channels.ts';
import { Outbox } from './outbox.ts';
import { essentialMessage } from './message.ts';
import type { SubscriptionEvents } from '../graphql/subscription.ts';

/** For a client to say who it is. */
const INIT_MS = 5_000;

/** A subscription of a connection. */
export type Running = {
  /** Memory for what its client sent with it, in bytes. */
  readonly keptBytes: number;
  /** Once it has begun. */
  readonly events: SubscriptionEvents | undefined;
};

/** The server of a connection, and what it does about it. */
export type ConnectionHost = {
  readonly log: Log;
  pong: (connection: Connection, data: Buffer) => void;
  closed: (connection: Connection) => void;
};

/** The socket of the library, which knows its connection: listeners can be shared then, where closures add up. */
export class LiveSocket extends WebSocket {
  connection: Connection | undefined = undefined;
}

/**
 * One socket with all that is known of it, and its side of graphql-ws. Many thousand lie idle, so that each byte counts:
 * methods and no closures, one listener for each kind of event, nothing kept that was needed only for the beginning.
 */
export class Connection implements ProtocolSocket, Live {
  readonly socket: LiveSocket;
  readonly outbox: Outbox;
  /** Of the request that opened the socket. */
  readonly traceparent: string | undefined;
  /** By themselves and not by their ids, which a client can use for two. */
  readonly running = new SmallSet<Running>();
  /** The same of all of them. */
  keptBytes = 0;
  session: Session | undefined = undefined;
  /** Whether it has answered the last ping. */
  answered = true;
  /** Told by the protocol when it is opened: what is to be done once it is closed. */
  ended: ((code?: number, reason?: string) => Promise<void>) | undefined = undefined;
  readonly #host: ConnectionHost;
  /** Until it is known who came: it would cost as much as the rest of an idle socket. */
  #request: IncomingMessage | undefined;
  /** Runs out if it is not known by then. */
  #patience: NodeJS.Timeout | undefined;
  #receive: ((message: string) => Promise<void>) | undefined = undefined;

  constructor(socket: LiveSocket, stream: Duplex, request: IncomingMessage, host: ConnectionHost) {
    this.socket = socket;
    this.outbox = new Outbox(socket, stream);
    this.traceparent = traceparentOf(request.headers['traceparent']);
    this.#host = host;
    this.#request = request;
    this.#patience = setTimeout(giveUp, INIT_MS, this);
    socket.connection = this;
    socket.on('message', onMessage);
    socket.on('ping', onPing);
    socket.on('pong', onPong);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  send(message: string): Promise<void> | undefined {
    return this.outbox.send(message);
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason === undefined ? undefined : asReason(reason));
  }

  /** Its session is over. */
  end(): void {
    this.close(CloseCode.Unauthorized, 'Session ended');
  }

  onMessage(receive: (message: string) => Promise<void>): void {
    this.#receive = receive;
  }

  /** The request that opened the socket, for the one who asks first: the client says who it is. */
  introduced(): IncomingMessage | undefined {
    const request = this.#request;
    this.#request = undefined;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    return request;
  }

  received(data: RawData, isBinary: boolean): void {
    // What still comes of a socket that is being closed is of no interest.
    if (!this.isOpen) return;
    const message = isBinary ? undefined : essentialMessage((data as Buffer).toString());
    if (message === undefined) return this.#invalid();
    // Lasts as long as a subscription. A bound function takes half of what a closure does.
    this.#receive?.(message).catch(this.#failed.bind(this));
  }

  begin(subscription: Running): void {
    this.running.add(subscription);
    this.keptBytes += subscription.keptBytes;
  }

  /** False if it was over before. */
  over(subscription: Running): boolean {
    if (!this.running.has(subscription)) return false;
    this.running.delete(subscription);
    this.keptBytes -= subscription.keptBytes;
    return true;
  }

  pong(data: Buffer): void {
    this.#host.pong(this, data);
  }

  closed(code: number, reason: string): void {
    this.introduced();
    this.outbox.close();
    this.#host.closed(this);
    // graphql-ws ends what it knows by its id, which is not all if one was used twice.
    for (const { events } of this.running) void events?.return();
    this.ended?.(code, reason).catch((error: unknown) =>
      this.#host.log.error({ err: error }, 'a socket did not close well'),
    );
  }

  /** Broken frames, or a connection that broke: `ws` closes with the right code by itself. */
  broke(error: Error): void {
    this.#host.log.debug({ err: error }, 'a socket failed');
  }

  #failed(error: unknown): void {
    this.#host.log.error({ err: error }, 'a socket message could not be handled');
    this.close(CloseCode.InternalServerError, 'Internal server error');
  }

  #invalid(): void {
    this.close(CloseCode.BadRequest, 'Invalid message received');
  }
}

/** Characters of a `traceparent`: the socket keeps it, and a header may have 16 KB. */
const TRACEPARENT_CHARACTERS = 55;

const traceparentOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header.length === TRACEPARENT_CHARACTERS ? header : undefined;

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  of(this)?.received(data, isBinary);
}

function onPing(this: WebSocket, data: Buffer): void {
  of(this)?.outbox.pong(data);
}

function onPong(this: WebSocket, data: Buffer): void {
  of(this)?.pong(data);
}

function onError(this: WebSocket, error: Error): void {
  of(this)?.broke(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  of(this)?.closed(code, String(reason));
}

const of = (socket: WebSocket): Connection | undefined => (socket as LiveSocket).connection;

/** RFC 6455, 5.5: a control frame has 125 bytes, of which two are the code. */
const REASON_BYTES_MAX = 123;

function asReason(text: string): string {
  let reason = text.toWellFormed();
  while (Buffer.byteLength(reason) > REASON_BYTES_MAX) reason = reason.slice(0, -1).toWellFormed();
  return reason;
}

const giveUp = (connection: Connection): void =>
  connection.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
