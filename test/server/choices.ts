/** Choices, read from numbers. Fewer and smaller numbers make a simpler document, so that a failing one can shrink. */
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

  /** Yes in so many of a hundred cases; no where the numbers have run out. */
  percent(likely: number): boolean {
    return this.below(100) >= 100 - likely;
  }

  times<T>(most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index));
  }
}

/** Names that every object of JavaScript has, or that it takes for something. */
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
