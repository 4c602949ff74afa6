import { Permanent, RetryLater } from '../errors.ts';

/** From one look at how long claims and calls take to the next. */
const LOOK_EVERY_MS = 1_000;
/** Those that are claimed ahead, in a call, and being written are each about as many as there are slots, at most. */
const HELD_FOR_EACH_SLOT = 3;

/**
 * A worker's slots, each for one call of the model at a time: the next one begins while what came of it is written.
 * Where calls are about as quick as claims, a slot would stand empty while a claim is made. So as many more are claimed
 * as calls will end meanwhile, which is none where a call takes seconds (docs/decisions/0020).
 */
export class Slots {
  readonly #concurrency: number;
  readonly #onFree: () => void;
  #unanswered = 0;
  #calling = 0;
  readonly #waiting: (() => void)[] = [];
  #ahead = 0;
  #lookedAt = performance.now();
  #claims = new Mean();
  #calls = new Mean();

  /** @param onFree to be told that another may be begun */
  constructor(concurrency: number, onFree: () => void) {
    this.#concurrency = concurrency;
    this.#onFree = onFree;
  }

  /** Assessments that were begun and have no answer yet. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** How many more may be begun while so many are held, those included that have their answer. */
  free(held: number): number {
    const most = this.#concurrency;
    return Math.max(0, Math.min(most + this.#ahead - this.#unanswered, HELD_FOR_EACH_SLOT * most - held));
  }

  /** Another one: it is to be claimed now. */
  begin(): Turn {
    this.#unanswered++;
    return new Turn(this, performance.now());
  }

  /**
   * In a slot, once there is one: whoever was claimed first has it first.
   * @throws RetryLater if it is ended before that; whatever `call` throws
   */
  async carryOut<T>(call: () => Promise<T>, begunAt: number, signal: AbortSignal): Promise<T> {
    this.#claims.add(performance.now() - begunAt);
    await this.#enter(signal);
    const enteredAt = performance.now();
    try {
      const answer = await call();
      this.#calls.add(performance.now() - enteredAt);
      this.#look();
      return answer;
    } catch (error) {
      // Not how long calls take, but that nobody knows what the next ones will do; unless it is a refusal for good.
      if (!(error instanceof Permanent)) this.#ahead = 0;
      throw error;
    } finally {
      this.#leave();
    }
  }

  /** One less is to be answered. */
  end(): void {
    this.#unanswered--;
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

  /** The slot goes to whoever waits first. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#calling--;
    else next();
  }

  /** From time to time: how many calls will end while one claim is made. */
  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    // Little's law. None where no claim was made.
    const ending = this.#claims.value === 0 ? 0 : this.#claims.value / this.#calls.value;
    this.#ahead = Math.floor(this.#concurrency * Math.min(1, ending));
    this.#lookedAt = now;
    this.#claims = new Mean();
    this.#calls = new Mean();
  }
}

const endedBefore = (): RetryLater => new RetryLater('ended while it waited for a slot', { countsAttempt: false });

/** One assessment's way to its answer. */
export class Turn {
  readonly #slots: Slots;
  readonly #begunAt: number;
  #over = false;

  constructor(slots: Slots, begunAt: number) {
    this.#slots = slots;
    this.#begunAt = begunAt;
  }

  /** Once it is claimed: waits for a slot, and has it until `call` has ended. */
  async call<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.#slots.carryOut(call, this.#begunAt, signal);
    } finally {
      this.end();
    }
  }

  /** It has its answer, or will have none. May be said again. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#slots.end();
  }
}

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
