import { memoize } from '../memory/memoize.ts';
import { holds } from './condition.ts';
import { hasDistressWord } from './distress.ts';
import { languageFor } from './languages.ts';
import type { Answers, QuestionnaireContent } from './questionnaire-content.ts';
import type { Contact, TextsByLanguage } from './texts.ts';

/** The words that are shown to a person whose answers call for help. */
export type Help = { title: string; text: string; contacts: Contact[]; flags: string[] };

/** The questionnaire's flags whose conditions hold. */
export const heldFlags = ({ scoring }: QuestionnaireContent, answers: Answers): { id: string; title: string }[] =>
  (scoring.flags ?? []).filter((flag) => holds(flag.if, answers));

/** By the flags and by the words of the answers, so it needs no model; null if nothing in the answers calls for help. */
export function helpFor(content: QuestionnaireContent, answers: Answers, texts: TextsByLanguage): Help | null {
  // In another language, if a newer process offers a questionnaire for whose language this one has none.
  const own = texts.get(languageFor([...texts.keys()], [content.language]));
  if (own === undefined) return null;
  const flags = heldFlags(content, answers).map((flag) => flag.title);
  if (flags.length === 0 && !hasDistressWord(content, answers, distressWords(texts))) return null;
  const { title, text, contacts = [] } = own.help;
  return { title, text, contacts, flags };
}

/** Of all languages: people do not always write in that of the form. */
const distressWords = memoize((texts: TextsByLanguage) => [...texts.values()].flatMap((each) => each.distressWords));
