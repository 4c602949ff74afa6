import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import type { Network } from '../../assessments/networks.ts';
import { required, type Session } from '../../assessments/sessions.ts';
import { RequestError } from '../../errors.ts';
import type { Metrics } from '../../metrics.ts';
import type { Context, Services } from '../../schema/context.ts';
import { continueTrace, type Trace } from '../../trace.ts';
import type { Connection, Running } from './connection.ts';
import { isSubscription, type GraphQL } from '../graphql/graphql.ts';
import { keptBytes, KEPT_BYTES_MAX, KEEPS_TOO_MUCH } from '../graphql/kept-bytes.ts';
import { startSubscription, SubscriptionEvents, withoutLocations } from '../graphql/subscription.ts';

type Deps = { graphql: GraphQL; services: Services; socketsPerSessionMax: number; metrics: Metrics };

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

  /** Errors are told to the one subscription: an exception would close the whole socket. */
  prepare(
    connection: Connection,
    { query, operationName, variables }: SubscribePayload,
  ): ExecutionArgs | GraphQLError[] {
    const { graphql, metrics, socketsPerSessionMax, services } = this.#deps;
    const params = { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
    const context = new SubscriptionContext(services, connection, keptBytes(params));
    const refuse = (error: RequestError): GraphQLError[] => graphql.presentErrors([error], context.requestId);
    // A session that may have any number of sockets could have as many subscriptions anyway.
    if (socketsPerSessionMax > 0) {
      if (connection.running.size >= SUBSCRIPTIONS_MAX) return refuse(TOO_MANY);
      if (connection.keptBytes + context.keptBytes > KEPT_BYTES_MAX) return refuse(KEEPS_TOO_MUCH);
    }
    const args = graphql.prepare(params, context);
    if (Array.isArray(args)) return args;
    if (!isSubscription(args)) return refuse(SUBSCRIPTIONS_ONLY);
    connection.begin(context);
    metrics.subscriptions.inc({ transport: 'websocket' });
    return { ...args, document: withoutLocations(args.document) };
  }

  async subscribe(args: ExecutionArgs): Promise<ExecutionResult | SubscriptionEvents> {
    const context = args.contextValue as SubscriptionContext;
    try {
      const result = await startSubscription(args);
      if (result instanceof SubscriptionEvents) {
        result.onEnd = () => this.#over(context);
        context.events = result;
      } else this.#over(context);
      return result;
    } catch (error) {
      this.#over(context);
      throw error;
    }
  }

  /** A result as it leaves. */
  published({ errors, ...rest }: ExecutionResult, { contextValue }: ExecutionArgs): ExecutionResult {
    const { requestId } = contextValue as SubscriptionContext;
    return errors === undefined ? rest : { errors: this.#deps.graphql.presentErrors(errors, requestId), ...rest };
  }

  #over(context: SubscriptionContext): void {
    if (context.connection.over(context)) this.#deps.metrics.subscriptions.dec({ transport: 'websocket' });
  }
}

/** Only event streams name their events. */
const UNNAMED: Context['event'] = {};

/** The context of one subscription over a socket. A class, since there may be one for each of many thousand sockets. */
class SubscriptionContext implements Context, Running {
  readonly services: Services;
  readonly event = UNNAMED;
  readonly connection: Connection;
  readonly keptBytes: number;
  events: SubscriptionEvents | undefined = undefined;
  #requestId: string | undefined = undefined;

  constructor(services: Services, connection: Connection, bytes: number) {
    this.services = services;
    this.connection = connection;
    this.keptBytes = bytes;
  }

  /** Made when it is asked for, which for most subscriptions is never. */
  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }

  get trace(): Trace {
    return continueTrace(this.connection.traceparent, this.requestId);
  }

  async session(): Promise<Session | null> {
    return this.connection.session ?? null;
  }

  async requireSession(): Promise<Session> {
    return required(this.connection.session);
  }

  networks(): readonly Network[] {
    return [];
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
    return this.connection.outbox.turn();
  }
}
