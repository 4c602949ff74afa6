/** So many are let in in one turn of the event loop, and so many may wait for theirs. */
const AT_ONCE = 8;
const WAITING_MAX = 20_000;

/** Lets in a few at a time: all browsers at once, as after a restart, then keep nobody else's request waiting. */
export class Arrivals {
  readonly #waiting: (() => void)[] = [];

  /** `letIn` runs in one of the next turns of the event loop. False where too many wait already. */
  add(letIn: () => void): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false;
    if (this.#waiting.push(letIn) === 1) setImmediate(() => this.#turn());
    return true;
  }

  #turn(): void {
    const batch = this.#waiting.slice(0, AT_ONCE);
    for (const letIn of batch) letIn();
    this.#waiting.splice(0, batch.length);
    if (this.#waiting.length > 0) setImmediate(() => this.#turn());
  }
}
