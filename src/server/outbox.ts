import type { WebSocket } from 'ws';

/** What may wait in memory for a slow reader before nothing more is made for it, or read of it. */
const BACKLOG_BYTES_MAX = 64 * 1024;

/**
 * What goes out over one socket. While its reader does not read, no further event is made for it and nothing more is
 * read of it, so that it costs little more than the backlog, however much it asks for.
 */
export class Outbox {
  readonly #socket: WebSocket;
  /** Events that wait for their turn. */
  #waiting: (() => void)[] = [];
  #admitting = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Resolves when the message has left, or can't leave any more: the socket's end tells everybody. */
  send(message: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.readyState !== this.#socket.OPEN) return resolve();
      this.#socket.send(message, () => {
        resolve();
        this.#afterSend();
      });
      this.#holdBack();
    });
  }

  /** The answer to a ping, which a flood of them could make pile up as well. */
  pong(data: Buffer): void {
    this.#socket.pong(data, false, () => this.#afterSend());
    this.#holdBack();
  }

  /** Resolves when the next event may be made: one at a time, each after the one before it is on its way. */
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

  #admit(): void {
    const go = this.#isFull() ? undefined : this.#waiting.shift();
    this.#admitting = go !== undefined;
    if (go === undefined) return;
    go();
    // By then the event has been made and handed over, so that the next one sees what it has cost.
    setImmediate(() => this.#admit());
  }
}
