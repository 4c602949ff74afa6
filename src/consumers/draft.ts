import { JSONParser } from '@streamparser/json';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Recommendation } from '../entities/result.ts';
import { checkReply, textCharactersMax, type ReplyContent } from './reply.ts';

/** The complete and valid parts of a reply that is still being written. */
export type Draft = { summary: string | null; recommendations: Recommendation[] };

// A draft travels in one message of at most 60,000 bytes, of which the other fields take some hundred.
const draftBytesMax = 59_000;
// Limit of a byte order mark, space and the first line of a code fence before the JSON.
const wrappingCharactersMax = 200;

/**
 * Reads a reply while it is written, in pieces cut anywhere, and calls `onDraft` whenever the draft has changed. A part
 * that a result could not have is left out. After the first mistake in the JSON there are no more drafts. The returned
 * function never throws, because it runs within the call of the model.
 */
export function readDraft(content: QuestionnaireContent, onDraft: (draft: Draft) => void): (piece: string) => void {
  const parser = new JSONParser({ paths: ['$.summary', '$.recommendations.*'], keepStack: false });
  const unwrap = unwrapping();
  let draft: Draft = { summary: null, recommendations: [] };
  let characters = 0;
  let isOver = false;
  // Assigned through constants for the reason in docs/decisions/0019.
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

/** Drops the text that may stand before the JSON, like the check of the whole reply. */
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

// Of two members with the same name the last one counts, as for JSON.parse: it replaces what the first one added.

function withSummary(content: QuestionnaireContent, draft: Draft, summary: unknown): Draft {
  const before = draft.summary === null ? draft : { ...draft, summary: null };
  return fitting(content, { ...before, summary }) ?? before;
}

function withRecommendation(content: QuestionnaireContent, draft: Draft, index: number, item: unknown): Draft {
  const before = index > 0 || draft.recommendations.length === 0 ? draft : { ...draft, recommendations: [] };
  return fitting(content, { ...before, recommendations: [...before.recommendations, item] }) ?? before;
}

/** A draft with clean texts; undefined if no valid reply could have these parts, or if one message can't hold them. */
function fitting(
  content: QuestionnaireContent,
  { summary, recommendations }: { summary: unknown; recommendations: unknown[] },
): Draft | undefined {
  const parsed = checkReply(content, {
    summary: summary ?? placeholder.summary,
    recommendations: recommendations.length > 0 ? recommendations : placeholder.recommendations,
  });
  if (!parsed.ok) return undefined;
  const draft: Draft = {
    summary: summary == null ? null : parsed.reply.summary,
    recommendations: recommendations.length > 0 ? parsed.reply.recommendations : [],
  };
  return Buffer.byteLength(JSON.stringify(draft)) <= draftBytesMax ? draft : undefined;
}

/** Stands for the parts that are not written yet, so that the check of a reply is also the check of a draft. */
const placeholder: ReplyContent = {
  summary: '–',
  recommendations: [{ title: '–', rationale: '–', action: '–', area: null, priority: 'LOW' }],
};
