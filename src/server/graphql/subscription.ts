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
import { withinSize } from './response-size.ts';

/**
 * Starts a subscription by the same public steps as `subscribe` of graphql: it checks the arguments, opens the source, and
 * executes each event. The last step is our own, since `subscribe` keeps four times as much memory for an idle subscription
 * (test/server/idle-memory.test.ts).
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
 * The same document without locations, shared by all subscriptions that use it. With locations it would keep its text and
 * all of its tokens. The price: errors of events have no `locations`.
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
 * The results of a subscription. `return()` ends the source at once, also while it waits for an event. If the source fails,
 * the last result has its error, so that every transport sends it like any other error.
 */
export class SubscriptionEvents implements AsyncIterableIterator<ExecutionResult, undefined> {
  /** Called once, after the last result or `return()`. */
  onEnd: (() => void) | undefined;
  readonly #source: AsyncIterator<unknown>;
  readonly #args: ExecutionArgs;
  #isOver = false;

  constructor(source: AsyncIterable<unknown>, args: ExecutionArgs) {
    this.#source = source[Symbol.asyncIterator]();
    this.#args = args;
  }

  /** Not an async function: its frame would be a third of the memory of an idle subscription. */
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
      return { value: withinSize(await execute({ ...this.#args, rootValue: value })), done: false };
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
