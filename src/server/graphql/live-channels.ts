import { SmallSet } from '../../memory/small-set.ts';

/** A socket or an event stream. */
export type Live = { end: () => void };

/**
 * The sockets and event streams of each session here: what stays open and brings news. They are limited together, since
 * one costs as much as the other, and they end with their session.
 */
export class LiveChannels {
  readonly #perSessionMax: number;
  readonly #bySession = new Map<string, SmallSet<Live>>();

  /** @param perSessionMax 0: no limit */
  constructor(perSessionMax: number) {
    this.#perSessionMax = perSessionMax;
  }

  /** False if the session has as many as it may have. */
  add(sessionId: string, live: Live): boolean {
    const open = this.#bySession.get(sessionId) ?? new SmallSet<Live>();
    if (this.#perSessionMax > 0 && open.size >= this.#perSessionMax) return false;
    this.#bySession.set(sessionId, open);
    open.add(live);
    return true;
  }

  remove(sessionId: string, live: Live): void {
    const open = this.#bySession.get(sessionId);
    open?.delete(live);
    if (open?.size === 0) this.#bySession.delete(sessionId);
  }

  sessions(): string[] {
    return [...this.#bySession.keys()];
  }

  end(sessionIds: readonly string[]): void {
    for (const id of sessionIds) for (const live of this.#bySession.get(id) ?? []) live.end();
  }
}
