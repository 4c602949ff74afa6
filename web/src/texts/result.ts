import { pageLanguage } from './index.ts';
import type { Language } from './languages.ts';
import type { resultTexts as english } from './result.en.ts';

export type ResultTexts = typeof english;

const catalogues: Record<Language, () => Promise<{ resultTexts: ResultTexts }>> = {
  en: () => import('./result.en.ts'),
  de: () => import('./result.de.ts'),
};

/** The words of results. A page that shows them is loaded after `loadResultTexts`. */
export let resultTexts: ResultTexts;

export const loadResultTexts = async (): Promise<void> => {
  ({ resultTexts } = await catalogues[pageLanguage]());
};
