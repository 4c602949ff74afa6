import { CloseCode, parseMessage, type SubscribePayload, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import type { Session } from '../assessments/sessions.ts';
import { Few } from '../delivery/few.ts';
import type { Log } from '../log.ts';
import type { Live } from './live-connections.ts';
import { Outbox } from './outbox.ts';
import type { PublicEvents } from './public-events.ts';

/** For a client to say who it is. */
const INIT_MS = 5_000;

/** A valid message of the protocol. */
type Message = { id?: string };

/** A subscription as it was asked for, and its events once it has begun. */
export type Subscription = { -readonly [Key in keyof SubscribePayload]: SubscribePayload[Key] } & {
  events?: PublicEvents;
};

/** The server of a connection, and what it does about it. */
export type Owner = {
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
  /** By the request that began it and not by its id, which a client can use for two. */
  readonly running = new Few<Subscription>();
  session: Session | undefined = undefined;
  /** Whether it has answered the last ping. */
  answered = true;
  /** Told by the protocol when it is opened: what is to be done once it is closed. */
  ended: ((code?: number, reason?: string) => Promise<void>) | undefined = undefined;
  readonly #owner: Owner;
  /** Until it is known who came: it would cost as much as the rest of an idle socket. */
  #request: IncomingMessage | undefined;
  /** Runs out if it is not known by then. */
  #patience: NodeJS.Timeout | undefined;
  #receive: ((message: string) => Promise<void>) | undefined = undefined;

  constructor(socket: LiveSocket, stream: Duplex, request: IncomingMessage, owner: Owner) {
    this.socket = socket;
    this.outbox = new Outbox(socket, stream);
    this.traceparent = request.headers['traceparent'] as string | undefined;
    this.#owner = owner;
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
    this.socket.close(code, reason);
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
    const message = isBinary ? undefined : parsed(data as Buffer);
    if (message === undefined) return this.#invalid();
    // Lasts as long as a subscription. What is bound takes half of what a closure does.
    this.#handOver(message)?.catch(this.#failed.bind(this));
  }

  /** The library takes parsed messages too. Of a subscription it would keep the text for as long as that lasts. */
  #handOver(message: Message): Promise<void> | undefined {
    const { id } = message;
    if (id !== undefined) message.id = keyOf(id);
    const handled = this.#receive?.(message as never);
    // By now the library has its key; from here on this is what the client is answered with.
    if (id !== undefined) message.id = id;
    return handled;
  }

  pong(data: Buffer): void {
    this.#owner.pong(this, data);
  }

  closed(code: number, reason: string): void {
    this.introduced();
    this.outbox.close();
    this.#owner.closed(this);
    this.ended?.(code, reason).catch((error: unknown) =>
      this.#owner.log.error({ err: error }, 'a socket did not close well'),
    );
  }

  /** Broken frames, or a connection that broke: `ws` closes with the right code by itself. */
  broke(error: Error): void {
    this.#owner.log.debug({ err: error }, 'a socket failed');
  }

  #failed(error: unknown): void {
    // The library throws at a client that sends a message of the server; the protocol has a code for it.
    if (error instanceof Error && error.message.startsWith('Unexpected message of type')) return this.#invalid();
    this.#owner.log.error({ err: error }, 'a socket message could not be handled');
    this.close(CloseCode.InternalServerError, 'Internal server error');
  }

  #invalid(): void {
    this.close(CloseCode.BadRequest, 'Invalid message received');
  }
}

/** Undefined: it is none. */
function parsed(data: Buffer): Message | undefined {
  try {
    return parseMessage(data.toString()) as Message;
  } catch {
    return undefined;
  }
}

/**
 * The library keeps subscriptions in an object, by their ids. One that is a number would be an index, and make V8 set
 * aside all places before it: 12 KB for a subscription "1000".
 */
const keyOf = (id: string): string => (/^#*\d+$/.test(id) ? `#${id}` : id);

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

const giveUp = (connection: Connection): void =>
  connection.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
