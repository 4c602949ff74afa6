/**
 * A sequence of states of which only the newest matters: a slow reader skips to it and never makes a queue grow. A
 * hand-made iterator and no generator: it exists, and takes what is pushed, before anybody has asked for a first value.
 */
export class Newest<State> implements AsyncIterableIterator<State> {
  #held: { value: State } | { error: Error } | undefined;
  #waiting: PromiseWithResolvers<IteratorResult<State, undefined>> | undefined;
  #ended = false;
  readonly #onClose: () => void;

  /** `onClose` runs once, when the reader leaves or the sequence ends. */
  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  push(value: State): void {
    if (this.#ended) return;
    if (this.#waiting === undefined) this.#held = { value };
    else {
      this.#waiting.resolve({ value, done: false });
      this.#waiting = undefined;
    }
  }

  /** The sequence ends with an error, in place of what was not taken yet. */
  fail(error: Error): void {
    if (this.#ended) return;
    if (this.#waiting === undefined) this.#held = { error };
    else this.#waiting.reject(error);
    this.#waiting = undefined;
    this.end();
  }

  /** Nothing comes after what was pushed last. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting?.resolve({ value: undefined, done: true });
    this.#waiting = undefined;
    this.#onClose();
  }

  next(): Promise<IteratorResult<State, undefined>> {
    if (this.#held !== undefined) {
      const held = this.#held;
      this.#held = undefined;
      return 'error' in held ? Promise.reject(held.error) : Promise.resolve({ value: held.value, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  return(): Promise<IteratorResult<State, undefined>> {
    this.#held = undefined;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<State, undefined>> {
    void this.return();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
