/** The text has only spaces, control characters and invisible characters such as U+200B. */
export const isBlank = (text: string): boolean => BLANK.test(text);

// U+2800 is the Braille pattern without dots: invisible, but no space by its category.
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** The kind of character that PostgreSQL's text and JSON can't hold; undefined if the text is storable. */
export function unstorable(text: string): 'nul' | 'surrogate' | undefined {
  if (text.includes('\0')) return 'nul';
  return text.isWellFormed() ? undefined : 'surrogate';
}
