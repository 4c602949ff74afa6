/** The text has only spaces, control characters and invisible characters such as U+200B. */
export const isBlank = (text: string): boolean => BLANK.test(text);

// U+2800 is the Braille pattern without dots: invisible, but no space by its category.
const BLANK = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** The same as a pattern of JSON Schema that finds a visible character. Not every language of regular expressions knows `\p`. */
export const VISIBLE_PATTERN =
  '[^\\s\\x00-\\x1F\\x7F-\\x9F\\xAD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E' +
  '\\u2060-\\u206F\\u2800\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFF8' +
  '\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]';

/** The kind of character that PostgreSQL's text and JSON can't hold; undefined if the text is storable. */
export function unstorable(text: string): 'nul' | 'surrogate' | undefined {
  if (text.includes('\0')) return 'nul';
  return text.isWellFormed() ? undefined : 'surrogate';
}
