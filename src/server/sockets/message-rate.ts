import { CloseCode } from 'graphql-ws';

/** Messages and pings that are read from one socket in a second. A client that resumes 100 subscriptions needs 101. */
export const MESSAGES_PER_SECOND = 250;

/**
 * A paused socket still delivers what was read before, at most one chunk of 64 KB. More messages than this are a flood of
 * tiny ones: the socket is closed.
 */
const FLOOD = 10 * MESSAGES_PER_SECOND;

/** The part of a socket that is counted. */
export type Counted = {
  /** Messages and pings in the current second. */
  messages: number;
  readonly outbox: { throttle(): void; unthrottle(): void };
  close(code: number, reason: string): void;
};

/**
 * Limits how fast each socket is read. Over the limit, nothing is read from a socket for the rest of the second, so that
 * TCP's back-pressure slows its client down. One timer serves all sockets, and runs only while some have sent something.
 */
export class MessageRate {
  readonly #counted = new Set<Counted>();
  #timer: NodeJS.Timeout | undefined;

  count(from: Counted): void {
    from.messages++;
    if (from.messages === 1) this.#counted.add(from);
    if (from.messages === MESSAGES_PER_SECOND) from.outbox.throttle();
    if (from.messages === FLOOD) from.close(CloseCode.TooManyInitialisationRequests, 'Too many messages');
    this.#timer ??= setTimeout(() => this.#nextSecond(), 1_000).unref();
  }

  forget(from: Counted): void {
    this.#counted.delete(from);
  }

  #nextSecond(): void {
    this.#timer = undefined;
    const counted = [...this.#counted];
    this.#counted.clear();
    for (const from of counted) {
      const isThrottled = from.messages >= MESSAGES_PER_SECOND;
      from.messages = 0;
      if (isThrottled) from.outbox.unthrottle();
    }
  }
}
