import { CloseCode, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import type { Session } from '../../assessments/sessions.ts';
import { SmallSet } from '../../memory/small-set.ts';
import type { Log } from '../../log.ts';
import type { Channel } from '../graphql/live-channels.ts';
import type { ChannelCounts } from '../graphql/channels-by-address.ts';
import type { Holding } from '../graphql/held-bytes.ts';
import { Inbox } from './inbox.ts';
import { Outbox } from './outbox.ts';
import { essentialMessage } from './message.ts';
import type { PausedSockets } from './paused.ts';
import type { SubscriptionEvents } from '../graphql/subscription.ts';

/** Time for a client to authenticate by `connection_init`. */
const INIT_MS = 5_000;

/** A subscription of a socket. */
export type SocketSubscription = {
  /** Memory that it takes for its document and variables, in bytes. */
  readonly keptBytes: number;
  /** Undefined until it has started. */
  readonly events: SubscriptionEvents | undefined;
};

/** The upgrade that a socket comes from. */
export type Handshake = { stream: Duplex; request: IncomingMessage; counts: ChannelCounts; holding: Holding };

/** The parts of the server that a socket uses. */
export type SocketHost = {
  readonly log: Log;
  pong: (socket: ClientSocket, data: Buffer) => void;
  /** Counts a message or a ping of the client. */
  count: (socket: ClientSocket) => void;
  readonly paused: PausedSockets;
  closed: (socket: ClientSocket) => void;
};

/** The socket of `ws` with a reference to its `ClientSocket`, so that all sockets share their event listeners. */
export class WsSocket extends WebSocket {
  client: ClientSocket | undefined = undefined;
}

/**
 * A client's WebSocket, as graphql-ws uses it. Many thousand may be idle, so each byte counts: it has methods and no
 * closures, one listener for each kind of event, and drops what only the handshake needs.
 */
export class ClientSocket implements ProtocolSocket, Channel {
  readonly socket: WsSocket;
  /** The memory that its messages and subscriptions take. */
  readonly holding: Holding;
  readonly outbox: Outbox;
  readonly #inbox: Inbox;
  /** Trace of the request that opened the socket. */
  readonly traceparent: string | undefined;
  /** Kept as objects and not by id, because a client may use one id twice. */
  readonly subscriptions = new SmallSet<SocketSubscription>();
  /** Sum over the subscriptions. */
  keptBytes = 0;
  session: Session | undefined = undefined;
  /** False from a ping until its pong. */
  hasPonged = true;
  /** Messages in the current second. */
  messages = 0;
  /** Of the networks of the client's address. */
  readonly counts: ChannelCounts;
  /** Function of graphql-ws to call when the socket has closed. */
  onClosed: ((code?: number, reason?: string) => Promise<void>) | undefined = undefined;
  readonly #host: SocketHost;
  /** Dropped by authentication: keeping it would double the memory of an idle socket. */
  #request: IncomingMessage | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  #receive: ((message: string) => Promise<void>) | undefined = undefined;

  constructor(socket: WsSocket, handshake: Handshake, host: SocketHost) {
    const { stream, request, counts, holding } = handshake;
    this.socket = socket;
    this.counts = counts;
    this.holding = holding;
    this.outbox = new Outbox(socket, stream, holding, this);
    this.#inbox = new Inbox(holding, this.#overfull.bind(this));
    stream.on('data', this.#arrived.bind(this));
    this.traceparent = traceparentOf(request.headers['traceparent']);
    this.#host = host;
    this.#request = request;
    this.#initTimer = setTimeout(closeUnauthenticated, INIT_MS, this);
    socket.client = this;
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

  /** Closes the socket because its session has ended. */
  end(): void {
    this.close(CloseCode.Unauthorized, 'Session ended');
  }

  onMessage(receive: (message: string) => Promise<void>): void {
    this.#receive = receive;
  }

  /** Returns the upgrade request once, then releases it; the initialisation time-out stops. */
  takeRequest(): IncomingMessage | undefined {
    const request = this.#request;
    this.#request = undefined;
    clearTimeout(this.#initTimer);
    this.#initTimer = undefined;
    return request;
  }

  received(data: RawData, isBinary: boolean): void {
    this.#inbox.message((data as Buffer).length);
    this.#host.count(this);
    // A socket that is being closed still delivers messages; they are ignored.
    if (!this.isOpen) return;
    const message = isBinary ? undefined : essentialMessage((data as Buffer).toString());
    if (message === undefined) return this.close(CloseCode.BadRequest, 'Invalid message received');
    // bind() and no closure: this promise lasts as long as the subscription, and a bound function takes half the memory.
    this.#receive?.(message).catch(this.#failed.bind(this));
  }

  addSubscription(subscription: SocketSubscription): void {
    this.subscriptions.add(subscription);
    this.keptBytes += subscription.keptBytes;
  }

  /** @returns false if it was removed before */
  removeSubscription(subscription: SocketSubscription): boolean {
    if (!this.subscriptions.has(subscription)) return false;
    this.subscriptions.delete(subscription);
    this.keptBytes -= subscription.keptBytes;
    return true;
  }

  /** Counts the bytes that Node has read while this socket is paused. */
  countUnread(): void {
    this.#inbox.waits(this.outbox.unreadBytes);
  }

  onPause(): void {
    this.#host.paused.add(this);
  }

  onResume(): void {
    this.#host.paused.remove(this);
  }

  ping(data: Buffer): void {
    this.#inbox.control(data.length);
    this.#host.count(this);
    this.outbox.pong(data);
  }

  pong(data: Buffer): void {
    this.#inbox.control(data.length);
    this.#host.pong(this, data);
  }

  closed(code: number, reason: string): void {
    this.takeRequest();
    this.outbox.close();
    this.#host.closed(this);
    // graphql-ws ends subscriptions by id, so it misses one of two that had the same id.
    for (const { events } of this.subscriptions) void events?.return();
    this.holding.close();
    this.onClosed?.(code, reason).catch((error: unknown) =>
      this.#host.log.error({ err: error }, 'could not end the subscriptions of a closed WebSocket'),
    );
  }

  /** Malformed frames or a broken connection: `ws` closes the socket with the right code by itself. */
  broke(error: Error): void {
    this.#host.log.debug({ err: error }, 'a WebSocket failed');
  }

  #arrived({ length }: Buffer): void {
    this.#inbox.arrived(length);
  }

  /** Not by a closing handshake, which would wait for a client that sends without end. */
  #overfull(): void {
    this.#host.log.debug({}, 'a WebSocket is cut off: there is no room for the message that it does not finish');
    this.socket.terminate();
  }

  #failed(error: unknown): void {
    this.#host.log.error({ err: error }, 'could not handle a message of a WebSocket: the socket is closed');
    this.close(CloseCode.InternalServerError, 'Internal server error');
  }
}

/** Characters of a valid `traceparent`. The socket keeps it, and a header may have 16 KB. */
const TRACEPARENT_CHARACTERS = 55;

const traceparentOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header.length === TRACEPARENT_CHARACTERS ? header : undefined;

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  clientOf(this)?.received(data, isBinary);
}

function onPing(this: WebSocket, data: Buffer): void {
  clientOf(this)?.ping(data);
}

function onPong(this: WebSocket, data: Buffer): void {
  clientOf(this)?.pong(data);
}

function onError(this: WebSocket, error: Error): void {
  clientOf(this)?.broke(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  clientOf(this)?.closed(code, String(reason));
}

const clientOf = (socket: WebSocket): ClientSocket | undefined => (socket as WsSocket).client;

/** RFC 6455, 5.5: a control frame carries at most 125 bytes, of which two are the code. */
const REASON_BYTES_MAX = 123;

function asReason(text: string): string {
  let reason = text.toWellFormed();
  while (Buffer.byteLength(reason) > REASON_BYTES_MAX) reason = reason.slice(0, -1).toWellFormed();
  return reason;
}

const closeUnauthenticated = (socket: ClientSocket): void =>
  socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
