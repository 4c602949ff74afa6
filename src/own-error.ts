/**
 * An error of this program. Its message may be logged and shown, so it consists of fixed words, ids, counts and codes:
 * never of a setting's value, an answer, a reply of the model or a library's text.
 */
export class OwnError extends Error {
  override readonly name: string = 'OwnError';
}

/**
 * The start can't go on: the program ends with exit status 78. The message is for the person at the terminal and says what
 * to change; it ends with the list of `problems`, if there are any.
 */
export class StartError extends OwnError {
  override readonly name = 'StartError';
  readonly problems: readonly string[];

  constructor(message: string, { problems = [], ...options }: ErrorOptions & { problems?: readonly string[] } = {}) {
    super([message, ...problems.map((problem) => `  - ${problem}`)].join('\n'), options);
    this.problems = problems;
  }
}

/** The start was given up after a wait: the program ends with exit status 1, and starting it again may help. */
export class GaveUpError extends OwnError {
  override readonly name = 'GaveUpError';
}
