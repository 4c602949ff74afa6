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

  /** Resolves when a slot is free; whoever was claimed first has it first. */
  async enter(begunAt: number): Promise<number> {
    this.#claims.add(performance.now() - begunAt);
    if (this.#calling < this.#concurrency) this.#calling++;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    return performance.now();
  }

  /** By its call, which entered at that time; it still has its slot. */
  answered(enteredAt: number): void {
    const now = performance.now();
    this.#calls.add(now - enteredAt);
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    // Little's law: what ends in the time of one claim. None where no claim was made.
    const ending = this.#claims.value === 0 ? 0 : this.#claims.value / this.#calls.value;
    this.#ahead = Math.floor(this.#concurrency * Math.min(1, ending));
    this.#lookedAt = now;
    this.#claims = new Mean();
    this.#calls = new Mean();
  }

  /** Its slot goes to whoever waits first. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#calling--;
    else next();
  }

  /** One less is to be answered. */
  end(): void {
    this.#unanswered--;
    this.#onFree();
  }
}

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
  async call<T>(call: () => Promise<T>): Promise<T> {
    const enteredAt = await this.#slots.enter(this.#begunAt);
    try {
      const answer = await call();
      // A call that failed says nothing of how long calls take.
      this.#slots.answered(enteredAt);
      return answer;
    } finally {
      this.#slots.leave();
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
