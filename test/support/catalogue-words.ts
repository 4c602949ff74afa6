/** The texts of a catalogue by their paths. Of a function it is the text for the numbers 2 to 5, or for a day. */
export const wordsIn = (catalogue: object, prefix = ''): [path: string, text: string][] =>
  Object.entries(catalogue).flatMap(([key, value]): [string, string][] => {
    const path = `${prefix}${key}`;
    if (typeof value === 'string') return [[path, value]];
    return typeof value === 'function' ? [[path, sample(value)]] : wordsIn(value, `${path}.`);
  });

const sample = (words: (...values: unknown[]) => string): string => {
  try {
    return words(2, 3, 4, 5);
  } catch {
    return words('2001-12-31');
  }
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
