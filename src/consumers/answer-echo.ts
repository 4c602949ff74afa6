import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { memoize } from '../memory/memoize.ts';
import { lettersOf } from './answer-text.ts';
import { systemText } from './prompt.ts';

/** A text of an answer, and where it is. */
export type Text = [path: string, text: string];

/** Finds sentences of the instructions in one text, and in pieces of several. */
export function* echoes(content: QuestionnaireContent, texts: readonly Text[]) {
  const letters = texts.map(([path, text]): Text => [path, lettersOf(text)]);
  // A sentence may go on in the next text, or in the same member of the next recommendation.
  const inTurn = [letters, ...Map.groupBy(letters, ([path]) => path.slice(path.lastIndexOf('/'))).values()];
  const whole = inTurn.map((some) => some.map(([, text]) => text).join('')).join(' ');
  const found = secretsOf(content).filter((secret) => isRepeated(secret, whole));
  if (found.length === 0) return;
  const paths = letters.filter(([, text]) => found.some((secret) => isRepeated(secret, text))).map(([path]) => path);
  for (const path of paths.length > 0 ? paths : ['The answer']) yield `${path} repeats the instructions.`;
}

// In letters. Shorter pieces are words that anybody uses.
const pieceMin = 12;
// A tenth may be left out or changed.
const missingMax = 0.1;

/** Nearly all of the secret's letters stand in the text in pieces, in whatever order and with whatever between them. */
function isRepeated(secret: string, text: string): boolean {
  const limit = secret.length * missingMax;
  let missing = 0;
  let end = 0; // of the last piece that was found
  for (let at = 0; at + pieceMin <= secret.length && missing + at - end <= limit; at++) {
    if (!text.includes(secret.slice(at, at + pieceMin))) continue;
    missing += Math.max(0, at - end);
    end = at + pieceMin;
  }
  return missing + secret.length - end <= limit;
}

// A shorter sentence, such as "You do not diagnose", may well be meant for the person.
const secretCharactersMin = 40;
// So that a line of signs is no secret.
const secretLettersMin = 20;

/** The letters of the sentences that must not come back: whoever finds one in an answer knows the instructions. */
const secretsOf = memoize((content: QuestionnaireContent): string[] =>
  systemText(content)
    .split(/(?<=\.)\s/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length >= secretCharactersMin)
    .map(lettersOf)
    .filter((letters) => letters.length >= secretLettersMin),
);
