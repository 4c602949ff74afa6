/** Nothing to read in it: only spaces, control characters and characters that take no room, such as U+200B. */
export const isBlank = (text: string): boolean => BLANK.test(text);

// U+2800 is the Braille pattern without dots: no space by its category, but empty to the eye.
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** What PostgreSQL's text can't hold, nor a JSON document that is to be read in SQL; undefined where they can. */
export function unstorable(text: string): 'nul' | 'surrogate' | undefined {
  if (text.includes('\0')) return 'nul';
  return text.isWellFormed() ? undefined : 'surrogate';
}
