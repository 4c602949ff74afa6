/**
 * The language of `offered` that a person gets: the first wanted one that is offered, itself or by its main language, else
 * English, else the first. Tags compare without case.
 * @param offered at least one
 */
export function languageFor(wanted: readonly string[], offered: readonly string[]): string {
  for (const tag of wanted) {
    const found = languageLike(tag, offered);
    if (found !== undefined) return found;
  }
  return languageLike('en', offered) ?? offered[0] ?? 'en';
}

/** The same language, or else its main language ("de" for "de-AT"), or else another form of it ("pt-BR" for "pt"). */
export function languageLike(tag: string, offered: readonly string[]): string | undefined {
  const main = mainOf(tag);
  return (
    offered.find((each) => each.toLowerCase() === tag.toLowerCase()) ??
    offered.find((each) => each.toLowerCase() === main) ??
    offered.find((each) => mainOf(each) === main)
  );
}

const mainOf = (tag: string): string => tag.toLowerCase().split('-', 1)[0] ?? '';

/** A browser sends a few; a longer header is read up to here. */
const WANTED_MAX = 20;
const HEADER_MAX = 1_000;

/** The languages of the header `Accept-Language` (RFC 9110, 12.5.4), the most wanted first. */
export function wantedLanguages(header: string | undefined): string[] {
  const ranges = (header ?? '').slice(0, HEADER_MAX).split(',', WANTED_MAX);
  return ranges
    .flatMap((range) => {
      const { tag, quality = '1' } = RANGE.exec(range.trim())?.groups ?? {};
      return tag === undefined || Number(quality) === 0 ? [] : [{ tag, quality: Number(quality) }];
    })
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

const RANGE = /^(?<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4})(?:\s*;\s*q=(?<quality>[01](?:\.\d{0,3})?))?$/;
