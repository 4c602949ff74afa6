import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReply, type ReplyContent } from '../../src/consumers/reply.ts';
import { readDraft, type Draft } from '../../src/consumers/draft.ts';
import { wellbeing } from '../support/questionnaires.ts';

const AREAS = [...wellbeing.scoring.areas.map(({ id }) => id), null];

/** Text with all that makes JSON hard to cut (quotes, escapes, brackets, characters of two halves) or is cleaned. */
const text = (max: number) =>
  fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\n', '😀', 'é', '字', '`'),
        fc.constantFrom('\u200b', '\u202e', '\u{e0041}', '\u200d', 'क', '❤️', 'e\u0301', '\u2028'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      maxLength: max,
    })
    .map((given) => `a${given}`);

const answers = fc
  .record({
    summary: text(60),
    recommendations: fc.array(
      fc.record({
        title: text(20),
        rationale: text(40),
        action: text(40),
        area: fc.constantFrom(...AREAS),
        priority: fc.constantFrom('HIGH' as const, 'MEDIUM' as const, 'LOW' as const),
      }),
      { minLength: 1, maxLength: 10 },
    ),
  })
  .filter((answer): answer is ReplyContent => parseReply(wellbeing, JSON.stringify(answer)).ok);

/** The answer as it is taken: with clean texts. */
function takenOf(answer: ReplyContent): ReplyContent | undefined {
  const parsed = parseReply(wellbeing, JSON.stringify(answer));
  return parsed.ok ? parsed.reply : undefined;
}

/** The same JSON as different models write it. */
const written = fc.record({
  answer: answers,
  indent: fc.constantFrom(0, 2, '\t'),
  isAscii: fc.boolean(),
  before: fc.constantFrom('', '\uFEFF', '\n ', '```json\n', '\uFEFF```\r\n'),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
  isTyped: fc.boolean(),
});

const escaped = (json: string): string =>
  json.replaceAll(/[^\x20-\x7e\n\t]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

function piecesOf(whole: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * whole.length)).toSorted((a, b) => a - b), whole.length];
  return places.slice(1).map((place, index) => whole.slice(places[index], place));
}

test('any valid answer, cut anywhere, grows item by item to the whole, and shows nothing that is not in it', () => {
  fc.assert(
    fc.property(written, ({ answer, indent, isAscii, before, cuts, isTyped }) => {
      const json = JSON.stringify(answer, null, indent);
      const whole = before + (isAscii ? escaped(json) : json);
      const pieces = isTyped ? whole.split('') : piecesOf(whole, cuts);
      expect(pieces.join('')).toBe(whole);

      const drafts: Draft[] = [];
      const read = readDraft(wellbeing, (draft) => drafts.push(draft));
      for (const piece of pieces) read(piece);

      const taken = takenOf(answer);
      expect(drafts.at(-1)).toEqual(taken);
      const counts = drafts.map(({ recommendations }) => recommendations.length);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      for (const { summary, recommendations } of drafts) {
        expect([null, taken?.summary]).toContain(summary);
        expect(recommendations).toEqual(taken?.recommendations.slice(0, recommendations.length));
      }
      // Typed one character at a time, nothing comes at once.
      const steps = [0, ...answer.recommendations.map((_, index) => index + 1)];
      expect(isTyped ? counts : steps).toEqual(steps);
    }),
  );
});

test('whatever text comes, what is shown would be taken as an answer', () => {
  const noise = fc.array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        ':',
        '"summary":',
        '"recommendations":[',
        '```',
        '\n',
        '"a"',
        'null',
        '\\',
      ),
      answers.map((answer) => JSON.stringify(answer)),
      fc.string(),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(noise, (pieces) => {
      const drafts: Draft[] = [];
      const read = readDraft(wellbeing, (draft) => drafts.push(draft));
      for (const piece of pieces) read(piece);
      const wrong = drafts.filter(({ summary, recommendations }) => {
        const answer = { summary: summary ?? 'a', recommendations };
        return recommendations.length > 0 && !isDeepStrictEqual(takenOf(answer), answer);
      });
      expect(wrong).toEqual([]);
    }),
  );
});
