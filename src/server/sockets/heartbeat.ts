import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

/** A socket, and whether its peer has sent the pong for the last ping. */
export type Pingable = { readonly socket: WebSocket; hasPonged: boolean };

/**
 * Pings all sockets by one timer, since a timer for each would cost as much as the socket. A socket without a pong
 * before the next ping is half-open, or its peer does not read, and is terminated. A ping carries a secret that its pong
 * repeats, so a pong without a ping counts for nothing.
 */
export class Heartbeat {
  readonly #open: Iterable<Pingable>;
  readonly #timer: NodeJS.Timeout;
  #secret = randomBytes(8);

  /** @param open the sockets to ping; read anew for each ping */
  constructor(everyMs: number, open: Iterable<Pingable>) {
    this.#open = open;
    this.#timer = setInterval(() => this.#ping(), everyMs);
    this.#timer.unref();
  }

  pong(from: Pingable, data: Buffer): void {
    if (data.equals(this.#secret)) from.hasPonged = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #ping(): void {
    this.#secret = randomBytes(8);
    for (const pingable of this.#open) {
      if (!pingable.hasPonged) pingable.socket.terminate();
      else if (pingable.socket.readyState === pingable.socket.OPEN) {
        pingable.hasPonged = false;
        pingable.socket.ping(this.#secret);
      }
    }
  }
}
