/** Ends one connection because its session is over. */
type End = () => void;

/**
 * The sockets and event streams of each session here: what stays open and brings news. They are limited together, since
 * one costs as much as the other, and they end with their session.
 */
export class LiveConnections {
  readonly #perSessionMax: number;
  readonly #bySession = new Map<string, Set<End>>();

  /** @param perSessionMax 0: no limit */
  constructor(perSessionMax: number) {
    this.#perSessionMax = perSessionMax;
  }

  /** How to remove it again; undefined if the session has as many as it may have. */
  add(sessionId: string, end: End): (() => void) | undefined {
    const open = this.#bySession.get(sessionId) ?? new Set();
    if (this.#perSessionMax > 0 && open.size >= this.#perSessionMax) return undefined;
    this.#bySession.set(sessionId, open);
    open.add(end);
    return () => {
      open.delete(end);
      if (open.size === 0 && this.#bySession.get(sessionId) === open) this.#bySession.delete(sessionId);
    };
  }

  sessions(): string[] {
    return [...this.#bySession.keys()];
  }

  end(sessionIds: readonly string[]): void {
    for (const id of sessionIds) for (const end of this.#bySession.get(id) ?? []) end();
  }
}
