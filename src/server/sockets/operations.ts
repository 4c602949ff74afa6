import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import type { Network } from '../../assessments/networks.ts';
import { required, type Session } from '../../assessments/sessions.ts';
import { RequestError } from '../../errors.ts';
import type { Room } from '../../memory/room.ts';
import type { Metrics } from '../../metrics.ts';
import type { Context, Services } from '../../schema/context.ts';
import { continueTrace, type Trace } from '../../trace.ts';
import type { ClientSocket, SocketSubscription } from './client-socket.ts';
import { isSubscription, type GraphQL } from '../graphql/graphql.ts';
import { keptBytes, KEPT_BYTES_MAX, KEEPS_TOO_MUCH, type KeptBytes } from '../graphql/kept-bytes.ts';
import type { LiveChannels } from '../graphql/live-channels.ts';
import { startSubscription, SubscriptionEvents, withoutLocations } from '../graphql/subscription.ts';

type Deps = {
  graphql: GraphQL;
  services: Services;
  channels: Pick<LiveChannels, 'documents'>;
  socketsPerSessionMax: number;
  metrics: Metrics;
};

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
    const context = new SubscriptionContext(services, socket, keptBytes(params, id));
    const refuse = (error: RequestError): GraphQLError[] => graphql.presentErrors([error], context.requestId);
    // Without a limit of sockets, a limit of subscriptions for each socket would limit nothing.
    if (socketsPerSessionMax > 0) {
      if (socket.subscriptions.size >= SUBSCRIPTIONS_MAX) return refuse(TOO_MANY);
      if (socket.keptBytes + context.keptBytes > KEPT_BYTES_MAX) return refuse(KEEPS_TOO_MUCH);
    }
    const args = graphql.prepare(params, context);
    if (Array.isArray(args)) return args;
    if (!isSubscription(args)) return refuse(SUBSCRIPTIONS_ONLY);
    const document = withoutLocations(args.document);
    if (!this.#hold(context, document)) return refuse(KEEPS_TOO_MUCH);
    socket.addSubscription(context);
    metrics.subscriptions.inc({ transport: 'websocket' });
    return { ...args, document };
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

  /** @returns false if there is no room */
  #hold(context: SubscriptionContext, document: DocumentNode): boolean {
    const { socket, kept } = context;
    if (!socket.holding.hold(kept.own)) return false;
    if (this.#deps.channels.documents.begin(document, kept.document, socket.counts)) {
      context.document = document;
      return true;
    }
    socket.holding.release(kept.own);
    return false;
  }

  #ended(context: SubscriptionContext): void {
    const { socket, kept, document } = context;
    if (!socket.removeSubscription(context)) return;
    this.#deps.metrics.subscriptions.dec({ transport: 'websocket' });
    socket.holding.release(kept.own);
    if (document !== undefined) this.#deps.channels.documents.end(document);
  }
}

/** Shared by all subscriptions: only event streams send the ids of events. */
const WITHOUT_ID: Context['event'] = {};

/** The context of one subscription over a socket. A class takes less memory than an object of closures. */
class SubscriptionContext implements Context, SocketSubscription {
  readonly services: Services;
  readonly event = WITHOUT_ID;
  readonly socket: ClientSocket;
  readonly kept: KeptBytes;
  /** The shared one that it keeps. */
  document: DocumentNode | undefined = undefined;
  events: SubscriptionEvents | undefined = undefined;
  #requestId: string | undefined = undefined;

  constructor(services: Services, socket: ClientSocket, kept: KeptBytes) {
    this.services = services;
    this.socket = socket;
    this.kept = kept;
  }

  get keptBytes(): number {
    return this.kept.own + this.kept.document;
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

  room(): Room {
    return this.socket.holding;
  }

  networks(): readonly Network[] {
    return this.socket.counts;
  }

  /** Subscriptions show assessments, which have their languages. */
  languages(): readonly string[] {
    return [];
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
