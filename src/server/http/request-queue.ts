import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type QueuedRequest = {
  request: IncomingMessage;
  response: ServerResponse;
  begin: () => void;
};
/** The response to bytes that are not a request. It closes the connection. */
type Refusal = { begin: () => void };

/** Requests of one connection that may wait behind the current one. */
const WAITING_MAX = 8;
/** Bytes of these. Their headers wait in memory, 16 KB of each at most. */
const WAITING_BYTES_MAX = 48 * 1024;
/** Upper estimates. Measured: 3.5 KB for a request and its response, and 55 bytes for a header beside its characters. */
const REQUEST_BYTES = 4_000;
const HEADER_BYTES = 60;

/**
 * Handles one request of a connection at a time. Node parses pipelined requests as they come, hundreds in one read: begun
 * at once, each would keep its response in memory until the client reads it.
 */
export class RequestQueue {
  /** The first entry of each list has begun, the others wait. */
  readonly #queues = new WeakMap<Duplex, (QueuedRequest | Refusal)[]>();

  /** Begins it now, or after the responses to the requests before it. Closes a connection with too many waiting. */
  add(socket: Duplex, entry: QueuedRequest | Refusal): void {
    if (!socket.writable) return;
    const queue = this.#queues.get(socket);
    if (queue === undefined) {
      this.#queues.set(socket, [entry]);
      return this.#begin(socket, entry);
    }
    queue.push(entry);
    if (queue.length > WAITING_MAX + 1 || waitingBytes(queue) > WAITING_BYTES_MAX) socket.destroy();
  }

  /** Whether a response on this connection is not finished. */
  isBusy(socket: Duplex): boolean {
    return this.#queues.has(socket);
  }

  /** The request to which unreadable bytes belong: the last one, if its body is not complete. */
  unread(socket: Duplex): IncomingMessage | undefined {
    const last = this.#queues.get(socket)?.at(-1);
    return last !== undefined && 'request' in last && !last.request.complete ? last.request : undefined;
  }

  /** Replaces the connection's last request, which waits and can't be read, by a refusal that closes the connection. */
  replaceLast(socket: Duplex, begin: () => void): void {
    this.#queues.get(socket)?.splice(-1, 1, { begin });
  }

  #begin(socket: Duplex, entry: QueuedRequest | Refusal): void {
    if ('response' in entry) entry.response.once('close', () => this.#next(socket));
    entry.begin();
  }

  #next(socket: Duplex): void {
    const queue = this.#queues.get(socket);
    queue?.shift();
    const [entry] = queue ?? [];
    // After `connection: close` no further request is handled: its response would not be sent.
    if (entry === undefined || !socket.writable) this.#queues.delete(socket);
    else this.#begin(socket, entry);
  }
}

const waitingBytes = ([, ...waiting]: readonly (QueuedRequest | Refusal)[]): number =>
  waiting.reduce((sum, entry) => sum + ('request' in entry ? requestBytes(entry.request) : 0), 0);

const requestBytes = ({ url = '', rawHeaders }: IncomingMessage): number =>
  rawHeaders.reduce((sum, { length }) => sum + length + HEADER_BYTES / 2, REQUEST_BYTES + url.length);
