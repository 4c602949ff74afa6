import { verdictOf } from './close-codes.ts';
import type { LiveSocket, SocketEvents } from './socket.ts';
import type { Cancel, Change, Environment } from './environment.ts';
import { LiveError, callListener } from './errors.ts';
import { BackOff } from './retry-wait.ts';
import { createStore } from './store.ts';

export type Status =
  /** There is no subscription, so there is no socket. */
  | { readonly state: 'idle' }
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  /** The next try comes after `retryInMs`. */
  | { readonly state: 'waiting'; readonly retryInMs: number }
  /** The browser reports no network. Tries continue at the longest waits, because the server may be on this machine. */
  | { readonly state: 'offline' }
  /** Nothing is tried until the next subscription. */
  | { readonly state: 'ended'; readonly reason: 'session ended' | 'refused'; readonly closeCode: number };

/** An operation that runs on one socket after another. */
export interface Operation {
  start: (socket: LiveSocket) => void;
  /** The socket is closed. `start` with another one follows, or `failed`. */
  lost: () => void;
  failed: (error: LiveError) => void;
  /** Ends the operation without a call to its listeners. */
  stop: () => void;
}

type Connect = (events: SocketEvents) => LiveSocket;

/** Between two pages of an application there is no subscription for a moment: the socket stays open for this long. */
const LINGER_MS = 1_000;
/** `online` may fire many times in a second, and a refused page may subscribe again at once. */
const BETWEEN_TRIES_MS = 1_000;

const IDLE: Status = { state: 'idle' };
const CONNECTING: Status = { state: 'connecting' };
const CONNECTED: Status = { state: 'connected' };
const OFFLINE: Status = { state: 'offline' };

/** Keeps one socket open while there are operations, and reopens it after waits. */
export class SocketKeeper {
  readonly status = createStore<Status>(IDLE);
  readonly #connect: Connect;
  readonly #environment: Environment;
  readonly #backOff: BackOff;
  readonly #unwatch: Cancel;
  readonly #operations = new Set<Operation>();
  /** Open, or being opened. */
  #socket: LiveSocket | undefined;
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
    if (this.#socket && this.#isConnected) operation.start(this.#socket);
    else if (!this.#socket && !this.#cancelRetry) this.#openSoon(Number.POSITIVE_INFINITY);
  }

  detach(operation: Operation): void {
    if (!this.#operations.delete(operation) || this.#operations.size > 0) return;
    if (this.#socket) this.#cancelLinger = this.#environment.after(LINGER_MS, () => this.#rest());
    else this.#rest();
  }

  /** Ends a wait for the next try, or checks the open socket. */
  tryNow(): void {
    if (this.#isConnected) return this.#socket?.check();
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
    const socket = this.#connect({
      connected: () => this.#connected(socket),
      closed: (code) => this.#closed(code),
    });
    this.#socket = socket;
    this.status.set(this.#environment.isOnline() ? CONNECTING : OFFLINE);
  }

  #connected(socket: LiveSocket): void {
    this.#isConnected = true;
    this.#backOff.begun();
    for (const operation of this.#operations) operation.start(socket);
    this.status.set(CONNECTED);
  }

  #closed(code: number): void {
    this.#socket = undefined;
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
    for (const operation of failed) callListener(() => operation.failed(error));
  }

  /** Closes the socket and the timers: no operation needs them. */
  #rest(): void {
    this.#stopWaiting();
    this.#cancelLinger?.();
    this.#socket?.close();
    this.#socket = undefined;
    this.#isConnected = false;
    this.status.set(IDLE);
  }

  #stopWaiting(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }
}
