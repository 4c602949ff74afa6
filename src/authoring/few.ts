const NAMES_SHOWN_MAX = 10;

/** A list in a line. */
export const few = (names: readonly string[]): string =>
  names.length > NAMES_SHOWN_MAX
    ? `${names.slice(0, NAMES_SHOWN_MAX).join(', ')} and ${names.length - NAMES_SHOWN_MAX} more`
    : names.join(', ');
