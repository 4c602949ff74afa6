import { createClient, MessageType, type Client } from 'graphql-ws';
import { ABNORMAL, TERMINATED } from './close-codes.ts';
import type { Cancel, Environment } from './environment.ts';
import { tell, type ServerError } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';

/** For everything until the acknowledgement: name, TCP, TLS, upgrade, `connectionParams`. Browsers would wait for minutes. */
const CONNECT_MS = 10_000;
const OPEN = 1;

export interface Request {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

export interface Result {
  data?: Record<string, unknown> | null;
  errors?: readonly ServerError[];
}

/** How one subscription goes on one connection. Nothing is told when the connection is gone: its owner knows. */
export interface Sink {
  next: (result: Result) => void;
  error: (errors: readonly ServerError[]) => void;
  complete: () => void;
}

export interface ConnectionOptions {
  url: string;
  connectionParams?: Record<string, unknown> | (() => Record<string, unknown> | Promise<Record<string, unknown>>);
  webSocketImpl?: unknown;
}

export interface ConnectionEvents {
  connected: () => void;
  /** Once, and last; not after `close`. */
  closed: (code: number) => void;
}

/**
 * One socket, from its opening to its end. graphql-ws speaks the protocol on it but does not retry: it would repeat the
 * variables of the beginning, a cursor among them, and would come back without a wait after a close with 1000.
 */
export class Connection {
  readonly #events: ConnectionEvents;
  readonly #heartbeat: Heartbeat;
  readonly #cancelDeadline: Cancel;
  readonly #client: Client;
  #socket: Pick<WebSocket, 'send' | 'close' | 'readyState'> | undefined;
  #isOver = false;

  constructor(options: ConnectionOptions, environment: Environment, events: ConnectionEvents) {
    this.#events = events;
    this.#heartbeat = new Heartbeat(environment, { ping: () => this.#ping(), dead: () => this.#terminate() });
    this.#cancelDeadline = environment.after(CONNECT_MS, () => this.#terminate());
    this.#client = createClient({
      ...options,
      lazy: false,
      onNonLazyError: () => {},
      retryAttempts: 0,
      on: {
        opened: (socket) => {
          this.#socket = socket as WebSocket;
        },
        connected: () => this.#connected(),
        message: () => this.#heard(),
        closed: (event) => this.#closed(codeOf(event)),
      },
    });
  }

  subscribe(request: Request, sink: Sink): () => void {
    let isOver = false;
    const pass = (deliver: () => void) => {
      if (!isOver && !this.#isOver) tell(deliver);
    };
    const stop = this.#client.subscribe(request, {
      next: (result) => pass(() => sink.next(result)),
      // Anything else than a list is the end of the connection.
      error: (errors) => Array.isArray(errors) && pass(() => sink.error(errors as ServerError[])),
      complete: () => pass(sink.complete),
    });
    return () => {
      isOver = true;
      // Not within the message that made somebody stop: graphql-ws would count a `complete` in the same piece as a second
      // subscription that is gone, and after that hang up while others still listen.
      setTimeout(stop);
    };
  }

  /** Gives a connection up that does not answer at once. */
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
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify({ type: MessageType.Ping }));
  }

  #terminate(): void {
    this.#closed(TERMINATED);
  }

  #closed(code: number): void {
    if (!this.#finish()) return;
    this.#abandon();
    this.#events.closed(code);
  }

  /** False: it is over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#cancelDeadline();
    this.#heartbeat.stop();
    return true;
  }

  /** Disposed first, otherwise graphql-ws would open another socket after a close with 1000. */
  #abandon(): void {
    Promise.resolve(this.#client.dispose()).catch(() => {});
    if (this.#socket) this.#socket.close(1000, 'Normal Closure');
    else this.#client.terminate();
  }
}

const codeOf = (event: unknown): number =>
  typeof event === 'object' && event !== null && 'code' in event && typeof event.code === 'number'
    ? event.code
    : ABNORMAL;
