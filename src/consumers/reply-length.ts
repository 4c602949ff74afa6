import { cuttable } from './reply-schema.ts';

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const words = new Intl.Segmenter('und', { granularity: 'word' });

/** Cuts the text of a reply's member that is a little too long. Any other text, and one that is far too long, stays as it is. */
export function shortened(text: string, key: string): string {
  const limits = cuttable.get(key);
  if (limits === undefined || text.length <= limits.max || text.length > 2 * limits.cutUpTo) return text;
  const characters = charactersOf(text);
  return characters > limits.max && characters <= limits.cutUpTo ? cutAtWord(text, limits.max) : text;
}

/** In code points, as JSON Schema counts. */
const charactersOf = (text: string): number => Array.from(text).length;

/** Cuts a text before the last word that has no room, never within a character as people see it, and ends it with "…". */
function cutAtWord(text: string, max: number): string {
  const room = max - 1;
  let [characters, last] = [0, 0];
  for (const { segment, index } of graphemes.segment(text)) {
    characters += charactersOf(segment);
    if (characters > room) break;
    last = index + segment.length;
  }
  if (last < room / 2) return text; // no text, but hundreds of marks on one letter
  let end = 0;
  for (const { segment, index } of words.segment(text)) {
    const wordEnd = index + segment.length;
    if (wordEnd > last) break;
    end = wordEnd;
  }
  return `${text.slice(0, end > last / 2 ? end : last).replace(/[\s.,;:]+$/u, '')}…`;
}
