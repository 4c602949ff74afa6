import type { PublicResult } from './graphql.ts';

/** How the events of all subscriptions are made; `Event` is what the source gives. */
export type Making<Subscription> = {
  result: (subscription: Subscription, event: unknown) => Promise<PublicResult>;
  failure: (subscription: Subscription, error: unknown) => PublicResult;
};

/**
 * The events of one subscription in their public form. Hand-made, so that leaving it ends the source at once, also while
 * it waits for an event; a class, since there may be many thousand that wait. A source that fails makes a last event of
 * errors: thrown, they would leave as the library has them, or end a stream without a word.
 */
export class SubscriptionEvents<Subscription> implements AsyncIterableIterator<PublicResult> {
  readonly #source: AsyncIterator<unknown>;
  readonly #subscription: Subscription;
  readonly #make: Making<Subscription>;
  #failed = false;

  constructor(source: AsyncIterator<unknown>, subscription: Subscription, make: Making<Subscription>) {
    this.#source = source;
    this.#subscription = subscription;
    this.#make = make;
  }

  async next(): Promise<IteratorResult<PublicResult, undefined>> {
    if (this.#failed) return { value: undefined, done: true };
    try {
      const { value, done } = await this.#source.next();
      if (done === true) return { value: undefined, done };
      return { value: await this.#make.result(this.#subscription, value), done: false };
    } catch (error) {
      this.#failed = true;
      return { value: this.#make.failure(this.#subscription, error), done: false };
    }
  }

  async return(): Promise<IteratorResult<PublicResult, undefined>> {
    await this.#source.return?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
