import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

/** A socket, and whether it has answered the last ping. */
export type Pulse = { readonly socket: WebSocket; answered: boolean };

/**
 * Pings all sockets by one timer, since one for each would cost as much as the socket. Who did not answer the last ping
 * by the next one is gone, or does not read: the answer repeats a secret that only a reader knows, so pongs that are
 * sent unasked prove nothing.
 */
export class Heartbeat {
  readonly #open: Iterable<Pulse>;
  readonly #timer: NodeJS.Timeout;
  #secret = randomBytes(8);

  /** `open` are those that are to be pinged, whenever it is time. */
  constructor(everyMs: number, open: Iterable<Pulse>) {
    this.#open = open;
    this.#timer = setInterval(() => this.#beat(), everyMs);
    this.#timer.unref();
  }

  /** A pong has come. */
  heard(from: Pulse, data: Buffer): void {
    if (data.equals(this.#secret)) from.answered = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#secret = randomBytes(8);
    for (const pulse of this.#open) {
      if (!pulse.answered) pulse.socket.terminate();
      else if (pulse.socket.readyState === pulse.socket.OPEN) {
        pulse.answered = false;
        pulse.socket.ping(this.#secret);
      }
    }
  }
}
