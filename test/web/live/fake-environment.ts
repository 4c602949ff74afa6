import type { Change, Environment } from '../../../web/src/live/index.ts';

type Timer = { at: number; work: () => void };

/** A page whose clock, network and visibility the test decides. Waits are at their longest: nothing is random. */
export class FakeEnvironment implements Environment {
  online = true;
  hidden = false;
  /** The listeners for changes. */
  readonly listeners = new Set<(change: Change) => void>();
  readonly #timers = new Set<Timer>();
  #now = 0;

  isOnline = (): boolean => this.online;
  isHidden = (): boolean => this.hidden;
  now = (): number => this.#now;
  random = (): number => 1;

  watch = (listener: (change: Change) => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  after = (ms: number, work: () => void): (() => void) => {
    const timer = { at: this.#now + ms, work };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Moves the clock on, and runs the timers that become due, in their order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.work();
    }
    this.#now = end;
  }

  /** In how many milliseconds each timer is due, soonest first. */
  pending(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#now).toSorted((a, b) => a - b);
  }

  goOffline(): void {
    this.online = false;
    this.#notify('offline');
  }

  goOnline(): void {
    this.online = true;
    this.#notify('online');
  }

  show(): void {
    this.hidden = false;
    this.#notify('visible');
  }

  #notify(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }
}
