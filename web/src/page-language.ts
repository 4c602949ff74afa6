import { useEffect } from 'react';
import { directionOf, texts } from './texts/index.ts';

/** The document has the language and the direction of what it shows, for screen readers, hyphens and right-to-left scripts. */
export const usePageLanguage = (language: string): void => {
  useEffect(() => {
    const set = (of: string) => {
      document.documentElement.lang = of;
      document.documentElement.dir = directionOf(of);
    };
    set(language);
    return () => set(texts.language);
  }, [language]);
};
