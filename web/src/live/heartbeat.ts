import type { Cancel, Environment } from './environment.ts';

const PING_EVERY_MS = 12_000;
/** Without a message in this time the connection is half-open. TCP alone would notice a pulled cable much later. */
const PONG_WAIT_MS = 5_000;
/** Shorter, because a person is looking at the page. */
const CHECK_WAIT_MS = 3_000;

interface HeartbeatActions {
  ping: () => void;
  dead: () => void;
}

/** Detects a half-open connection by pings. Every message that arrives counts as a pong. */
export class Heartbeat {
  readonly #environment: Environment;
  readonly #actions: HeartbeatActions;
  #cancelPing: Cancel | undefined;
  #cancelDeadline: Cancel | undefined;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(environment: Environment, actions: HeartbeatActions) {
    this.#environment = environment;
    this.#actions = actions;
  }

  alive(): void {
    this.stop();
    this.#cancelPing = this.#environment.after(PING_EVERY_MS, () => this.#ask(PONG_WAIT_MS));
  }

  /** Pings now, with the shorter wait. */
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
    // An earlier deadline stays, otherwise many checks in a row would postpone it.
    if (deadline >= this.#deadline) return;
    this.stop();
    this.#deadline = deadline;
    this.#cancelDeadline = this.#environment.after(waitMs, this.#actions.dead);
    this.#actions.ping();
  }
}
