import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReply, type ReplyContent } from '../../src/consumers/reply.ts';
import { draftReader, type Draft } from '../../src/consumers/draft.ts';
import { wellbeing } from '../support/questionnaires.ts';

function draftsOf(pieces: readonly string[]): Draft[] {
  const read = draftReader(wellbeing);
  return pieces.flatMap((piece) => read(piece) ?? []);
}

const AREAS = [...wellbeing.scoring.areas.map(({ id }) => id), null];

/** Text with characters that make JSON hard to cut (quotes, escapes, brackets, surrogate pairs) or that are cleaned. */
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

const replies = fc
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
  .filter((reply): reply is ReplyContent => parseReply(wellbeing, JSON.stringify(reply)).ok);

/** The content of an accepted reply, with clean texts. */
function takenOf(reply: ReplyContent): ReplyContent | undefined {
  const parsed = parseReply(wellbeing, JSON.stringify(reply));
  return parsed.ok ? parsed.reply : undefined;
}

/** Texts that models write before the JSON. */
const BEFORE = [
  '',
  '\uFEFF',
  '\n ',
  '```json\n',
  '\uFEFF```\r\n',
  'Here it is: ',
  '{ "',
  '{}',
  '</',
  '<think>',
  '"summary":',
  'Hm {"summary":1,"recommendations":[]}</think>',
  'Hm {"recommendations":[1,</thinking>',
  '</reasoning>',
];

/** The same JSON as different models write it. */
const written = fc.record({
  reply: replies,
  indent: fc.constantFrom(0, 2, '\t'),
  isAscii: fc.boolean(),
  before: fc.array(fc.constantFrom(...BEFORE), { maxLength: 3 }),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
  isTyped: fc.boolean(),
});

const escaped = (json: string): string =>
  json.replaceAll(/[^\x20-\x7e\n\t]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

function piecesOf(whole: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * whole.length)).toSorted((a, b) => a - b), whole.length];
  return places.slice(1).map((place, index) => whole.slice(places[index], place));
}

test('drafts of any valid reply, cut anywhere, grow item by item to the whole, with nothing that is not in it', () => {
  fc.assert(
    fc.property(written, ({ reply, indent, isAscii, before, cuts, isTyped }) => {
      const json = JSON.stringify(reply, null, indent);
      const whole = before.join('') + (isAscii ? escaped(json) : json);
      const pieces = isTyped ? whole.split('') : piecesOf(whole, cuts);
      expect(pieces.join('')).toBe(whole);

      const drafts = draftsOf(pieces);

      const taken = takenOf(reply);
      expect(parseReply(wellbeing, whole)).toEqual({ ok: true, reply: taken });
      expect(drafts.at(-1)).toEqual(taken);
      const counts = drafts.map(({ recommendations }) => recommendations.length);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      for (const { summary, recommendations } of drafts) {
        expect([null, taken?.summary]).toContain(summary);
        expect(recommendations).toEqual(taken?.recommendations.slice(0, recommendations.length));
      }
      // Typed one character at a time, nothing comes at once.
      const steps = [0, ...reply.recommendations.map((_, index) => index + 1)];
      expect(isTyped ? counts : steps).toEqual(steps);
    }),
  );
});

test('drafts of any text are acceptable as replies', () => {
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
      replies.map((reply) => JSON.stringify(reply)),
      fc.string(),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(noise, (pieces) => {
      const drafts = draftsOf(pieces);
      const wrong = drafts.filter(({ summary, recommendations }) => {
        const reply = { summary: summary ?? 'a', recommendations };
        return recommendations.length > 0 && !isDeepStrictEqual(takenOf(reply), reply);
      });
      expect(wrong).toEqual([]);
    }),
  );
});
