import { AsyncLocalStorage } from 'node:async_hooks';
import { createInbox } from 'nats';
import { driveByGlobalTimers } from '../../support/promise-timers.ts';
import { seeded } from './random.ts';

/** One process of the simulated fleet. Its state decides whether its timers run. */
export type Process = {
  name: string;
  /** Frozen: time passes for all but it. Dead: its continuations never run again. */
  state: 'running' | 'frozen' | 'dead';
  /** The timers that were due while it was frozen. */
  missed: Timer[];
};

const owner = new AsyncLocalStorage<Process | undefined>();
/** Runs the function as a part of the process: the timers that it sets, at once or later, belong to the process. */
export const runIn = <T>(process: Process | undefined, run: () => T): T => owner.run(process, run);

/** The result of the simulated setTimeout, setInterval and setImmediate. */
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
/** Resolves after all callbacks of settled promises have run. */
const settled = (): Promise<void> => new Promise((resume) => realImmediate(resume));

/** A run with more events than this is an endless loop: the largest valid runs take a tenth. */
const EVENTS_MAX = 400_000;
const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * The only clock of a simulation, in milliseconds from 0. While it is installed, it drives the program's timers, clocks
 * and random numbers, so that a seed repeats a run exactly.
 */
export class Clock {
  now = 0;
  readonly random: () => number;
  #order = 0;
  #events = 0;
  /** In descending order of time: the next timer is the last. */
  #timers: Timer[] = [];

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  /** Runs the function after the time in the process, or in none for events of servers and networks. */
  after(delayMs: number, process: Process | undefined, run: () => void): Timer {
    return this.#insert(new Timer(run, process), delayMs);
  }

  cancel(timer: Timer | undefined): void {
    if (timer !== undefined) timer.cancelled = true;
  }

  /** The number of the process's pending timers. */
  timersOf(process: Process): number {
    return this.#timers.filter((timer) => timer.owner === process && !timer.cancelled).length;
  }

  thaw(process: Process): void {
    if (process.state !== 'frozen') return;
    process.state = 'running';
    for (const timer of process.missed.splice(0)) this.#insert(timer, 0);
  }

  /** Lets time pass until the condition holds, which is checked after each event. @returns false if it does not by `untilMs` */
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

  /** Replaces timers, clocks and random numbers until the result is disposed of. */
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
        // The real one is a method of the prototype.
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
