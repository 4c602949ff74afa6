/** The texts of a catalogue by their paths. Of a function it is the text for numbers, or for a day. */
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

/** The texts of a catalogue that stand on a page as they are. */
export const fixedWordsIn = (catalogue: object): string[] =>
  Object.values(catalogue).flatMap((value) => {
    if (typeof value === 'string') return /\p{L}{2}/u.test(value) ? [value] : [];
    return typeof value === 'function' ? [] : fixedWordsIn(value);
  });
