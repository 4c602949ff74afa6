import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { buildSchema, GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { freePort } from '../../support/ports.ts';

const schema = buildSchema(`
  type Query { nothing: Boolean }
  type Subscription {
    assessmentUpdated(assessmentId: ID!): AssessmentUpdated
    assessmentFinished(after: String): AssessmentFinished
  }
  type AssessmentUpdated { assessment: Assessment! }
  type AssessmentFinished { cursor: String, assessment: Assessment }
  type Assessment { id: ID!, version: Int!, status: String!, draft: String }
`);

/** A subscription of a client. The test pushes its events. */
export class Feed {
  readonly field: string;
  readonly variables: Record<string, unknown>;
  /** True once the client has ended it, by a message or by closing the socket. */
  isOver = false;
  readonly #queue: unknown[] = [];
  #isComplete = false;
  #wake: () => void = () => {};

  constructor(field: string, variables: Record<string, unknown>) {
    this.field = field;
    this.variables = variables;
  }

  /** An assessment for `assessmentUpdated`, an event for `assessmentFinished`. */
  push(value: unknown): void {
    this.#queue.push({ [this.field]: this.field === 'assessmentUpdated' ? { assessment: value } : value });
    this.#wake();
  }

  complete(): void {
    this.#isComplete = true;
    this.#wake();
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> & AsyncIterable<unknown> {
    const next = async (): Promise<IteratorResult<unknown>> => {
      while (this.#queue.length === 0 && !this.#isComplete && !this.isOver)
        // oxlint-disable-next-line no-await-in-loop -- one event after another
        await new Promise<void>((resolve) => (this.#wake = resolve));
      return this.#queue.length > 0 && !this.isOver
        ? { done: false, value: this.#queue.shift() }
        : { done: true, value: undefined };
    };
    const iterator = { next, return: async () => this.#leave(), [Symbol.asyncIterator]: () => iterator };
    return iterator;
  }

  async #leave(): Promise<IteratorResult<unknown>> {
    this.isOver = true;
    this.#wake();
    return { done: true, value: undefined };
  }
}

type Refusal = { as: 'error' | 'next'; code: string; retryAfterSeconds?: number };

/** A real graphql-ws server on loopback, controlled by the test. */
export class ScriptedServer {
  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer(await freePort());
    await server.listen();
    return server;
  }

  readonly port: number;
  /** Payloads of `connection_init`, one for each socket that has sent it. */
  readonly inits: unknown[] = [];
  readonly feeds: Feed[] = [];
  /** Refusals of the next subscriptions. */
  readonly refusals: Refusal[] = [];
  /** The close code of new sockets, in place of the connection_ack. */
  refuseWith: number | undefined;
  /** Sends no connection_ack. */
  isMute = false;
  pings = 0;
  #http: Server | undefined;
  #sockets: WebSocketServer | undefined;

  constructor(port: number) {
    this.port = port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/graphql`;
  }

  /** The number of open sockets. */
  get open(): number {
    return this.#sockets?.clients.size ?? 0;
  }

  get lastFeed(): Feed | undefined {
    return this.feeds.at(-1);
  }

  async listen(): Promise<void> {
    this.#http = createServer();
    this.#sockets = new WebSocketServer({ server: this.#http, path: '/graphql' });
    this.#sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        if (data.toString().includes('"ping"')) this.pings += 1;
      });
    });
    const root = (field: string) => (variables: Record<string, unknown>) => this.#subscribe(field, variables);
    useServer(
      {
        schema,
        roots: {
          subscription: {
            assessmentUpdated: root('assessmentUpdated'),
            assessmentFinished: root('assessmentFinished'),
          },
        },
        onConnect: async ({ connectionParams, extra }) => {
          this.inits.push(connectionParams);
          if (this.isMute) await new Promise(() => {});
          if (this.refuseWith === undefined) return true;
          extra.socket.close(this.refuseWith);
          return false;
        },
        onSubscribe: () => {
          if (this.refusals[0]?.as === 'error') return [this.#refusal()];
          return undefined;
        },
      },
      this.#sockets,
      0,
    );
    this.#http.listen(this.port, '127.0.0.1');
    await once(this.#http, 'listening');
  }

  closeWith(code: number): void {
    for (const socket of this.#sockets?.clients ?? []) socket.close(code);
  }

  /** Without a closing handshake, as when a process dies. */
  cut(): void {
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
  }

  async stop(): Promise<void> {
    if (!this.#http?.listening) return;
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.cut();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #subscribe(field: string, variables: Record<string, unknown>): AsyncIterable<unknown> {
    if (this.refusals.length > 0) throw this.#refusal();
    const feed = new Feed(field, { ...variables });
    this.feeds.push(feed);
    return feed[Symbol.asyncIterator]();
  }

  #refusal(): GraphQLError {
    const { code, retryAfterSeconds } = this.refusals.shift() ?? { code: 'NONE' };
    return new GraphQLError(code, { extensions: { code, retryAfterSeconds } });
  }
}
