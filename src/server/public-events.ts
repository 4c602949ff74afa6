import {
  createSourceEventStream,
  execute,
  validateSubscriptionArgs,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
/** A result as it leaves: every error has a code, the id of its request, and nothing of what is behind it. */
export type PublicResult = FormattedExecutionResult & { errors?: readonly GraphQLFormattedError[] };

/** Gives a result its public form. */
export type Publish = (result: ExecutionResult, args: ExecutionArgs) => PublicResult;

type Step = IteratorResult<PublicResult, undefined>;

const DONE: Step = { value: undefined, done: true };

/** Begins a subscription: its events, or why there are none. */
export async function beginSubscription(args: ExecutionArgs, publish: Publish): Promise<PublicResult | PublicEvents> {
  const valid = validateSubscriptionArgs(args);
  if (!('schema' in valid)) return publish({ errors: valid }, args);
  const source = await createSourceEventStream(valid);
  if (!(Symbol.asyncIterator in source)) return publish(source, args);
  return new PublicEvents(source[Symbol.asyncIterator](), args, publish);
}

/**
 * The results of a subscription. The engine's own sequence does the same for ten times the memory: it keeps all that an
 * execution needs, while this keeps the arguments and prepares each execution when its event has come. Leaving it ends
 * the source at once, also while it waits for an event. A source that fails makes a last event of errors: thrown, they
 * would leave as the library has them, or end a stream without a word.
 */
export class PublicEvents implements AsyncIterableIterator<PublicResult, undefined> {
  readonly #source: AsyncIterator<unknown>;
  readonly #args: ExecutionArgs;
  readonly #publish: Publish;
  #failed = false;

  constructor(source: AsyncIterator<unknown>, args: ExecutionArgs, publish: Publish) {
    this.#source = source;
    this.#args = args;
    this.#publish = publish;
  }

  /** No async function: what it keeps while it waits would be a third of an idle subscription. */
  next(): Promise<Step> {
    if (this.#failed) return Promise.resolve(DONE);
    return this.#source.next().then(this.#made.bind(this), this.#lastOf.bind(this));
  }

  async return(): Promise<Step> {
    await this.#source.return?.();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #made({ value, done }: IteratorResult<unknown>): Promise<Step> {
    if (done === true) return DONE;
    try {
      return { value: this.#publish(await execute({ ...this.#args, rootValue: value }), this.#args), done: false };
    } catch (error) {
      await this.#source.return?.();
      return this.#lastOf(error);
    }
  }

  #lastOf(error: unknown): Step {
    this.#failed = true;
    return { value: this.#publish({ errors: [error as GraphQLError] }, this.#args), done: false };
  }
}
