/** From 0 to 1, like Math.random, but the same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A network latency, in milliseconds: mostly short, and sometimes so long that other messages overtake this one. */
export function wayMs(random: () => number): number {
  const kind = random();
  if (kind < 0.75) return 1 + random() * 4;
  return kind < 0.95 ? random() * 60 : random() * 700;
}
