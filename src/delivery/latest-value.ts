type Tell<State> = (result: IteratorResult<State, undefined> | Promise<never>) => void;

const rejected = async (error: Error): Promise<never> => {
  throw error;
};

/**
 * A sequence of states of which only the newest matters: a slow reader skips to it and never makes a queue grow. A
 * hand-made iterator and no generator: it exists, and takes what is pushed, before anybody has asked for a first value.
 */
export class LatestValue<State> implements AsyncIterableIterator<State> {
  #held: { value: State } | { error: Error } | undefined;
  /** What the reader waits for, and how it is told. Nothing more is kept of a wait: there may be many thousand. */
  #wait: Promise<IteratorResult<State, undefined>> | undefined;
  #tell: Tell<State> | undefined;
  #ended = false;
  readonly #onClose: (() => void) | undefined;

  /** `onClose` runs once, when the reader leaves or the sequence ends. */
  constructor(onClose?: () => void) {
    this.#onClose = onClose;
  }

  push(value: State): void {
    if (this.#ended || this.#told({ value, done: false })) return;
    this.#held = { value };
  }

  /** The sequence ends with an error, in place of what was not taken yet. */
  fail(error: Error): void {
    if (this.#ended) return;
    if (this.#wait === undefined) this.#held = { error };
    else this.#told(rejected(error));
    this.end();
  }

  /** Nothing comes after what was pushed last. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#told({ value: undefined, done: true });
    this.closed();
  }

  next(): Promise<IteratorResult<State, undefined>> {
    if (this.#held !== undefined) {
      const held = this.#held;
      this.#held = undefined;
      return 'error' in held ? Promise.reject(held.error) : Promise.resolve({ value: held.value, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    this.#wait ??= new Promise((tell) => {
      this.#tell = tell;
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

  /** False if nobody waits. */
  #told(result: Parameters<Tell<State>>[0]): boolean {
    if (this.#tell === undefined) return false;
    this.#tell(result);
    this.#wait = undefined;
    this.#tell = undefined;
    return true;
  }
}
