import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type FetchAPI } from 'graphql-yoga';
import type { Metrics } from '../../metrics.ts';
import { asGraphQLError } from '../graphql/error-table.ts';
import type { HttpGraphQLContext } from './http-context.ts';
import type { PresentErrors } from '../graphql/present-errors.ts';

/** Shorter than the idle time of common proxies. A client that is gone is noticed by it. */
const PING_MS = 12_000;
/** A comment of one line. An empty line behind it would end a message, which some clients then take for an empty one. */
const PING = ':\n';
const COMPLETE = 'event: complete\ndata:\n\n';

type Results = ExecutionResult | AsyncIterable<ExecutionResult>;
type Stream = { ping: () => void };

/**
 * Results as server-sent events (graphql-sse, distinct connections mode): `next` for each result, `complete` at the end.
 * Yoga's own processor writes no ids, and pings that make empty messages.
 */
export class EventStreams {
  readonly #open = new Map<ServerResponse, Stream>();
  readonly #metrics: Metrics;
  readonly #presentErrors: PresentErrors;
  readonly #timer: NodeJS.Timeout;

  constructor(metrics: Metrics, presentErrors: PresentErrors, pingMs = PING_MS) {
    this.#metrics = metrics;
    this.#presentErrors = presentErrors;
    this.#timer = setInterval(() => this.#ping(), pingMs);
    this.#timer.unref();
  }

  /** A result processor of Yoga. */
  respond(
    context: HttpGraphQLContext,
    results: Results,
    { Response, ReadableStream, TextEncoder }: FetchAPI,
  ): Response {
    const { req, res } = context;
    const events = isAsyncIterable(results) ? results[Symbol.asyncIterator]() : once(results);
    const leave = (): void => void events.return?.();
    // A client that has left is noticed here; otherwise the source behind would wait for it.
    if (res.destroyed) leave();
    else res.once('close', leave);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const write = (text: string): void => controller.enqueue(encoder.encode(text));
        // Some browsers tell nobody of the answer's head before there is a body.
        write(PING);
        // A reader that has not taken the last ping gets no other one.
        this.#add(res, { ping: () => (controller.desiredSize ?? 0) > 0 && write(PING) });
      },
      pull: async (controller) => {
        const text = await this.#nextText(context, events);
        if (!res.destroyed) controller.enqueue(encoder.encode(text ?? COMPLETE));
        if (res.destroyed || text === undefined) controller.close();
      },
      cancel: leave,
    });
    // Yoga switches the socket's time-out off when it begins to write a stream.
    const { timeout } = req.socket;
    setImmediate(() => req.socket.setTimeout(timeout ?? 0));
    const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
    return new Response(body, { status: 200, headers });
  }

  has(response: ServerResponse): boolean {
    return this.#open.has(response);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Undefined at the end. An error that nobody foresaw is the last event, since a stream that breaks off is opened again. */
  async #nextText(
    context: HttpGraphQLContext,
    events: AsyncIterator<ExecutionResult, unknown>,
  ): Promise<string | undefined> {
    try {
      const { value, done } = await events.next();
      return done === true ? undefined : this.#event(context, value);
    } catch (error) {
      void events.return?.();
      return this.#event(context, { errors: [asGraphQLError(error)] });
    }
  }

  #event({ event, requestId }: HttpGraphQLContext, { data, errors }: ExecutionResult): string {
    const result = errors === undefined ? { data } : { errors: this.#presentErrors(errors, requestId), data };
    return `event: next\n${event.id === undefined ? '' : `id: ${event.id}\n`}data: ${JSON.stringify(result)}\n\n`;
  }

  #add(response: ServerResponse, stream: Stream): void {
    if (response.destroyed) return;
    this.#open.set(response, stream);
    this.#metrics.subscriptions.inc({ transport: 'sse' });
    response.once('close', () => {
      this.#open.delete(response);
      this.#metrics.subscriptions.dec({ transport: 'sse' });
    });
  }

  #ping(): void {
    for (const { ping } of this.#open.values()) ping();
  }
}

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult, void> {
  yield result;
}
