import { CloseCode } from 'graphql-ws';

/** Messages and pings that are read from one socket in a second. A client that resumes 100 subscriptions needs 101. */
export const MESSAGES_PER_SECOND = 250;
/** The same for all sockets of one address (four times as many for a /48 of IPv6). */
export const MESSAGES_PER_SECOND_OF_ADDRESS = 2_000;

/**
 * A paused socket still delivers what was read before, at most one chunk of 64 KB. More messages than this are a flood of
 * tiny ones: the socket is closed.
 */
const FLOOD = 10 * MESSAGES_PER_SECOND;

/** The messages of all sockets of one address in the current second. */
type AddressCount = { readonly share: number; messages: number };

/** The part of a socket that is counted. */
export type Counted = {
  /** Messages and pings in the current second. */
  messages: number;
  readonly counts: readonly AddressCount[];
  readonly outbox: { throttle(): void; unthrottle(): void };
  close(code: number, reason: string): void;
};

/**
 * Limits how fast each socket, and all sockets of an address, are read. Over the limit, nothing is read from a socket for the
 * rest of the second, so that TCP's back-pressure slows its client down. One timer serves all sockets, and runs only while
 * some have sent something.
 */
export class MessageRate {
  readonly #counted = new Set<Counted>();
  readonly #addresses = new Set<AddressCount>();
  #timer: NodeJS.Timeout | undefined;

  count(from: Counted): void {
    from.messages++;
    if (from.messages === 1) this.#counted.add(from);
    if (this.#isOver(from)) from.outbox.throttle();
    if (from.messages === FLOOD) from.close(CloseCode.TooManyInitialisationRequests, 'Too many messages');
    this.#timer ??= setTimeout(() => this.#nextSecond(), 1_000).unref();
  }

  forget(from: Counted): void {
    this.#counted.delete(from);
  }

  #isOver({ messages, counts }: Counted): boolean {
    let isOver = messages === MESSAGES_PER_SECOND;
    for (const address of counts) {
      if (address.messages === 0) this.#addresses.add(address);
      address.messages++;
      if (address.messages >= MESSAGES_PER_SECOND_OF_ADDRESS * address.share) isOver = true;
    }
    return isOver;
  }

  #nextSecond(): void {
    this.#timer = undefined;
    for (const address of this.#addresses) address.messages = 0;
    this.#addresses.clear();
    const counted = [...this.#counted];
    this.#counted.clear();
    for (const from of counted) {
      from.messages = 0;
      from.outbox.unthrottle();
    }
  }
}
