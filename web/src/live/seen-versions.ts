/** Cap of the memory: far more than a server repeats between two cursors, and less than 100 KB. */
const REMEMBERED_MAX = 1_000;

export interface Versioned {
  id: string;
  version: number;
}

/** The newest version of each id that was seen, of the last `REMEMBERED_MAX` ids. */
export class SeenVersions {
  readonly #versions = new Map<string, number>();

  /** False if this version, or a newer one, was seen before. */
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
