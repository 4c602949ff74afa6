import { JSONParser } from '@streamparser/json';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Recommendation } from '../entities/result.ts';
import { checkAnswer, textCharactersMax, type Answer } from './answer.ts';

/** What is whole of an answer that is still being written, as far as a result could be so. */
export type Draft = { summary: string | null; recommendations: Recommendation[] };

// A draft travels in one message of at most 60,000 bytes, and what is around it takes some hundred.
const draftBytesMax = 59_000;
// A byte order mark, space and the first line of a code fence. What is longer is no answer.
const wrappingCharactersMax = 200;

/**
 * Reads an answer as it is written, in pieces cut anywhere, and passes on the draft whenever it has changed. A part that
 * no result could have is left out; after the first mistake in the JSON nothing more comes. Never throws, since whoever
 * writes is not to be disturbed.
 */
export function readDraft(content: QuestionnaireContent, onDraft: (draft: Draft) => void): (piece: string) => void {
  const parser = new JSONParser({ paths: ['$.summary', '$.recommendations.*'], keepStack: false });
  const unwrap = unwrapping();
  let draft: Draft = { summary: null, recommendations: [] };
  let characters = 0;
  let isOver = false;
  // By way of constants: see docs/decisions/0019.
  const onValue: typeof parser.onValue = ({ key, value, stack }) => {
    if (key === 'summary' && stack.length === 1) draft = withSummary(content, draft, value);
    if (typeof key === 'number') draft = withRecommendation(content, draft, key, value);
  };
  const onOver = (): void => {
    isOver = true;
  };
  parser.onValue = onValue;
  parser.onError = onOver;
  parser.onEnd = onOver;
  return (piece) => {
    characters += piece.length;
    isOver ||= characters > textCharactersMax;
    if (isOver) return;
    const before = draft;
    try {
      parser.write(unwrap(piece));
      if (draft !== before) onDraft(draft);
    } catch {
      isOver = true;
    }
  };
}

/** Drops what may stand before the JSON; the same as is forgiven to the whole answer. */
function unwrapping(): (piece: string) => string {
  let head: string | undefined = '';
  return (piece) => {
    if (head === undefined) return piece;
    head += piece;
    const wrapping = WRAPPING.exec(head)?.[0];
    if (wrapping === undefined && head.length > wrappingCharactersMax) throw new Error('no JSON');
    if (wrapping === undefined) return '';
    const rest = head.slice(wrapping.length);
    head = undefined;
    return rest;
  };
}

const WRAPPING = /^\s*(?:```[^\n]*\n\s*)?(?=[^\s`])/; // a byte order mark is space to it

// Of two members with the same name the last one counts, as for JSON.parse: it takes away what the first has brought.

function withSummary(content: QuestionnaireContent, draft: Draft, summary: unknown): Draft {
  const before = draft.summary === null ? draft : { ...draft, summary: null };
  return fitting(content, { ...before, summary }) ?? before;
}

function withRecommendation(content: QuestionnaireContent, draft: Draft, index: number, item: unknown): Draft {
  const before = index > 0 || draft.recommendations.length === 0 ? draft : { ...draft, recommendations: [] };
  return fitting(content, { ...before, recommendations: [...before.recommendations, item] }) ?? before;
}

/** As a draft with clean texts, if a whole answer could be so and one message can hold it. */
function fitting(
  content: QuestionnaireContent,
  { summary, recommendations }: { summary: unknown; recommendations: unknown[] },
): Draft | undefined {
  const parsed = checkAnswer(content, {
    summary: summary ?? placeholder.summary,
    recommendations: recommendations.length > 0 ? recommendations : placeholder.recommendations,
  });
  if (!parsed.ok) return undefined;
  const draft: Draft = {
    summary: summary == null ? null : parsed.answer.summary,
    recommendations: recommendations.length > 0 ? parsed.answer.recommendations : [],
  };
  return Buffer.byteLength(JSON.stringify(draft)) <= draftBytesMax ? draft : undefined;
}

/** Stands for what is not written yet, so that one rule judges drafts and answers. */
const placeholder: Answer = {
  summary: '–',
  recommendations: [{ title: '–', rationale: '–', action: '–', area: null, priority: 'LOW' }],
};
