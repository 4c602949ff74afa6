import { en } from './en.ts';
import { footerTexts as footer } from './footer.en.ts';
import { directionOf, type Language } from './languages.ts';
import { listTexts as english } from './list.en.ts';
import { trustTexts as trust } from './trust.en.ts';

/** The words of the page in one language. Another language is another value of this type. */
export type Texts = typeof en;
export type ListTexts = typeof english;
export type FooterTexts = typeof footer;
export type TrustTexts = typeof trust;

interface Catalogue {
  texts: Texts;
  listTexts: ListTexts;
  footerTexts: FooterTexts;
  trustTexts: TrustTexts;
}

/** English is in the first script: it is the language of a browser whose own cannot be loaded. */
const catalogues: Record<Exclude<Language, 'en'>, () => Promise<Catalogue>> = { de: () => import('./de.ts') };

/*
 * The language is set once, before the first render. A module of the first script is evaluated before that, so it reads
 * these in its functions only.
 */
export let pageLanguage: Language = 'en';
export let texts: Texts = en;
export let listTexts: ListTexts = english;
export let footerTexts: FooterTexts = footer;
export let trustTexts: TrustTexts = trust;
/** Marks an element whose words come from here: those of a questionnaire around it may be in another language. */
export let inOwnLanguage = { lang: 'en', dir: directionOf('en') };

/** Sets the language of the page. If its words cannot be loaded, the page is in English. */
export const openTexts = async (language: Language): Promise<void> => {
  const loaded = language === 'en' ? undefined : await catalogues[language]().catch(() => undefined);
  const catalogue = loaded ?? { texts: en, listTexts: english, footerTexts: footer, trustTexts: trust };
  ({ texts, listTexts, footerTexts, trustTexts } = catalogue);
  pageLanguage = loaded ? language : 'en';
  inOwnLanguage = { lang: pageLanguage, dir: directionOf(pageLanguage) };
};

/** The page's language as the reader writes it, such as `en-GB`: it decides the forms of days and times. */
export const locale = (): string =>
  navigator.languages.find((tag) => tag.split('-')[0] === pageLanguage) ?? pageLanguage;

/** Marks an element with words of a questionnaire or of the model. */
export const inLanguage = (language: string) => ({ lang: language, dir: directionOf(language) });
