/**
 * A text of the model as it is stored and shown: composed (NFC), and without invisible characters, which hide text or
 * reverse its direction (zero-width characters, direction overrides, tags). An emoji keeps the invisible characters it
 * consists of. A letter keeps the joiner after it in scripts that use joiners: Persian and Hindi words are spelled with
 * them. NFKC is for `plainForm` alone: it would change the meaning (7½ to 71⁄2, m² to m2) and take Thai vowels apart.
 */
export function cleanText(text: string): string {
  const visible = text.replaceAll(/[\u2028\u2029]/g, '\n').replaceAll(KEPT_OR_HIDDEN, '$<kept>');
  return isOverloaded(visible) ? visible : visible.normalize('NFC');
}

// In this order: an emoji, a joiner after a letter of a script that has joiners, a selector after a Mongolian letter. The
// letter decides and not a mark on it, since composing the text moves marks.
const KEPT =
  /\p{RGI_Emoji}|(?<=[\p{L}&&[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}]]\p{M}*)[\u200C\u200D]|(?<=[\p{L}&&\p{Script=Mongolian}])[\u180B-\u180F]/v;
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/v;
const KEPT_OR_HIDDEN = new RegExp(`(?<kept>${KEPT.source})|${HIDDEN.source}`, 'gv');

/** More marks on one letter than any language has (limit of Unicode's stream-safe form); NFC sorts them in quadratic time. */
export const isOverloaded = (text: string): boolean => /\p{M}{31}/u.test(text);

/** The form of a text that filters look at: full-width, bold and other variants of letters and signs become plain. */
export const plainForm = (text: string): string =>
  text.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');

/** The letters and digits of a text alone, in lower case and without marks, for comparison. */
export const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
