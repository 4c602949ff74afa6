import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export type Turn = {
  request: IncomingMessage;
  response: ServerResponse;
  begin: () => void;
};
/** The answer to bytes that are no request: it hangs up. */
type LastTurn = { begin: () => void };

/** Requests of one connection that may wait for the answer before them. */
const WAITING_MAX = 8;

/**
 * One request of a connection at a time. Node parses pipelined requests as they come, hundreds in one read: begun at once,
 * each would keep its answer in memory until the client reads it.
 */
export class Turns {
  /** The first of each is being answered, the others wait. */
  readonly #turns = new WeakMap<Duplex, (Turn | LastTurn)[]>();

  /** Begins it now, or when the answers before it are finished. A connection with too many waiting is cut. */
  add(socket: Duplex, turn: Turn | LastTurn): void {
    if (!socket.writable) return;
    const turns = this.#turns.get(socket);
    if (turns === undefined) {
      this.#turns.set(socket, [turn]);
      return this.#begin(socket, turn);
    }
    if (turns.length > WAITING_MAX) socket.destroy();
    else turns.push(turn);
  }

  /** An answer is not finished. */
  isBusy(socket: Duplex): boolean {
    return this.#turns.has(socket);
  }

  /** The request whose bytes could not be read, or not in time; undefined if these bytes belong to none. */
  unread(socket: Duplex): IncomingMessage | undefined {
    const last = this.#turns.get(socket)?.at(-1);
    return last !== undefined && 'request' in last && !last.request.complete ? last.request : undefined;
  }

  /** Answers the connection's last request, which waits and can't be read, in another way: this hangs up. */
  replaceLast(socket: Duplex, begin: () => void): void {
    this.#turns.get(socket)?.splice(-1, 1, { begin });
  }

  #begin(socket: Duplex, turn: Turn | LastTurn): void {
    if ('response' in turn) turn.response.once('close', () => this.#next(socket));
    turn.begin();
  }

  #next(socket: Duplex): void {
    const turns = this.#turns.get(socket);
    turns?.shift();
    const [turn] = turns ?? [];
    // After `connection: close` no further request is worked on: its answer would reach nobody.
    if (turn === undefined || !socket.writable) this.#turns.delete(socket);
    else this.#begin(socket, turn);
  }
}
