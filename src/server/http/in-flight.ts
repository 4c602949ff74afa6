import type { IncomingMessage } from 'node:http';
import type { EventStreams } from './event-stream.ts';
import type { Exchange } from './exchange.ts';

/**
 * Requests without a finished response. A stop does not wait for event streams, which end with their assessments or never.
 * Requests in the queue of a connection are not added, since they may wait for an event stream.
 */
export class InFlight {
  readonly #streams: EventStreams;
  readonly #exchanges = new Set<Exchange>();
  #stopped: (() => void) | undefined;
  stopping = false;
  /** Each connection is closed after its response, so that its client opens the next one elsewhere. */
  draining = false;

  constructor(streams: EventStreams) {
    this.#streams = streams;
  }

  add(exchange: Exchange): void {
    this.#exchanges.add(exchange);
    if (this.stopping || this.draining) closeAfter(exchange);
  }

  delete(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    if (this.#stopped !== undefined && this.#isIdle()) this.#stopped();
  }

  of(request: IncomingMessage): Exchange | undefined {
    return [...this.#exchanges].find((exchange) => exchange.request === request);
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    for (const exchange of this.#exchanges) closeAfter(exchange);
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#stopped = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isIdle(): boolean {
    return [...this.#exchanges].every(({ response }) => this.#streams.has(response));
  }
}

/** Closes the connection after the response. */
export function closeAfter({ response }: Exchange): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
