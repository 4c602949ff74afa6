import { memoize } from '../memory/memoize.ts';
import { otherText } from './answer.ts';
import { choicesOf } from './question.ts';
import type { Answers, QuestionnaireContent } from './questionnaire-content.ts';

/** Whether a free text of the answers has one of these words or phrases, whatever its case and its accents. */
export function hasDistressWord(content: QuestionnaireContent, answers: Answers, words: readonly string[]): boolean {
  const texts = freeTexts(content, answers);
  if (texts.length === 0 || words.length === 0) return false;
  const phrases = phrasesOf(words)(content.language);
  return texts.some((text) => hasPhrase(wordsOf(text, content.language), phrases));
}

/** The texts in a person's own words: answers without choices, and what stands in place of a choice. */
function freeTexts({ schema }: QuestionnaireContent, answers: Answers): string[] {
  return Object.entries(answers).flatMap(([id, answer]) => {
    const question = schema.properties[id];
    if (!question) return [];
    const given: unknown[] = Array.isArray(answer) ? answer : [answer];
    const isFree = choicesOf(question).length === 0 && question.format === undefined;
    return given.flatMap((each) => (typeof each === 'string' && isFree ? each : (otherText(each) ?? [])));
  });
}

/** Phrases as a tree of words. A phrase ends where a node says so. */
type Phrases = { next: Map<string, Phrases>; isEnd: boolean };

/** Made once for each language of a list of words. */
const phrasesOf = memoize((words: readonly string[]) => {
  const known = new Map<string, Phrases>();
  return (language: string): Phrases => {
    let phrases = known.get(language);
    if (phrases === undefined) known.set(language, (phrases = treeOf(words.map((word) => wordsOf(word, language)))));
    return phrases;
  };
});

function treeOf(phrases: readonly (readonly string[])[]): Phrases {
  const root: Phrases = { next: new Map(), isEnd: false };
  for (const phrase of phrases) {
    let node = root;
    for (const word of phrase) {
      const known = node.next.get(word) ?? { next: new Map(), isEnd: false };
      node.next.set(word, known);
      node = known;
    }
    node.isEnd = phrase.length > 0;
  }
  return root;
}

const hasPhrase = (words: readonly string[], phrases: Phrases): boolean =>
  words.some((_, begin) => {
    let node: Phrases | undefined = phrases;
    for (let at = begin; node !== undefined && !node.isEnd; at++) node = node.next.get(words[at] ?? '');
    return node !== undefined;
  });

/** The words of a text, folded. Where words have no spaces, each character is one. */
function wordsOf(text: string, language: string): string[] {
  const segments = [...segmenterOf(language).segment(folded(text))];
  return segments.flatMap(({ segment, isWordLike }) => {
    if (isWordLike !== true) return [];
    return WITHOUT_SPACES.test(segment) ? Array.from(segment) : segment;
  });
}

const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/v;

const segmenters = new Map<string, Intl.Segmenter>();

/** Making one takes a millisecond. There are as many as languages of questionnaires. */
function segmenterOf(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (segmenter === undefined)
    segmenters.set(language, (segmenter = new Intl.Segmenter(language, { granularity: 'word' })));
  return segmenter;
}

/**
 * Without case and accents. Upper case, since that of "ß" is "SS", and not that of a language: without accents they are
 * equal. Vowel signs of Indic scripts are no accents.
 */
const folded = (text: string): string =>
  text.toUpperCase().normalize('NFKD').replaceAll(ACCENTS, '').normalize('NFC').replaceAll('’', "'");

const ACCENTS = /[\p{M}&&\p{Script=Inherited}]/gv;
