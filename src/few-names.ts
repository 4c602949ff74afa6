/** A list in a line. */
export const few = (names: readonly string[], most = 10): string =>
  names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
