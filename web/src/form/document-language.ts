import { useLayoutEffect } from 'react';
import { inLanguage, inOwnLanguage } from '../texts/index.ts';

/** Most words of a form are the questionnaire's: the document has its language, and the page's own words are marked. */
export const useDocumentLanguage = (language: string): void => {
  useLayoutEffect(() => {
    Object.assign(document.documentElement, inLanguage(language));
    return () => void Object.assign(document.documentElement, inOwnLanguage);
  }, [language]);
};
