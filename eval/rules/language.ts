import type { Check } from './rule.ts';
import { partsOf, wordsOf } from './told.ts';

const STOP_WORDS = {
  en: 'a an the and or but if as to of for with on at from by is are be been it this that these you your yours not can will would have has had do does what when which how more than there they their',
  de: 'der die das den dem des und oder aber wenn als zu von für mit auf bei aus ist sind sein es dies diese dieser sie ihr ihre ihren ihnen du dich dir dein deine nicht kann können wird würde haben hat ein eine einen einer auch sich mehr wie noch',
};
type Language = keyof typeof STOP_WORDS;
const LANGUAGES: readonly (readonly [Language, ReadonlySet<string>])[] = [
  ['en', new Set(STOP_WORDS.en.split(' '))],
  ['de', new Set(STOP_WORDS.de.split(' '))],
];

/** Shorter texts say too little. */
const WORDS_MIN = 12;
/** In ordinary English and German more than a third of the words are stop words, in other languages hardly any. */
const SHARE_MIN = 1 / 6;

/**
 * Each part is in the questionnaire's language: at least a sixth of its words are stop words of the language, and it has no
 * more of the other known language. Says nothing about questionnaires in languages without a list.
 */
export const language: Check = ({ sheet, reply }) => {
  const wanted = LANGUAGES.find(([code]) => code === sheet.content.language.split('-')[0]);
  if (reply === undefined || wanted === undefined) return undefined;
  return partsOf(reply).flatMap(([name, text]) =>
    isIn(wordsOf(text), wanted[0]) ? [] : [`${name} is not in the language "${wanted[0]}"`],
  );
};

function isIn(words: readonly string[], wanted: Language): boolean {
  if (words.length < WORDS_MIN) return true;
  const counts = LANGUAGES.map(([code, list]) => ({ code, count: words.filter((word) => list.has(word)).length }));
  const own = counts.find(({ code }) => code === wanted)?.count ?? 0;
  return own >= words.length * SHARE_MIN && counts.every(({ count }) => count <= own);
}
