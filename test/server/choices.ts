/** Choices, read from drawn numbers. Fewer and smaller numbers give a simpler document, so that a failure can shrink. */
export class Choices {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(limit: number): number {
    return (this.#numbers[this.#at++] ?? 0) % limit;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** True in so many of a hundred cases; false after the last number. */
  percent(likely: number): boolean {
    return this.below(100) >= 100 - likely;
  }

  times<T>(most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index));
  }
}

/** Names with a meaning in JavaScript: members of every object, and `then`, `toJSON`, `length`. */
export const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  'toJSON',
  'length',
];
