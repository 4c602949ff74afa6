import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { memoize } from '../memory/memoize.ts';
import { lettersOf } from './reply-text.ts';
import { secretText } from './instructions.ts';

/** A text of a reply, and its JSON pointer. */
export type Text = [path: string, text: string];

/** Problems of a reply that repeats sentences of the instructions, in one text or in pieces spread over several. */
export function* echoes(content: QuestionnaireContent, texts: readonly Text[]) {
  const letters = texts.map(([path, text]): Text => [path, lettersOf(text)]);
  // A sentence may go on in the next text, or in the same member of the next recommendation.
  const sequences = [letters, ...Map.groupBy(letters, ([path]) => path.slice(path.lastIndexOf('/'))).values()];
  const whole = sequences.map((some) => some.map(([, text]) => text).join('')).join(' ');
  const found = secretsOf(content).filter((secret) => isRepeated(secret, whole));
  if (found.length === 0) return;
  const paths = letters.filter(([, text]) => found.some((secret) => isRepeated(secret, text))).map(([path]) => path);
  for (const path of paths.length > 0 ? paths : ['The answer']) yield `${path} repeats the instructions.`;
}

// In letters. Shorter pieces occur in ordinary sentences.
const pieceMin = 12;
// Share of a secret's letters that may be left out or changed.
const missingMax = 0.1;

/** Whether the text has nearly all letters of the secret, in pieces in any order and with anything between them. */
function isRepeated(secret: string, text: string): boolean {
  const limit = secret.length * missingMax;
  let missing = 0;
  let end = 0; // of the last piece found
  for (let at = 0; at + pieceMin <= secret.length && missing + at - end <= limit; at++) {
    if (!text.includes(secret.slice(at, at + pieceMin))) continue;
    missing += Math.max(0, at - end);
    end = at + pieceMin;
  }
  return missing + secret.length - end <= limit;
}

// A shorter sentence, such as "You do not diagnose", may well be meant for the person.
const secretCharactersMin = 40;
// Otherwise a line of signs would be a secret.
const secretLettersMin = 20;

/** The letters of each sentence of the instructions that a reply must not reveal. */
const secretsOf = memoize((content: QuestionnaireContent): string[] =>
  secretText(content)
    .split(/(?<=\.)\s/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length >= secretCharactersMin)
    .map(lettersOf)
    .filter((letters) => letters.length >= secretLettersMin),
);
