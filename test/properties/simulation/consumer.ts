import type { Clock, Timer } from './clock.ts';

type Pending = { deliveries: number; timer: Timer | undefined };

/** Minimum, also for a nak without a delay. */
const REDELIVERY_MIN_MS = 1;

/** The state of a durable consumer: its position, and the deliveries without an ack. */
export class DurableConsumer {
  delivered = 0;
  /** All messages up to this sequence number are acked. */
  ackFloor = 0;
  readonly pending = new Map<number, Pending>();
  /** To be redelivered, before new messages. */
  readonly again = new Set<number>();
  readonly #clock: Clock;
  readonly #ackWaitMs: number;
  readonly #onAgain: () => void;

  constructor(clock: Clock, ackWaitMs: number, onAgain: () => void) {
    this.#clock = clock;
    this.#ackWaitMs = ackWaitMs;
    this.#onAgain = onAgain;
  }

  /** @returns the number of deliveries, this one included */
  give(sequence: number): number {
    const before = this.pending.get(sequence);
    const deliveries = (before?.deliveries ?? 0) + 1;
    this.again.delete(sequence);
    this.delivered = Math.max(this.delivered, sequence);
    this.pending.set(sequence, { deliveries, timer: before?.timer });
    this.extend(sequence);
    return deliveries;
  }

  /** Restarts the ack wait. */
  extend(sequence: number): void {
    this.redeliverAfter(sequence, this.#ackWaitMs);
  }

  redeliverAfter(sequence: number, delayMs: number): void {
    const pending = this.pending.get(sequence);
    if (pending === undefined) return;
    this.#clock.cancel(pending.timer);
    pending.timer = this.#clock.after(Math.max(REDELIVERY_MIN_MS, delayMs), undefined, () => {
      this.again.add(sequence);
      this.#onAgain();
    });
  }

  /** To be called when the message is acked, or gone from the stream. */
  settle(sequence: number): void {
    this.#clock.cancel(this.pending.get(sequence)?.timer);
    this.pending.delete(sequence);
    this.again.delete(sequence);
    this.ackFloor = Math.min(this.delivered, Math.min(...this.pending.keys()) - 1);
  }

  forget(): void {
    for (const { timer } of this.pending.values()) this.#clock.cancel(timer);
    this.pending.clear();
    this.again.clear();
  }
}
