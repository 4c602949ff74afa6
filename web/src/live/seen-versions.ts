/** How many are remembered: far more than can be repeated between two cursors, and less than 100 KB. */
const REMEMBERED_MAX = 1_000;

export interface Versioned {
  id: string;
  version: number;
}

/** Remembers the newest version of each id, of the last so many. */
export class Seen {
  readonly #versions = new Map<string, number>();

  /** False: this one, or a newer one, was here before. */
  add({ id, version }: Versioned): boolean {
    const known = this.#versions.get(id) ?? Number.NEGATIVE_INFINITY;
    this.#versions.delete(id);
    this.#versions.set(id, Math.max(known, version));
    for (const oldest of this.#versions.keys()) {
      if (this.#versions.size <= REMEMBERED_MAX) break;
      this.#versions.delete(oldest);
    }
    return version > known;
  }
}
