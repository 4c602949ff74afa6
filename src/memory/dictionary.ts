/**
 * A map from texts to short-lived values: requests, jobs, promises.
 *
 * Reason: V8 keeps the values of a `Map` or `Set` that changes all the time, with everything they refer to, beyond the
 * collection of young garbage; values of a plain object are collected (docs/decisions/0019).
 * Delete it and use `Map` as soon as the V8 test in test/memory/dictionary.test.ts fails for `Map`.
 */
export class Dictionary<Value> {
  // Without a prototype, so that any text is an ordinary key.
  readonly #values = Object.create(null) as Record<string, Value>;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    return this.#values[key];
  }

  has(key: string): boolean {
    return key in this.#values;
  }

  set(key: string, value: Value): void {
    if (!(key in this.#values)) this.#size++;
    this.#values[key] = value;
  }

  /** False if the key was missing. */
  delete(key: string): boolean {
    if (!(key in this.#values)) return false;
    delete this.#values[key];
    this.#size--;
    return true;
  }

  /** A copy, in the order of insertion. Keys that are whole numbers come first, in numeric order. */
  values(): Value[] {
    return Object.values(this.#values);
  }
}
