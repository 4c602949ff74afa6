import {
  createSourceEventStream,
  execute,
  parse,
  print,
  validateSubscriptionArgs,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { asGraphQLError } from './error-table.ts';

/**
 * Starts a subscription by the steps of which graphql's `subscribe` is made: arguments are checked, the source is
 * opened, and each of its events is executed. The last step is done here, since `subscribe` keeps four times as much
 * memory for a subscription that waits (test/server/idle-memory.test.ts).
 */
export async function startSubscription(args: ExecutionArgs): Promise<ExecutionResult | SubscriptionEvents> {
  const lasting = { ...args, document: withoutLocations(args.document) };
  const valid = validateSubscriptionArgs(lasting);
  if (!('schema' in valid)) return { errors: valid };
  const source = await createSourceEventStream(valid);
  return Symbol.asyncIterator in source ? new SubscriptionEvents(source, lasting) : source;
}

const stripped = new WeakMap<DocumentNode, DocumentNode>();

/**
 * The same document without locations, shared by all subscriptions to equal documents. A located one keeps its text and
 * all of its tokens, comments included. Errors of events name no place in the document for it.
 */
export function withoutLocations(document: DocumentNode): DocumentNode {
  let lasting = stripped.get(document);
  if (lasting === undefined) {
    lasting = parse(print(document), { noLocation: true });
    stripped.set(document, lasting);
    stripped.set(lasting, lasting);
  }
  return lasting;
}

type Step = IteratorResult<ExecutionResult, undefined>;

const DONE: Step = { value: undefined, done: true };

/**
 * The results of a subscription. Leaving it ends the source at once, also while it waits for an event. A source that
 * fails makes a last result of errors, so that every transport tells it as it tells any other error.
 */
export class SubscriptionEvents implements AsyncIterableIterator<ExecutionResult, undefined> {
  /** To be called once, when the last result was given or the subscriber has left. */
  onEnd: (() => void) | undefined;
  readonly #source: AsyncIterator<unknown>;
  readonly #args: ExecutionArgs;
  #isOver = false;

  constructor(source: AsyncIterable<unknown>, args: ExecutionArgs) {
    this.#source = source[Symbol.asyncIterator]();
    this.#args = args;
  }

  /** No async function: its frame would be a third of what an idle subscription keeps. */
  next(): Promise<Step> {
    if (this.#isOver) return Promise.resolve(DONE);
    return this.#source.next().then(this.#execute.bind(this), this.#fail.bind(this));
  }

  async return(): Promise<Step> {
    this.#end();
    await this.#source.return?.();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #execute({ value, done }: IteratorResult<unknown>): Promise<Step> {
    if (done === true) {
      this.#end();
      return DONE;
    }
    try {
      return { value: await execute({ ...this.#args, rootValue: value }), done: false };
    } catch (error) {
      await this.#source.return?.();
      return this.#fail(error);
    }
  }

  #fail(error: unknown): Step {
    this.#end();
    return { value: { errors: [asGraphQLError(error)] }, done: false };
  }

  #end(): void {
    this.#isOver = true;
    this.onEnd?.();
    this.onEnd = undefined;
  }
}
