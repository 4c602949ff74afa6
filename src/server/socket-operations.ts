import { GraphQLError, type ExecutionArgs, type GraphQLFormattedError } from 'graphql';
import { randomUUID } from 'node:crypto';
import type { Session } from '../assessments/sessions.ts';
import { RequestError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import type { Context, Services } from '../schema/context.ts';
import { continueTrace, type Trace } from '../trace.ts';
import type { Connection, Subscription } from './connection.ts';
import type { Operation, Yoga } from './graphql.ts';
import type { PublicEvents, PublicResult } from './public-events.ts';
import { required } from './session.ts';

/** What an operation has to know of its socket. */
type Carrier = Pick<Connection, 'traceparent' | 'session' | 'outbox' | 'running'>;

type Deps = { yoga: Yoga; services: Services; socketsPerSessionMax: number; metrics: Metrics };

const SUBSCRIPTIONS_MAX = 100;
const TOO_MANY = new RequestError('RATE_LIMITED', `A socket carries at most ${SUBSCRIPTIONS_MAX} subscriptions.`);
const SUBSCRIPTIONS_ONLY = new RequestError(
  'BAD_REQUEST',
  'Sockets carry subscriptions only: send queries and mutations by HTTP.',
);

/** The operations of all sockets, in the steps in which graphql-ws asks for them. */
export class SocketOperations {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whatever is wrong with one subscription is told to it alone: an exception would close the whole socket. */
  prepare(carrier: Carrier, payload: Subscription): ExecutionArgs | Refused[] {
    const { yoga, metrics, socketsPerSessionMax } = this.#deps;
    const context = new SubscriptionContext(this.#deps.services, carrier);
    const refuse = (error: RequestError): Refused[] => refused(yoga.present([error], context));
    // Who may have any number of sockets could have as many subscriptions anyway.
    if (socketsPerSessionMax > 0 && carrier.running.size >= SUBSCRIPTIONS_MAX) return refuse(TOO_MANY);
    const { query, operationName, variables } = payload;
    const params = { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
    const operation = yoga.prepare(params, context);
    if ('errors' in operation) return refused(operation);
    if (operation.kind !== 'subscription') return refuse(SUBSCRIPTIONS_ONLY);
    carrier.running.add(payload);
    // The library keeps it for as long as the subscription lasts, which needs its text no more.
    payload.query = '';
    metrics.subscriptions.inc({ transport: 'websocket' });
    return Object.assign(operation.args, { rootValue: { operation, payload } satisfies Prepared });
  }

  async run(args: ExecutionArgs): Promise<PublicResult | PublicEvents> {
    const { operation, payload } = args.rootValue as Prepared;
    // The library keeps the arguments, too.
    args.rootValue = undefined;
    const result = await operation.run();
    if (Symbol.asyncIterator in result) payload.events = result;
    return result;
  }

  completed({ running }: Carrier, payload: Subscription): void {
    running.delete(payload);
    this.#deps.metrics.subscriptions.dec({ transport: 'websocket' });
  }

  /** The socket is closed. The library ends what it knows by its id, which is not all if one was used twice. */
  end({ running }: Carrier): void {
    for (const { events } of running) void events?.return();
  }
}

/** Only event streams name their events. */
const UNNAMED: Context['event'] = {};

/** The context of one subscription over a socket. A class, since there may be one for each of many thousand sockets. */
class SubscriptionContext implements Context {
  readonly services: Services;
  readonly event = UNNAMED;
  readonly #carrier: Carrier;
  #requestId: string | undefined;

  constructor(services: Services, carrier: Carrier) {
    this.services = services;
    this.#carrier = carrier;
  }

  /** Made when it is asked for, which for most subscriptions is never. */
  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }

  get trace(): Trace {
    return continueTrace(this.#carrier.traceparent, this.requestId);
  }

  async session(): Promise<Session | null> {
    return this.#carrier.session ?? null;
  }

  async requireSession(): Promise<Session> {
    return required(this.#carrier.session);
  }

  requireOperator(): void {
    throw SUBSCRIPTIONS_ONLY;
  }

  startSession(): Promise<never> {
    return Promise.reject(SUBSCRIPTIONS_ONLY);
  }

  endSession(): Promise<never> {
    return Promise.reject(SUBSCRIPTIONS_ONLY);
  }

  readyToSend(): Promise<void> {
    return this.#carrier.outbox.turn();
  }
}

/** Travels in `rootValue` from the start of a subscription to its execution. */
type Prepared = { operation: Operation; payload: Subscription };

/** An error in its public form, in the class that graphql-ws asks for: it sends what `toJSON` gives. */
class Refused extends GraphQLError {
  readonly #formatted: GraphQLFormattedError;

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message);
    this.#formatted = formatted;
  }

  override toJSON(): GraphQLFormattedError {
    return this.#formatted;
  }
}

const refused = ({ errors }: { errors: readonly GraphQLFormattedError[] }): Refused[] =>
  errors.map((error) => new Refused(error));
