import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import type { Network } from '../../assessments/networks.ts';
import { required, type Session } from '../../assessments/sessions.ts';
import { RequestError } from '../../errors.ts';
import type { Metrics } from '../../metrics.ts';
import type { Context, Services } from '../../schema/context.ts';
import { continueTrace, type Trace } from '../../trace.ts';
import type { ClientSocket, SocketSubscription } from './client-socket.ts';
import { isSubscription, type GraphQL } from '../graphql/graphql.ts';
import { BYTES_A_CHARACTER_OF_TEXT, keptBytes, KEPT_BYTES_MAX, KEEPS_TOO_MUCH } from '../graphql/kept-bytes.ts';
import { startSubscription, SubscriptionEvents, withoutLocations } from '../graphql/subscription.ts';

type Deps = { graphql: GraphQL; services: Services; socketsPerSessionMax: number; metrics: Metrics };

const SUBSCRIPTIONS_MAX = 100;
const TOO_MANY = new RequestError('RATE_LIMITED', `A socket carries at most ${SUBSCRIPTIONS_MAX} subscriptions.`);
const SUBSCRIPTIONS_ONLY = new RequestError(
  'BAD_REQUEST',
  'Sockets carry subscriptions only: send queries and mutations by HTTP.',
);

/** The operations of all sockets, as the hooks of graphql-ws call them. */
export class SocketOperations {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Returns errors, which end this one operation: an exception would close the whole socket. */
  prepare(
    socket: ClientSocket,
    { id, query, operationName, variables }: SubscribePayload & { id: string },
  ): ExecutionArgs | GraphQLError[] {
    const { graphql, metrics, socketsPerSessionMax, services } = this.#deps;
    const params = { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
    const context = new SubscriptionContext(
      services,
      socket,
      id.length * BYTES_A_CHARACTER_OF_TEXT + keptBytes(params),
    );
    const refuse = (error: RequestError): GraphQLError[] => graphql.presentErrors([error], context.requestId);
    // Without a limit of sockets, a limit of subscriptions for each socket would limit nothing.
    if (socketsPerSessionMax > 0) {
      if (socket.subscriptions.size >= SUBSCRIPTIONS_MAX) return refuse(TOO_MANY);
      if (socket.keptBytes + context.keptBytes > KEPT_BYTES_MAX) return refuse(KEEPS_TOO_MUCH);
    }
    const args = graphql.prepare(params, context);
    if (Array.isArray(args)) return args;
    if (!isSubscription(args)) return refuse(SUBSCRIPTIONS_ONLY);
    socket.addSubscription(context);
    metrics.subscriptions.inc({ transport: 'websocket' });
    return { ...args, document: withoutLocations(args.document) };
  }

  async subscribe(args: ExecutionArgs): Promise<ExecutionResult | SubscriptionEvents> {
    const context = args.contextValue as SubscriptionContext;
    try {
      const result = await startSubscription(args);
      if (result instanceof SubscriptionEvents) {
        result.onEnd = () => this.#ended(context);
        context.events = result;
      } else this.#ended(context);
      return result;
    } catch (error) {
      this.#ended(context);
      throw error;
    }
  }

  /** A result with its errors in their public form. */
  present({ errors, ...rest }: ExecutionResult, { contextValue }: ExecutionArgs): ExecutionResult {
    const { requestId } = contextValue as SubscriptionContext;
    return errors === undefined ? rest : { errors: this.#deps.graphql.presentErrors(errors, requestId), ...rest };
  }

  #ended(context: SubscriptionContext): void {
    if (context.socket.removeSubscription(context)) this.#deps.metrics.subscriptions.dec({ transport: 'websocket' });
  }
}

/** Shared by all subscriptions: only event streams send the ids of events. */
const WITHOUT_ID: Context['event'] = {};

/** The context of one subscription over a socket. A class takes less memory than an object of closures. */
class SubscriptionContext implements Context, SocketSubscription {
  readonly services: Services;
  readonly event = WITHOUT_ID;
  readonly socket: ClientSocket;
  readonly keptBytes: number;
  events: SubscriptionEvents | undefined = undefined;
  #requestId: string | undefined = undefined;

  constructor(services: Services, socket: ClientSocket, bytes: number) {
    this.services = services;
    this.socket = socket;
    this.keptBytes = bytes;
  }

  /** Made at its first use: most subscriptions never need one. */
  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }

  get trace(): Trace {
    return continueTrace(this.socket.traceparent, this.requestId);
  }

  async session(): Promise<Session | null> {
    return this.socket.session ?? null;
  }

  async requireSession(): Promise<Session> {
    return required(this.socket.session);
  }

  networks(): readonly Network[] {
    return this.socket.counts;
  }

  requireOperator(): never {
    throw SUBSCRIPTIONS_ONLY;
  }

  startSession(): Promise<never> {
    return Promise.reject(SUBSCRIPTIONS_ONLY);
  }

  endSession(): Promise<never> {
    return Promise.reject(SUBSCRIPTIONS_ONLY);
  }

  readyToSend(): Promise<void> {
    return this.socket.outbox.drained();
  }
}
