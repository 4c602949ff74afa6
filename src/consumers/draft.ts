import { JSONParser } from '@streamparser/json';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Recommendation } from '../entities/result.ts';
import { thoughtEndCharactersMax, thoughtEndOf } from '../json-in-text.ts';
import { BEGINNING } from './reply-json.ts';
import { checkReply, textCharactersMax, type ReplyContent } from './reply.ts';

/** The complete and valid parts of a reply that is still being written. */
export type Draft = { summary: string | null; recommendations: Recommendation[] };

// A draft travels in one message of at most 60,000 bytes, of which the other fields take some hundred.
const draftBytesMax = 59_000;
// The brace and the name of a member after it, with space between them, in pieces. Longer space is not waited for.
const beginningCharactersMax = 200;

// Several times those of a valid reply. Each is checked with all before it, and 75,000 would block the process for seconds.
const partsMax = 100;

/**
 * Reads a reply while it is written, in pieces cut anywhere. Each call takes the next piece and returns the draft if it has
 * changed. It begins where the check of the whole reply begins: thoughts and prose before the JSON are skipped. A part that
 * a result could not have is left out. After a mistake in the JSON there are no more drafts.
 */
export function draftReader(content: QuestionnaireContent): (piece: string) => Draft | undefined {
  let tail = '';
  let part = partReader(content);
  return (piece) => {
    const recent = tail + piece;
    tail = recent.slice(-thoughtEndCharactersMax);
    const end = thoughtEndOf(recent);
    if (end === 0) return part(piece);
    // All before it was thought, also if it looked like a reply.
    part = partReader(content);
    return part(recent.slice(end));
  };
}

/** Reads the text after a thought. */
function partReader(content: QuestionnaireContent): (piece: string) => Draft | undefined {
  const parser = new JSONParser({ paths: ['$.summary', '$.recommendations.*'], keepStack: false });
  const skip = skipping();
  let draft: Draft = { summary: null, recommendations: [] };
  let characters = 0;
  let parts = 0;
  let isOver = false;
  const onOver = (): void => {
    isOver = true;
  };
  parser.onValue = ({ key, value, stack }) => {
    parts += 1;
    if (parts > partsMax) return onOver();
    if (key === 'summary' && stack.length === 1) draft = withSummary(content, draft, value);
    if (typeof key === 'number') draft = withRecommendation(content, draft, key, value);
  };
  parser.onError = onOver;
  parser.onEnd = onOver;
  return (piece) => {
    characters += piece.length;
    isOver ||= characters > textCharactersMax;
    if (isOver) return undefined;
    const before = draft;
    parser.write(skip(piece));
    return draft === before ? undefined : draft;
  };
}

/** Drops the text before the beginning of a reply. */
function skipping(): (piece: string) => string {
  let head: string | undefined = '';
  return (piece) => {
    if (head === undefined) return piece;
    head += piece;
    const from = BEGINNING.exec(head)?.index;
    if (from !== undefined) {
      const rest = head.slice(from);
      head = undefined;
      return rest;
    }
    const brace = head.lastIndexOf('{');
    head = brace === -1 || head.length - brace > beginningCharactersMax ? '' : head.slice(brace);
    return '';
  };
}

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
