export interface Counting {
  /** A count with its digits grouped, such as 1,112. */
  count: (value: number) => string;
  /** A count with its word, such as `2 results`. */
  counted: (value: number, one: string, other: string) => string;
  /** The word for a count, by the rules of the language. */
  plural: (value: number, one: string, other: string) => string;
  /** A score with all its digits. */
  number: (value: number) => string;
  /** A score with its sign. */
  difference: (value: number) => string;
  /** A day such as 2001-12-31 in words. */
  day: (day: string) => string;
}

/** The numbers, plurals and days of a language. */
export const countingIn = (language: string): Counting => {
  const plurals = new Intl.PluralRules(language);
  const counts = new Intl.NumberFormat(language);
  /** Twenty digits are more than any decimals of a score: its digits are shown as they came. */
  const digits = new Intl.NumberFormat(language, { maximumFractionDigits: 20, useGrouping: false });
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  const plural = (value: number, one: string, other: string) => (plurals.select(value) === 'one' ? one : other);
  const number = (value: number) => digits.format(value).replace('-', '−');
  return {
    count: (value) => counts.format(value),
    counted: (value, one, other) => `${counts.format(value)} ${plural(value, one, other)}`,
    plural,
    number,
    difference: (value) => (value > 0 ? `+${number(value)}` : number(value)),
    day: (day) => days.format(new Date(`${day}T00:00:00Z`)),
  };
};
