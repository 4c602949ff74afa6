import { z } from 'zod';
import { StartError } from '../own-error.ts';
import { longText, mediumText, shortText } from './question.ts';
import { plainWords, problemsOf } from './shape-problems.ts';
import { isBlank } from './text.ts';

export type OperatorTexts = z.infer<typeof textsShape>;
export type Contact = NonNullable<OperatorTexts['help']['contacts']>[number];

/** The texts of an installation by language tag, as their files are named. */
export type TextsByLanguage = ReadonlyMap<string, OperatorTexts>;

const LINK = 'write an address that begins with https:// or tel:';
const link = z.string().max(2_000).refine(isLink, LINK);

const contactShape = z.strictObject({
  name: shortText,
  /** When it answers, and for whom. */
  detail: mediumText.optional(),
  url: link.optional(),
});

/** A word or a short phrase, in which spaces and punctuation part the words. */
const distressWord = z
  .string()
  .max(100)
  .regex(/[\p{L}\p{N}]/u, 'has no letter: write a word or a short phrase');

/** The operator's texts in one language. */
const textsShape = z.strictObject({
  /** Shown to a person whose answers call for help. */
  help: z.strictObject({ title: shortText, text: longText, contacts: z.array(contactShape).max(20).optional() }),
  /** Paragraphs: who gets the answers, what for, and for how long. */
  privacy: z.strictObject({ title: shortText, text: z.array(longText).min(1).max(20) }),
  contact: z.strictObject({ title: shortText, text: longText, url: link.optional() }),
  /** Words of the language that call for help where they stand in a free text, whatever the language of the form. */
  distressWords: z.array(distressWord).max(500),
});

/** The error for text files that can't be used. Each problem says what to do about it. */
export const textsError = (problems: readonly string[], options?: ErrorOptions): StartError =>
  new StartError('The texts cannot be used:', { ...options, problems });

/** The language of a file `<language>.json`; undefined if the name has no language tag. */
export const languageOfFile = (name: string): string | undefined => FILE.exec(name)?.[1];
const FILE = /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.json$/;

/** The texts of one file, checked. @throws StartError with all problems */
export function checkTexts(value: unknown, path: string): OperatorTexts {
  const checked = textsShape.safeParse(value, { error: plainWords });
  if (checked.success) return checked.data;
  throw textsError(problemsOf(checked.error.issues).map((problem) => `${path}: ${problem}`));
}

/** Clients make links of it. */
function isLink(text: string): boolean {
  if (text.startsWith('tel:')) return /^tel:\+?[0-9][0-9().-]{1,30}$/.test(text);
  const url = text.startsWith('https://') && !isBlank(text) ? URL.parse(text) : null;
  return url !== null && url.username === '' && url.password === '' && !/\s/.test(text);
}
