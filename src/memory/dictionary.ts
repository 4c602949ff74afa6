/**
 * A `Map` from texts for what comes and goes: requests, jobs, promises. What was in a `Map` or a `Set` that changes all
 * the time outlives the collection of young garbage, with everything that it refers to; what was in an object does not
 * (docs/decisions/0019).
 */
export class Dictionary<Value> {
  // Without a prototype: any text is a key like any other.
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

  /** False if it was not there. */
  delete(key: string): boolean {
    if (!(key in this.#values)) return false;
    delete this.#values[key];
    this.#size--;
    return true;
  }

  /** As they are now; in the order in which their keys came, but for keys that are whole numbers. */
  values(): Value[] {
    return Object.values(this.#values);
  }
}
