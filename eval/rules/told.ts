import { jsonValuesOf } from '../../src/consumers/reply-json.ts';
import { textCharactersMax, type ReplyContent } from '../../src/consumers/reply.ts';
import { thoughtEndOf } from '../../src/json-in-text.ts';

/** The texts of a model's reply without its thoughts: those of its JSON, or all of it where there is none. */
export function toldTexts(text: string): string[] {
  const told = text.slice(thoughtEndOf(text)).slice(0, textCharactersMax);
  const first = jsonValuesOf(told).next();
  return first.done === true ? [told] : stringsIn(first.value);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** The texts of a reply that fits, with their names: the summary, and each recommendation as a whole. */
export const partsOf = ({ summary, recommendations }: ReplyContent): [name: string, text: string][] => [
  ['the summary', summary],
  ...recommendations.map(({ title, rationale, action }, index): [string, string] => [
    `recommendation ${index + 1}`,
    [title, rationale, action].join('\n'),
  ]),
];

const words = new Intl.Segmenter('und', { granularity: 'word' });

/** In lower case. */
export const wordsOf = (text: string): string[] =>
  [...words.segment(text.toLowerCase())].flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []));
