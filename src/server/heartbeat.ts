import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

/**
 * Pings all sockets by one timer, since one for each would cost as much as the socket. Who did not answer the last ping
 * by the next one is gone, or does not read: the answer repeats a secret that only a reader knows, so pongs that are
 * sent unasked prove nothing.
 */
export class Heartbeat {
  /** Sockets and whether each has answered the last ping. */
  readonly #answered = new Map<WebSocket, boolean>();
  readonly #timer: NodeJS.Timeout;
  #secret = randomBytes(8);

  constructor(everyMs: number) {
    this.#timer = setInterval(() => this.#beat(), everyMs);
    this.#timer.unref();
  }

  add(socket: WebSocket): void {
    this.#answered.set(socket, true);
    socket.on('pong', (data: Buffer) => {
      if (this.#answered.has(socket) && data.equals(this.#secret)) this.#answered.set(socket, true);
    });
    socket.once('close', () => this.#answered.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#secret = randomBytes(8);
    for (const [socket, answered] of this.#answered) {
      if (!answered) socket.terminate();
      else if (socket.readyState === socket.OPEN) {
        this.#answered.set(socket, false);
        socket.ping(this.#secret);
      }
    }
  }
}
