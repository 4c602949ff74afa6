import { verdictOf } from './close-codes.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import type { Cancel, Change, Environment } from './environment.ts';
import { LiveError, tell } from './errors.ts';
import { BackOff } from './retry-wait.ts';
import { createStore } from './store.ts';

export type Status =
  /** Nobody listens. */
  | { readonly state: 'idle' }
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  /** The next try is so long after this moment. */
  | { readonly state: 'waiting'; readonly retryInMs: number }
  /** The browser says that there is no network. Tried all the same, at the longest waits: a server may be on this machine. */
  | { readonly state: 'offline' }
  /** Nothing more is tried until somebody subscribes again. */
  | { readonly state: 'ended'; readonly reason: 'session ended' | 'refused'; readonly closeCode: number };

/** Something that runs over each connection in turn. */
export interface Operation {
  start: (connection: Connection) => void;
  /** The connection is gone; another one follows, or `failed`. */
  lost: () => void;
  failed: (error: LiveError) => void;
  /** Nothing more is told to anybody. */
  stop: () => void;
}

type Connect = (events: ConnectionEvents) => Connection;

/** From one page of an application to the next nobody listens for a moment: that is no reason to hang up. */
const LINGER_MS = 1_000;
/** `online` may come many times in a second, and whoever was refused may ask again at once. */
const BETWEEN_TRIES_MS = 1_000;

const IDLE: Status = { state: 'idle' };
const CONNECTING: Status = { state: 'connecting' };
const CONNECTED: Status = { state: 'connected' };
const OFFLINE: Status = { state: 'offline' };

/** Keeps one connection open for as long as somebody has something to run over it. */
export class Link {
  readonly status = createStore<Status>(IDLE);
  readonly #connect: Connect;
  readonly #environment: Environment;
  readonly #backOff: BackOff;
  readonly #unwatch: Cancel;
  readonly #operations = new Set<Operation>();
  /** Open, or being opened. */
  #connection: Connection | undefined;
  #isConnected = false;
  #triedAt = Number.NEGATIVE_INFINITY;
  #retryAt = 0;
  #cancelRetry: Cancel | undefined;
  #cancelLinger: Cancel | undefined;
  #isClosed = false;

  constructor(connect: Connect, environment: Environment) {
    this.#connect = connect;
    this.#environment = environment;
    this.#backOff = new BackOff(environment);
    this.#unwatch = environment.watch((change) => this.#changed(change));
  }

  attach(operation: Operation): void {
    if (this.#isClosed) return operation.failed(new LiveError('CLOSED', 'This live client was closed.'));
    this.#cancelLinger?.();
    this.#operations.add(operation);
    if (this.#connection && this.#isConnected) operation.start(this.#connection);
    else if (!this.#connection && !this.#cancelRetry) this.#openSoon(Number.POSITIVE_INFINITY);
  }

  detach(operation: Operation): void {
    if (!this.#operations.delete(operation) || this.#operations.size > 0) return;
    if (this.#connection) this.#cancelLinger = this.#environment.after(LINGER_MS, () => this.#rest());
    else this.#rest();
  }

  /** Ends a wait; makes sure that an open connection is alive. */
  tryNow(): void {
    if (this.#isConnected) return this.#connection?.check();
    if (this.#cancelRetry) this.#openSoon(this.#retryAt);
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    for (const operation of this.#operations) operation.stop();
    this.#rest();
  }

  #changed(change: Change): void {
    if (change !== 'offline' || this.#isConnected) this.tryNow();
    else if (this.#cancelRetry) this.#retryIn(this.#backOff.nextMs());
  }

  #openSoon(latestAt: number): void {
    const waitMs = Math.min(latestAt, this.#triedAt + BETWEEN_TRIES_MS) - this.#environment.now();
    if (waitMs > 0) this.#retryIn(waitMs);
    else this.#open();
  }

  #open(): void {
    this.#stopWaiting();
    this.#triedAt = this.#environment.now();
    const connection = this.#connect({
      connected: () => this.#connected(connection),
      closed: (code) => this.#closed(code),
    });
    this.#connection = connection;
    this.status.set(this.#environment.isOnline() ? CONNECTING : OFFLINE);
  }

  #connected(connection: Connection): void {
    this.#isConnected = true;
    this.#backOff.begun();
    for (const operation of this.#operations) operation.start(connection);
    this.status.set(CONNECTED);
  }

  #closed(code: number): void {
    this.#connection = undefined;
    this.#isConnected = false;
    for (const operation of this.#operations) operation.lost();
    const verdict = verdictOf(code);
    if (verdict !== 'retry') return this.#end(verdict === 'ended', code);
    if (this.#operations.size > 0) this.#retryIn(this.#backOff.nextMs());
    else this.#rest();
  }

  #retryIn(ms: number): void {
    this.#stopWaiting();
    this.#retryAt = this.#environment.now() + ms;
    this.#cancelRetry = this.#environment.after(ms, () => this.#open());
    this.status.set(this.#environment.isOnline() ? { state: 'waiting', retryInMs: ms } : OFFLINE);
  }

  #end(isSession: boolean, closeCode: number): void {
    const error = isSession
      ? new LiveError('SESSION_ENDED', 'The session has ended.', { closeCode })
      : new LiveError('REFUSED', `The server refuses this client with ${closeCode}.`, { closeCode });
    const failed = [...this.#operations];
    this.#operations.clear();
    this.#cancelLinger?.();
    this.status.set({ state: 'ended', reason: isSession ? 'session ended' : 'refused', closeCode });
    for (const operation of failed) tell(() => operation.failed(error));
  }

  /** Nobody needs a connection. */
  #rest(): void {
    this.#stopWaiting();
    this.#cancelLinger?.();
    this.#connection?.close();
    this.#connection = undefined;
    this.#isConnected = false;
    this.status.set(IDLE);
  }

  #stopWaiting(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }
}
