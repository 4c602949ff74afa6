import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** What may wait in memory for a slow reader before nothing more is made for it, or read of it. */
const BACKLOG_BYTES_MAX = 64 * 1024;

/** Enough that they share a write. */
const EVENTS_IN_A_TURN_MAX = 8;

/**
 * What goes out over one socket. While its reader does not read, no further event is made for it and nothing more is
 * read of it, so that it costs little more than the backlog, however much it asks for.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  #corked = false;
  /** Characters of the largest message so far. */
  #largest = 1;
  /** Events that wait for their turn. */
  #waiting: (() => void)[] = [];
  #admitting = false;

  /** @param stream what the socket writes to */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
  }

  /**
   * Resolves when the next message may follow: at once, or once this one has left if too much waits. The same if it
   * can't leave any more: the socket's end tells everybody.
   */
  send(message: string): Promise<void> | undefined {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return undefined;
    this.#cork();
    this.#largest = Math.max(this.#largest, message.length);
    let left: (() => void) | undefined;
    socket.send(message, () => {
      left?.();
      this.#afterSend();
    });
    if (!this.#isFull()) return undefined;
    this.#holdBack();
    return new Promise((resolve) => {
      left = resolve;
    });
  }

  /** The answer to a ping, which a flood of them could make pile up as well. */
  pong(data: Buffer): void {
    this.#socket.pong(data, false, () => this.#afterSend());
    this.#holdBack();
  }

  /** Resolves when the next event may be made: a few at a time, one if they are large, after those before have left. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#admitting) this.#admit();
    });
  }

  /** The socket is closed: nobody waits any longer. */
  close(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  /** What is sent within one turn of the event loop leaves in one write: each costs more than what it carries. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#stream.cork();
    setImmediate(() => {
      this.#corked = false;
      this.#stream.uncork();
    });
  }

  /** Whoever leaves what it got unread is not read either, for the time. */
  #holdBack(): void {
    if (this.#isFull() && !this.#socket.isPaused) this.#socket.pause();
  }

  #isFull(): boolean {
    return this.#socket.bufferedAmount > BACKLOG_BYTES_MAX;
  }

  #afterSend(): void {
    if (this.#isFull()) return;
    if (this.#socket.isPaused) this.#socket.resume();
    if (!this.#admitting) this.#admit();
  }

  /** One where they are large: by as much the backlog may be exceeded. */
  #eventsInATurn(): number {
    const fitting = Math.floor(BACKLOG_BYTES_MAX / 4 / this.#largest);
    return Math.max(1, Math.min(fitting, EVENTS_IN_A_TURN_MAX));
  }

  #admit(): void {
    const admitted = this.#isFull() ? [] : this.#waiting.splice(0, this.#eventsInATurn());
    this.#admitting = admitted.length > 0;
    if (!this.#admitting) return;
    for (const go of admitted) go();
    // By then these events have been made and handed over, so that the next ones see what they have cost.
    setImmediate(() => this.#admit());
  }
}
