import type { Cancel, Environment } from './environment.ts';

const PING_EVERY_MS = 12_000;
/** A server that says nothing in this time is gone; otherwise a pulled cable would look like a long wait. */
const PONG_WAIT_MS = 5_000;
/** Somebody is looking: they should not look at a dead connection for long. */
const CHECK_WAIT_MS = 3_000;

interface Pulse {
  ping: () => void;
  dead: () => void;
}

/** Finds out whether the other end is still there. Whatever arrives shows that it is. */
export class Heartbeat {
  readonly #environment: Environment;
  readonly #pulse: Pulse;
  #cancelPing: Cancel | undefined;
  #cancelDeadline: Cancel | undefined;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(environment: Environment, pulse: Pulse) {
    this.#environment = environment;
    this.#pulse = pulse;
  }

  alive(): void {
    this.stop();
    this.#cancelPing = this.#environment.after(PING_EVERY_MS, () => this.#ask(PONG_WAIT_MS));
  }

  /** Asks now, and waits less for the answer. */
  check(): void {
    this.#ask(CHECK_WAIT_MS);
  }

  stop(): void {
    this.#cancelPing?.();
    this.#cancelDeadline?.();
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  #ask(waitMs: number): void {
    const deadline = this.#environment.now() + waitMs;
    // An earlier question counts: asking again and again must not put the end off.
    if (deadline >= this.#deadline) return;
    this.stop();
    this.#deadline = deadline;
    this.#cancelDeadline = this.#environment.after(waitMs, this.#pulse.dead);
    this.#pulse.ping();
  }
}
