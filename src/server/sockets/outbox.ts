import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Room } from '../../memory/room.ts';
import { PASSING_BYTES } from '../graphql/held-bytes.ts';

/** Unsent bytes of a socket beyond which no event is made for it and nothing is read from it. */
const BACKLOG_BYTES_MAX = 32 * 1024;

/** An unsent message is in memory twice: as bytes, and as the text that its sender keeps until it is written. */
const COPIES = 2;

/** Events that are made at once, so that they share one write. */
const BATCH_EVENTS_MAX = 8;

/** Is told when nothing is read from the socket, and when it is again. */
type Reader = { onPause(): void; onResume(): void };

/**
 * The outgoing messages of one socket, with back-pressure: while its client does not read, no further event is made for it
 * and nothing more is read from it. A slow client costs little more memory than the backlog, however much it requests.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #room: Room;
  readonly #reader: Reader;
  /** Unsent bytes that count for the room. */
  #held = 0;
  #isCorked = false;
  /** Characters of the largest message so far. */
  #largest = 1;
  /** Events that wait for the backlog to drain. */
  #waiting: (() => void)[] = [];
  #isReleasing = false;
  /** The client has sent too much, so that nothing is read whether or not it reads. */
  #isThrottled = false;

  /**
   * @param stream the connection that the socket writes to
   * @param room for the unsent bytes. Without it the socket is cut off: its client does not read, and resumes later
   */
  constructor(socket: WebSocket, stream: Duplex, room: Room, reader: Reader) {
    this.#socket = socket;
    this.#stream = stream;
    this.#room = room;
    this.#reader = reader;
  }

  /**
   * Undefined if the next message may follow at once; otherwise a promise that resolves when this one was written. A
   * message to a closed socket is dropped: the end of the socket ends its subscriptions.
   */
  send(message: string): Promise<void> | undefined {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return undefined;
    this.#cork();
    this.#largest = Math.max(this.#largest, message.length);
    let written: (() => void) | undefined;
    socket.send(message, () => {
      written?.();
      this.#afterSend();
    });
    this.#hold();
    if (!this.#isFull()) return undefined;
    this.#pauseIfFull();
    return new Promise((resolve) => {
      written = resolve;
    });
  }

  /** The reply to a ping. It counts for the backlog as well, since a client may send many pings. */
  pong(data: Buffer): void {
    this.#socket.pong(data, false, () => this.#afterSend());
    this.#hold();
    this.#pauseIfFull();
  }

  /** Resolves when the next event may be made: in batches, each after the backlog has room for it. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#isReleasing) this.#release();
    });
  }

  /** Bytes that Node has read and not handed over, since the socket is paused. */
  get unreadBytes(): number {
    return this.#stream.isPaused() ? this.#stream.readableLength : 0;
  }

  /** Reads nothing until `unthrottle`. */
  throttle(): void {
    this.#isThrottled = true;
    this.#pause();
  }

  unthrottle(): void {
    this.#isThrottled = false;
    if (!this.#isFull()) this.#resume();
  }

  /** Releases all waiting events, since the socket is closed. */
  close(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** All messages of one iteration of the event loop share one write: a write costs more than its bytes. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#stream.cork();
    setImmediate(() => {
      this.#isCorked = false;
      this.#stream.uncork();
    });
  }

  #pause(): void {
    this.#socket.pause();
    this.#reader.onPause();
  }

  #resume(): void {
    this.#socket.resume();
    this.#reader.onResume();
  }

  /** Back-pressure: stops reading from a client that does not read. */
  #pauseIfFull(): void {
    if (this.#isFull() && !this.#socket.isPaused) this.#pause();
  }

  #hold(): void {
    const counted = COPIES * Math.max(0, this.#socket.bufferedAmount - PASSING_BYTES);
    const more = counted - this.#held;
    if (more <= 0) this.#room.release(-more);
    else if (!this.#room.hold(more)) return this.#socket.terminate();
    this.#held = counted;
  }

  #isFull(): boolean {
    return this.#socket.bufferedAmount > BACKLOG_BYTES_MAX;
  }

  #afterSend(): void {
    this.#hold();
    if (this.#isFull()) return;
    if (this.#socket.isPaused && !this.#isThrottled) this.#resume();
    if (!this.#isReleasing) this.#release();
  }

  /** At least one, so that one event may exceed the limit of the backlog. */
  #batchSize(): number {
    const fitting = Math.floor(BACKLOG_BYTES_MAX / 4 / this.#largest);
    return Math.max(1, Math.min(fitting, BATCH_EVENTS_MAX));
  }

  #release(): void {
    const batch = this.#isFull() ? [] : this.#waiting.splice(0, this.#batchSize());
    this.#isReleasing = batch.length > 0;
    if (!this.#isReleasing) return;
    for (const resolve of batch) resolve();
    // By then the events of this batch have been sent, and the backlog shows their size.
    setImmediate(() => this.#release());
  }
}
