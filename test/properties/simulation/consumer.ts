import type { Clock, Timer } from './clock.ts';

type Pending = { deliveries: number; timer: Timer | undefined };

/** At least so long, also where a redelivery is wished for at once. */
const REDELIVERY_MIN_MS = 1;

/** What a durable consumer knows: how far it is, and what it has given out and not heard of. */
export class DurableConsumer {
  delivered = 0;
  /** Everything up to it is acknowledged. */
  ackFloor = 0;
  readonly pending = new Map<number, Pending>();
  /** To be given out again, before everything new. */
  readonly again = new Set<number>();
  readonly #clock: Clock;
  readonly #ackWaitMs: number;
  readonly #onAgain: () => void;

  constructor(clock: Clock, ackWaitMs: number, onAgain: () => void) {
    this.#clock = clock;
    this.#ackWaitMs = ackWaitMs;
    this.#onAgain = onAgain;
  }

  /** Returns how often it has been given out, this time included. */
  give(sequence: number): number {
    const before = this.pending.get(sequence);
    const deliveries = (before?.deliveries ?? 0) + 1;
    this.again.delete(sequence);
    this.delivered = Math.max(this.delivered, sequence);
    this.pending.set(sequence, { deliveries, timer: before?.timer });
    this.extend(sequence);
    return deliveries;
  }

  /** The time until a redelivery begins anew. */
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

  /** Acknowledged, or gone from the stream. */
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
