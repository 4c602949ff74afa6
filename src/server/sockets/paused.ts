/** Bytes wait for a paused socket without an event, so their number is looked up so often. */
const EVERY_MS = 100;

/** A socket that is not read, and that counts what waits for it. */
export type Paused = { countUnread(): void };

/**
 * The sockets that are not read. Node still takes up to two chunks of 64 KB for each, and tells nobody. One timer counts
 * them for all, and runs only while there are some.
 */
export class PausedSockets {
  readonly #paused = new Set<Paused>();
  #timer: NodeJS.Timeout | undefined;

  add(socket: Paused): void {
    this.#paused.add(socket);
    this.#timer ??= setInterval(() => this.#count(), EVERY_MS).unref();
  }

  remove(socket: Paused): void {
    if (!this.#paused.delete(socket)) return;
    socket.countUnread();
    if (this.#paused.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #count(): void {
    for (const socket of this.#paused) socket.countUnread();
  }
}
