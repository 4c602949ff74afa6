import type { ServerResponse } from 'node:http';
import type { Metrics } from '../metrics.ts';
import type { PublicEvents, PublicResult } from './public-events.ts';

/** Shorter than the idle time of common proxies, and a client that is gone is noticed by it. */
const PING_MS = 12_000;

/** Subscriptions as server-sent events: `next` for each result, `complete` at the end ("distinct connections mode"). */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();
  readonly #metrics: Metrics;
  readonly #timer: NodeJS.Timeout;

  constructor(metrics: Metrics, pingMs = PING_MS) {
    this.#metrics = metrics;
    this.#timer = setInterval(() => this.#ping(), pingMs);
    this.#timer.unref();
  }

  /** Resolves when the stream is over, whoever ended it. `idOf` names the event that was made last. */
  async send(
    response: ServerResponse,
    results: PublicEvents | PublicResult,
    idOf: () => string | undefined = () => undefined,
  ): Promise<void> {
    const events = Symbol.asyncIterator in results ? results : undefined;
    // A client that leaves is noticed here; otherwise the listener behind would wait on for it.
    const leave = (): void => void events?.return?.();
    if (response.destroyed) return leave();
    response.once('close', leave);
    this.#count(response);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    // Some browsers tell nobody of the answer's head before there is a body.
    response.write(':\n\n');
    if (events === undefined) await write(response, results as PublicResult);
    else for await (const result of events) await write(response, result, idOf());
    if (!response.destroyed) response.end('event: complete\ndata:\n\n');
  }

  has(response: ServerResponse): boolean {
    return this.#open.has(response);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #count(response: ServerResponse): void {
    this.#open.add(response);
    this.#metrics.subscriptions.inc({ transport: 'sse' });
    response.once('close', () => {
      this.#open.delete(response);
      this.#metrics.subscriptions.dec({ transport: 'sse' });
    });
  }

  #ping(): void {
    // Who has not taken the last one gets no other: it would only pile up.
    for (const response of this.#open) if (response.writableLength === 0) response.write(':\n\n');
  }
}

/** Resolves when the client has room for more, or is gone. */
function write(response: ServerResponse, result: PublicResult, id?: string): Promise<void> | undefined {
  const event = `event: next\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(result)}\n\n`;
  if (response.destroyed || response.write(event)) return undefined;
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}
