/** Browsers send a handful. */
const RANGES_MAX = 20;

const RANGE = /^(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:\s*;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/**
 * The language ranges of a header `Accept-Language` (RFC 9110, 12.5.4), the preferred one first. Those of the same weight stay
 * in their order; those of weight 0 and malformed ones are left out.
 */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .split(',', RANGES_MAX)
    .flatMap((entry) => {
      const [, range, weight = '1'] = RANGE.exec(entry.trim()) ?? [];
      return range === undefined || Number(weight) === 0 ? [] : [{ range, weight: Number(weight) }];
    })
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ range }) => range);
}
