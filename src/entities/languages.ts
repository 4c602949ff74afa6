/** Real tags are shorter (RFC 5646, 4.4.1). Each subtag of a longer one would be looked up. */
const RANGE_CHARACTERS_MAX = 100;

/**
 * The language of `offered` that fits best, by the lookup of RFC 4647 (3.4), which RFC 9110 names: the first range that is
 * offered counts, and a range without its last subtags counts before the next range. So `de-AT` gets `de`.
 * @param ranges the preferred one first
 * @returns undefined if none of them is offered. Of `*`: the first one that is offered
 */
export function preferredLanguage(offered: readonly string[], ranges: readonly string[]): string | undefined {
  for (const range of ranges.filter(({ length }) => length <= RANGE_CHARACTERS_MAX)) {
    if (range === '*') return offered[0];
    const found = lookUp(offered, range.toLowerCase().split('-'));
    if (found !== undefined) return found;
  }
  return undefined;
}

function lookUp(offered: readonly string[], subtags: readonly string[]): string | undefined {
  if (subtags.length === 0) return undefined;
  const found = sameLanguage(offered, subtags.join('-'));
  // A single letter begins an extension, which means nothing without what follows.
  const isOfExtension = subtags.at(-2)?.length === 1;
  return found ?? lookUp(offered, subtags.slice(0, isOfExtension ? -2 : -1));
}

/** The language as it is offered. Tags are compared without regard to case. */
export const sameLanguage = (offered: readonly string[], asked: string): string | undefined =>
  offered.find((language) => language.toLowerCase() === asked.toLowerCase());

/**
 * The language of `offered` that a person gets: the one that fits the ranges best, else English, else the first.
 * @param offered at least one
 */
export function languageFor(offered: readonly string[], ranges: readonly string[]): string {
  const isEnglish = (language: string): boolean => preferredLanguage([language], ['en']) !== undefined;
  // `*` gets the first one.
  const ordered = [...offered.filter(isEnglish), ...offered.filter((language) => !isEnglish(language))];
  return preferredLanguage(ordered, ranges) ?? ordered[0] ?? 'en';
}
