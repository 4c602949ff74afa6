import { pageLanguage } from './index.ts';

/**
 * The page's words for messages of the server, which are English: `issues` by the rule that an answer breaks, `refusals` by
 * the type of a `UserError`.
 */
export interface OwnWords {
  issues: Readonly<Record<string, string>>;
  refusals: Readonly<Record<string, string>>;
}

/** Words for a person: of the page, or of the server. */
export type Words = string | { english: string };

/** A message of the server, where the page has no words of its own for it. */
export const serverWords = (message: string): Words => (pageLanguage === 'en' ? message : { english: message });
