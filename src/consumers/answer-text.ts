/**
 * A text of the model as it is stored and shown: composed (NFC), and without characters that nobody sees and that hide
 * text or turn it around, such as zero-width characters, direction overrides and tags. An emoji keeps those it is made
 * of. A letter keeps the joiner after it where its script has one: Persian and Hindi words are spelled with them.
 * NFKC is for `plainForm` alone: it would change the meaning (7½ to 71⁄2, m² to m2) and take Thai vowels apart.
 */
export function cleanText(text: string): string {
  const visible = text.replaceAll(/[\u2028\u2029]/g, '\n').replaceAll(KEPT_OR_HIDDEN, '$<kept>');
  return isOverloaded(visible) ? visible : visible.normalize('NFC');
}

// In turn: an emoji, a joiner behind a letter of a script that has joiners, a selector behind a Mongolian letter. The
// letter decides and not a mark upon it, since marks change their places when they are composed.
const KEPT =
  /\p{RGI_Emoji}|(?<=[\p{L}&&[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}]]\p{M}*)[\u200C\u200D]|(?<=[\p{L}&&\p{Script=Mongolian}])[\u180B-\u180F]/v;
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/v;
const KEPT_OR_HIDDEN = new RegExp(`(?<kept>${KEPT.source})|${HIDDEN.source}`, 'gv');

/** More marks on one letter than any language has (the limit of Unicode's stream-safe form); sorting them is quadratic. */
export const isOverloaded = (text: string): boolean => /\p{M}{31}/u.test(text);

/** A text as a filter has to see it: full-width, bold and other variants of letters and signs are the plain ones. */
export const plainForm = (text: string): string =>
  text.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');

/** Letters and digits alone: neither case nor what stands between or upon them makes a difference. */
export const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
