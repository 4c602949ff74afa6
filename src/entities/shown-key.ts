const CHARACTERS_MAX = 64;

/** A key as a part of a place such as `scoring.areas.sleep`. A key of a file may have any characters: such a one is in quotes. */
export const shownKey = (key: string): string =>
  /^[\w$-]{1,64}$/.test(key) ? key : JSON.stringify(key.slice(0, CHARACTERS_MAX));

/** The keys of a place that `shownKey` has written. */
export const keysOf = (place: string): string[] =>
  (place.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? []).map((part) =>
    part.startsWith('"') ? String(JSON.parse(part)) : part,
  );
