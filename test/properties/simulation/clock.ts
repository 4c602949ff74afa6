import { AsyncLocalStorage } from 'node:async_hooks';
import { createInbox } from 'nats';
import { driveByGlobalTimers } from '../../support/promise-timers.ts';
import { seeded } from './random.ts';

/** One process of the simulated fleet. What it has set going stops with it: that is what its state decides. */
export type Process = {
  name: string;
  /** Frozen: time passes for all but it. Dead: its continuations never run again. */
  state: 'running' | 'frozen' | 'dead';
  /** What would have happened to it while it was frozen. */
  missed: Timer[];
};

const owner = new AsyncLocalStorage<Process | undefined>();
/** Runs it as a part of that process: timers that are set in it, and in all that follows from it, belong to the process. */
export const runIn = <T>(process: Process | undefined, run: () => T): T => owner.run(process, run);

/** What setTimeout, setInterval and setImmediate return here. */
class Timer {
  dueAt = 0;
  order = 0;
  cancelled = false;
  readonly run: () => void;
  readonly owner: Process | undefined;
  readonly everyMs: number | undefined;

  constructor(run: () => void, of: Process | undefined, everyMs?: number) {
    this.run = run;
    this.owner = of;
    this.everyMs = everyMs;
  }

  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
export type { Timer };

const realImmediate = globalThis.setImmediate;
/** Everything that promises still had to do is done once the event loop turns. */
const settled = (): Promise<void> => new Promise((resume) => realImmediate(resume));

/** A run that takes more events than this is a loop without an end: the largest of the honest ones takes a tenth. */
const EVENTS_MAX = 400_000;
const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * The only clock of a simulation, in milliseconds from 0. While it is installed the program's own timers, clocks and
 * dice are driven by it, so that a run is repeated exactly by its seed.
 */
export class Clock {
  now = 0;
  readonly random: () => number;
  #order = 0;
  #events = 0;
  /** The soonest comes last. */
  #timers: Timer[] = [];

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  /** Runs it after so many milliseconds in that process, or in none: what happens to servers and wires. */
  after(delayMs: number, process: Process | undefined, run: () => void): Timer {
    return this.#insert(new Timer(run, process), delayMs);
  }

  cancel(timer: Timer | undefined): void {
    if (timer !== undefined) timer.cancelled = true;
  }

  /** Timers of a process that would still keep it busy. */
  timersOf(process: Process): number {
    return this.#timers.filter((timer) => timer.owner === process && !timer.cancelled).length;
  }

  thaw(process: Process): void {
    if (process.state !== 'frozen') return;
    process.state = 'running';
    for (const timer of process.missed.splice(0)) this.#insert(timer, 0);
  }

  /** Lets time pass until the condition holds, which is looked at after each event; false if it never does by then. */
  async until(condition: () => boolean, untilMs: number): Promise<boolean> {
    for (;;) {
      await settled();
      if (condition()) return true;
      const timer = this.#timers.pop();
      if (timer === undefined || timer.dueAt > untilMs) {
        if (timer !== undefined) this.#timers.push(timer);
        this.now = untilMs;
        return false;
      }
      if (++this.#events > EVENTS_MAX) throw new Error(`no end after ${EVENTS_MAX} events, at ${this.now} ms`);
      this.now = Math.max(this.now, timer.dueAt);
      this.#fire(timer);
    }
  }

  /** Takes the place of timers, clocks and dice until it is disposed of. */
  install(): Disposable {
    // The broker's client seeds its ids by Math.random at its first use in a process. Without this the first run of a
    // process would lose two numbers to it, and no later run would repeat it.
    createInbox();
    driveByGlobalTimers();
    const cancel = (timer: unknown): void => {
      if (timer instanceof Timer) timer.cancelled = true;
    };
    const set =
      (repeats: boolean) =>
      (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Timer => {
        const delayMs = Math.max(1, ms);
        return this.#insert(new Timer(() => run(...args), owner.getStore(), repeats ? delayMs : undefined), delayMs);
      };
    const real = { ...timersOf(globalThis), random: Math.random, now: Date.now };
    Object.assign(globalThis, {
      setTimeout: set(false),
      setInterval: set(true),
      setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) =>
        this.#insert(new Timer(() => run(...args), owner.getStore()), 0),
      clearTimeout: cancel,
      clearInterval: cancel,
      clearImmediate: cancel,
    });
    Math.random = this.random;
    Date.now = () => EPOCH_MS + this.now;
    performance.now = () => this.now;
    return {
      [Symbol.dispose]() {
        const { random, now, ...timers } = real;
        Object.assign(globalThis, timers);
        Math.random = random;
        Date.now = now;
        // The one below it is the prototype's.
        delete (performance as Partial<Performance>).now;
      },
    };
  }

  #fire(timer: Timer): void {
    if (timer.cancelled || timer.owner?.state === 'dead') return;
    if (timer.owner?.state === 'frozen') {
      timer.owner.missed.push(timer);
      return;
    }
    if (timer.everyMs !== undefined) this.#insert(timer, timer.everyMs);
    owner.run(timer.owner, timer.run);
  }

  #insert(timer: Timer, delayMs: number): Timer {
    timer.dueAt = this.now + delayMs;
    timer.order = this.#order++;
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle];
      if (other !== undefined && other.dueAt > timer.dueAt) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return timer;
  }
}

const timersOf = ({
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval,
  clearImmediate,
}: typeof globalThis) => ({ setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate });
