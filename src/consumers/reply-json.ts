import { outermostOf } from '../json-in-text.ts';

/** The first characters of a reply, wherever it stands. A draft begins with them as well. */
export const BEGINNING = /\{\s*"(?:summary|recommendations)"\s*:/;

const BEGINNINGS = new RegExp(BEGINNING, 'g');

/** Few texts have more than one, and each costs a pass over the text. */
const beginningsMax = 8;

/**
 * The JSON values of a text that may be the reply, in the order in which they are tried: the whole text, then all between its
 * outermost braces, then what begins as a reply does, from the last one on. Takes a few passes over the text, whatever it is.
 */
export function* jsonValuesOf(text: string): Generator {
  yield* parsed(text.trim()); // a byte order mark is space to it
  yield* parsed(outermostOf(text));
  const beginnings = [...text.matchAll(BEGINNINGS)].slice(-beginningsMax);
  for (const { index } of beginnings.toReversed()) yield* parsed(objectAt(text, index));
}

function* parsed(json: string | undefined): Generator {
  if (json === undefined) return;
  try {
    yield JSON.parse(json) as unknown;
  } catch {
    // It is no JSON. The parser's own message repeats the text.
  }
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];

/** The text from an opening brace to its closing one; undefined if that never comes. */
function objectAt(text: string, from: number): string | undefined {
  let depth = 0;
  let isQuoted = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) at += code === BACKSLASH ? 1 : 0;
    else if (code === OPEN) depth += 1;
    else if (code === CLOSE && --depth === 0) return text.slice(from, at + 1);
  }
  return undefined;
}
