import { en } from './en.ts';

/** The words of the page in one language. Another language is another value of this type. */
export type Texts = typeof en;

export const texts: Texts = en;

const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** The direction of a language's script. */
export const directionOf = (language: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** Marks an element whose words come from here: those of a questionnaire around it may be in another language. */
export const inOwnLanguage = { lang: texts.language, dir: directionOf(texts.language) };
