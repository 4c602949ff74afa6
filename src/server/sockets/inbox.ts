import type { Room } from '../../memory/room.ts';
import { PASSING_BYTES } from '../graphql/held-bytes.ts';

/**
 * The bytes that a client has sent and that `ws` still refers to. Its parts of a message are views of the chunks that were
 * read, so that one byte can keep a chunk of 64 KB.
 */
export class Inbox {
  readonly #room: Room;
  readonly #onFull: () => void;
  /** Bytes received, without the whole frames. 0: no message has begun. */
  #unread = 0;
  /** Bytes of the chunks that may still be referred to. */
  #kept = 0;
  #largest = 0;
  /** Bytes that Node has read and not yet handed over, since the socket is paused. */
  #waiting = 0;
  #held = 0;

  /** @param onFull called if there is no room for what has arrived */
  constructor(room: Room, onFull: () => void) {
    this.#room = room;
    this.#onFull = onFull;
  }

  /** A chunk was read from the connection. */
  arrived(bytes: number): void {
    this.#unread += bytes;
    this.#largest = Math.max(this.#largest, bytes);
    this.#keep(this.#kept + bytes);
  }

  /** A whole message was taken: chunks before the last one of it are not referred to any more. */
  message(payloadBytes: number): void {
    this.#take(payloadBytes);
    if (this.#unread > 0) this.#keep(this.#unread + this.#largest);
  }

  /** A whole control frame was taken, perhaps between the fragments of a message. */
  control(payloadBytes: number): void {
    this.#take(payloadBytes);
  }

  /** @param bytes that Node has read from the paused socket; 0 as soon as they are handed over */
  waits(bytes: number): void {
    this.#waiting = bytes;
    this.#keep(this.#kept);
  }

  #take(payloadBytes: number): void {
    this.#unread = Math.max(0, this.#unread - frameBytes(payloadBytes));
    if (this.#unread > 0) return;
    this.#largest = 0;
    this.#keep(0);
  }

  #keep(bytes: number): void {
    this.#kept = bytes;
    const counted = Math.max(0, bytes + this.#waiting - PASSING_BYTES);
    const more = counted - this.#held;
    if (more <= 0) this.#room.release(-more);
    else if (!this.#room.hold(more)) return this.#onFull();
    this.#held = counted;
  }
}

/** RFC 6455, 5.2: the shortest frame of a client. Longer ones, and fragments, leave a few bytes that count as unread. */
const frameBytes = (payloadBytes: number): number => payloadBytes + (payloadBytes < 126 ? 6 : 8);
