import { createClient, MessageType, type Client } from 'graphql-ws';
import { ABNORMAL, TERMINATED } from './close-codes.ts';
import type { Cancel, Environment } from './environment.ts';
import { callListener, type ServerError } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';

/** From the DNS query to `connection_ack`, `connectionParams` included. Browsers would wait for minutes. */
const CONNECT_MS = 10_000;
const OPEN = 1;

export interface Request {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

export interface Result {
  data?: Record<string, unknown> | null | undefined;
  errors?: readonly ServerError[] | undefined;
}

/** Receives the messages of one subscription on one socket. Not called when the socket closes: `SocketEvents.closed` is. */
export interface Sink {
  next: (result: Result) => void;
  error: (errors: readonly ServerError[]) => void;
  complete: () => void;
}

export interface SocketOptions {
  url: string;
  connectionParams?:
    | Record<string, unknown>
    | (() => Record<string, unknown> | Promise<Record<string, unknown>>)
    | undefined;
  webSocketImpl?: unknown;
}

export interface SocketEvents {
  connected: () => void;
  /** Called once, as the last event; not after `close`. */
  closed: (code: number) => void;
}

/**
 * One WebSocket, from its opening to its end. graphql-ws speaks the protocol but does not retry: its retries would send
 * the first variables again, with an old cursor, and would not wait after a close with 1000.
 */
export class LiveSocket {
  readonly #events: SocketEvents;
  readonly #heartbeat: Heartbeat;
  readonly #cancelDeadline: Cancel;
  readonly #client: Client;
  #webSocket: Pick<WebSocket, 'send' | 'close' | 'readyState'> | undefined;
  #isOver = false;

  constructor(options: SocketOptions, environment: Environment, events: SocketEvents) {
    this.#events = events;
    this.#heartbeat = new Heartbeat(environment, { ping: () => this.#ping(), dead: () => this.#terminate() });
    this.#client = createClient({
      ...options,
      lazy: false,
      onNonLazyError: () => {},
      retryAttempts: 0,
      on: {
        opened: (webSocket) => {
          this.#webSocket = webSocket as WebSocket;
        },
        connected: () => this.#connected(),
        message: () => this.#heard(),
        closed: (event) => this.#closed(codeOf(event)),
      },
    });
    // After the client, whose options may be refused.
    this.#cancelDeadline = environment.after(CONNECT_MS, () => this.#terminate());
  }

  subscribe(request: Request, sink: Sink): () => void {
    let isOver = false;
    const pass = (deliver: () => void) => {
      if (!isOver && !this.#isOver) callListener(deliver);
    };
    const stop = this.#client.subscribe(request, {
      next: (result) => pass(() => sink.next(result)),
      // graphql-ws reports the end of the socket here as well, but not as a list.
      error: (errors) => Array.isArray(errors) && pass(() => sink.error(errors as ServerError[])),
      complete: () => pass(sink.complete),
    });
    return () => {
      isOver = true;
      // Not while a message is handled: if its chunk also holds the `complete`, graphql-ws would count the subscription as
      // ended twice, and would close the socket of the remaining ones.
      setTimeout(stop);
    };
  }

  /** Pings, and closes the socket if no pong comes soon. */
  check(): void {
    if (!this.#isOver) this.#heartbeat.check();
  }

  close(): void {
    if (this.#finish()) this.#abandon();
  }

  #connected(): void {
    if (this.#isOver) return;
    this.#cancelDeadline();
    this.#events.connected();
  }

  #heard(): void {
    if (!this.#isOver) this.#heartbeat.alive();
  }

  #ping(): void {
    if (this.#webSocket?.readyState === OPEN) this.#webSocket.send(JSON.stringify({ type: MessageType.Ping }));
  }

  #terminate(): void {
    this.#closed(TERMINATED);
  }

  #closed(code: number): void {
    if (!this.#finish()) return;
    this.#abandon();
    this.#events.closed(code);
  }

  /** False if it has finished before. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#cancelDeadline();
    this.#heartbeat.stop();
    return true;
  }

  /** Disposes the client first, otherwise graphql-ws would open another socket after a close with 1000. */
  #abandon(): void {
    Promise.resolve(this.#client.dispose()).catch(() => {});
    if (this.#webSocket) this.#webSocket.close(1000, 'Normal Closure');
    else this.#client.terminate();
  }
}

const codeOf = (event: unknown): number =>
  typeof event === 'object' && event !== null && 'code' in event && typeof event.code === 'number'
    ? event.code
    : ABNORMAL;
