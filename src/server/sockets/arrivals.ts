const BATCH = 8;
const WAITING_MAX = 20_000;

/** A queue of WebSocket upgrades. A few are accepted at a time, so that a wave of reconnects delays no other request. */
export class Arrivals {
  readonly #waiting: (() => void)[] = [];

  /** `accept` runs in a later iteration of the event loop. @returns false if the queue is full */
  add(accept: () => void): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false;
    if (this.#waiting.push(accept) === 1) setImmediate(() => this.#acceptBatch());
    return true;
  }

  #acceptBatch(): void {
    const batch = this.#waiting.slice(0, BATCH);
    for (const accept of batch) accept();
    this.#waiting.splice(0, batch.length);
    if (this.#waiting.length > 0) setImmediate(() => this.#acceptBatch());
  }
}
