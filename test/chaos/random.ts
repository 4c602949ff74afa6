export type Random = {
  /** From 0 to 1. */
  number: () => number;
  pick: <T>(from: readonly T[]) => T;
  shuffle: <T>(items: readonly T[]) => T[];
};

/** The same draws for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const number = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(number() * from.length)] as T;
  const shuffle = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, at: number() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item);
  return { number, pick, shuffle };
}
