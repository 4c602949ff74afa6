import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type FetchAPI } from 'graphql-yoga';
import type { Metrics } from '../../metrics.ts';
import { asGraphQLError } from '../graphql/error-table.ts';
import type { HttpGraphQLContext } from './http-context.ts';
import type { PresentErrors } from '../graphql/present-errors.ts';

/** Shorter than the idle time-out of common proxies. A ping also reveals a half-open connection. */
const PING_MS = 12_000;
/** A comment of one line. With an empty line behind it, some clients would report an empty message. */
const PING = ':\n';
const COMPLETE = 'event: complete\ndata:\n\n';

type Results = ExecutionResult | AsyncIterable<ExecutionResult>;
type Stream = { ping: () => void };

/**
 * Results as server-sent events (graphql-sse, distinct connections mode): `next` for each result, `complete` at the end.
 * Yoga's own processor writes no ids, and its pings cause empty messages.
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
    // Ends the source if the client has already left: `close` is not emitted again.
    if (res.destroyed) leave();
    else res.once('close', leave);
    const encoder = new TextEncoder();
    const room = context.room();
    let unread = 0;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const write = (text: string): void => controller.enqueue(encoder.encode(text));
        // Some browsers report the head of a response only with the first byte of its body.
        write(PING);
        // No further ping until the client has read the last one.
        this.#add(res, { ping: () => (controller.desiredSize ?? 0) > 0 && write(PING) });
      },
      pull: async (controller) => {
        // The client has read the last event.
        room.release(unread);
        unread = 0;
        const text = await this.#nextText(context, events);
        const bytes = encoder.encode(text ?? COMPLETE);
        // Without room the stream is cut off: its client does not read, and resumes later.
        if (room.hold(bytes.length)) unread = bytes.length;
        else res.destroy();
        if (!res.destroyed) controller.enqueue(bytes);
        if (res.destroyed || text === undefined) controller.close();
      },
      cancel: leave,
    });
    // Yoga switches the socket's time-out off when it begins to write a stream: set it again.
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

  /** Undefined at the end. An unexpected error is sent as the last event: clients reopen a stream that breaks off. */
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
