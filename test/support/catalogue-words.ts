/** The texts of a catalogue by their paths. Of a function it is the text for the numbers 2 to 5, for a day, or for a list. */
export const wordsIn = (catalogue: object, prefix = ''): [path: string, text: string][] =>
  Object.entries(catalogue).flatMap(([key, value]): [string, string][] => {
    const path = `${prefix}${key}`;
    if (typeof value === 'string') return [[path, value]];
    return typeof value === 'function' ? [[path, sample(value)]] : wordsIn(value, `${path}.`);
  });

const sample = (words: (...values: unknown[]) => string): string => {
  for (const values of [[2, 3, 4, 5], ['2001-12-31']]) {
    try {
      return words(...values);
    } catch {} // it takes other values
  }
  return words(['2', '3']);
};

/** Patterns of the texts of a catalogue, but of those that have hardly a word of their own. */
export const patternsIn = (catalogue: object): string[] =>
  wordsIn(catalogue)
    .filter(([, text]) => /\p{L}{3}/u.test(text))
    .map(
      ([, text]) =>
        `^${text
          .split(/[2-5]/)
          .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
          .join('.+')}$`,
    );
