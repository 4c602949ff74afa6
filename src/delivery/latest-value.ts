type Settle<State> = (result: IteratorResult<State, undefined> | Promise<never>) => void;

const rejected = async (error: Error): Promise<never> => {
  throw error;
};

/**
 * An async iterator that holds only the newest value: a slow reader skips to it, so that no queue grows. It is not a
 * generator, because a generator runs no code, and so accepts no values, before the first `next()`.
 */
export class LatestValue<State> implements AsyncIterableIterator<State> {
  #held: { value: State } | { error: Error } | undefined;
  /** The promise that the reader waits for, and its resolver. Nothing else is kept, as many thousand readers may wait. */
  #wait: Promise<IteratorResult<State, undefined>> | undefined;
  #settle: Settle<State> | undefined;
  #ended = false;
  readonly #onClose: (() => void) | undefined;

  /** @param onClose called once, at `return()` of the reader or at the end */
  constructor(onClose?: () => void) {
    this.#onClose = onClose;
  }

  push(value: State): void {
    if (this.#ended || this.#settled({ value, done: false })) return;
    this.#held = { value };
  }

  /** Ends with an error, which replaces a value that was not read yet. */
  fail(error: Error): void {
    if (this.#ended) return;
    if (this.#wait === undefined) this.#held = { error };
    else this.#settled(rejected(error));
    this.end();
  }

  /** Ends after the value that was pushed last. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#settled({ value: undefined, done: true });
    this.closed();
  }

  next(): Promise<IteratorResult<State, undefined>> {
    if (this.#held !== undefined) {
      const held = this.#held;
      this.#held = undefined;
      return 'error' in held ? Promise.reject(held.error) : Promise.resolve({ value: held.value, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    this.#wait ??= new Promise((resolve) => {
      this.#settle = resolve;
    });
    return this.#wait;
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

  protected closed(): void {
    this.#onClose?.();
  }

  /** @returns false if no reader waits */
  #settled(result: Parameters<Settle<State>>[0]): boolean {
    if (this.#settle === undefined) return false;
    this.#settle(result);
    this.#wait = undefined;
    this.#settle = undefined;
    return true;
  }
}
