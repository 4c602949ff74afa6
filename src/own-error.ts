/**
 * An error of this program. Its message may be logged and shown, so it is made of fixed words, ids, counts and codes:
 * never of values of the environment, of what people or the model wrote, or of a library's text.
 */
export class OwnError extends Error {
  override readonly name: string = 'OwnError';
}

/** The start can't go on; the message is for the person at the terminal and says what to change. */
export class StartError extends OwnError {
  override readonly name: string = 'StartError';
}
