/**
 * By a text, something that comes and goes: a `Map` for what is short-lived. When a `Map` or a `Set` has been changed
 * as often as it has room, V8 lays it out anew, and the old layout points to the new one. Once one of them has grown
 * old, whatever was in a later one when it was laid out anew outlives the collection of young garbage, and with it all
 * that it refers to: requests, answers, promises (docs/decisions/0019). Of an object used as a dictionary nothing is
 * kept.
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
