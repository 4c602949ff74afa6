import { Permanent, RetryLater } from '../errors.ts';

/** How often the durations of claims and calls are evaluated. */
const EVALUATE_EVERY_MS = 1_000;
/** Jobs claimed ahead, in a call, and being saved: about one of each for each slot. */
const HELD_FOR_EACH_SLOT = 3;

/**
 * A worker's slots. Each is the right to have one call of the model in flight; it is free again as soon as the call has
 * ended, while its outcome is still being saved. Where calls are about as quick as claims, a slot would stand empty while
 * the next claim is made. Then the worker claims ahead: as many more assessments as calls end during one claim, which is
 * none where a call takes seconds (docs/decisions/0020).
 */
export class Slots {
  readonly #concurrency: number;
  readonly #onFree: () => void;
  #reserved = 0;
  #calling = 0;
  readonly #waiting: (() => void)[] = [];
  #ahead = 0;
  #evaluatedAt = performance.now();
  #claims = new Mean();
  #calls = new Mean();

  /** @param onFree called when another reservation may have become possible */
  constructor(concurrency: number, onFree: () => void) {
    this.#concurrency = concurrency;
    this.#onFree = onFree;
  }

  /** The number of reservations whose call has not ended. */
  get reserved(): number {
    return this.#reserved;
  }

  /**
   * How many assessments this worker can have use for at once: one for each slot, and for each that is claimed ahead another
   * one that becomes due meanwhile.
   */
  get useful(): number {
    return this.#concurrency + 2 * this.#ahead;
  }

  /** How many more reservations may be made. @param held the worker's jobs, those after their call included */
  free(held: number): number {
    const most = this.#concurrency;
    return Math.max(0, Math.min(most + this.#ahead - this.#reserved, HELD_FOR_EACH_SLOT * most - held));
  }

  /** Reserves a slot for an assessment that is about to be claimed. */
  reserve(): Reservation {
    this.#reserved++;
    return new Reservation(this, performance.now());
  }

  /**
   * Runs `call` in a slot. The calls that wait for one are served in the order of their claims.
   * @throws RetryLater if the signal aborts before a slot is free; or what `call` throws
   */
  async carryOut<T>(call: () => Promise<T>, reservedAt: number, signal: AbortSignal): Promise<T> {
    this.#claims.add(performance.now() - reservedAt);
    await this.#enter(signal);
    const enteredAt = performance.now();
    try {
      const reply = await call();
      this.#calls.add(performance.now() - enteredAt);
      this.#evaluate();
      return reply;
    } catch (error) {
      // A failed call says nothing of how long the next ones take, so nothing is claimed ahead until one succeeds. A
      // permanent refusal is a reply like any other.
      if (!(error instanceof Permanent)) this.#ahead = 0;
      throw error;
    } finally {
      this.#leave();
    }
  }

  /** For `Reservation` alone. */
  release(): void {
    this.#reserved--;
    this.#onFree();
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw endedBefore();
    if (this.#calling < this.#concurrency) {
      this.#calling++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(endedBefore());
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(enter);
    });
  }

  /** Hands the slot to the call that has waited longest, so the number of calls stays the same. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#calling--;
    else next();
  }

  #evaluate(): void {
    const now = performance.now();
    if (now - this.#evaluatedAt < EVALUATE_EVERY_MS) return;
    // Calls that end during one claim = call rate × claim time (Little's law); 0 before the first claim.
    const ending = this.#claims.value === 0 ? 0 : this.#claims.value / this.#calls.value;
    this.#ahead = Math.floor(this.#concurrency * Math.min(1, ending));
    this.#evaluatedAt = now;
    this.#claims = new Mean();
    this.#calls = new Mean();
  }
}

const endedBefore = (): RetryLater => new RetryLater('ended while it waited for a slot', { countsAttempt: false });

/** The right of one assessment to a slot, from before it is claimed until its call has ended. */
export class Reservation {
  readonly #slots: Slots;
  readonly #madeAt: number;
  #isReleased = false;

  constructor(slots: Slots, madeAt: number) {
    this.#slots = slots;
    this.#madeAt = madeAt;
  }

  /**
   * To be called once the assessment is claimed. Waits for a slot, runs `call` in it and releases the reservation.
   * @throws RetryLater if the signal aborts before a slot is free; or what `call` throws
   */
  async call<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.#slots.carryOut(call, this.#madeAt, signal);
    } finally {
      this.release();
    }
  }

  /** Ends the reservation, with or without a call. Further calls have no effect. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#slots.release();
  }
}

/** The mean of what was added; 0 where nothing was. */
class Mean {
  #sum = 0;
  #count = 0;

  get value(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }
}
