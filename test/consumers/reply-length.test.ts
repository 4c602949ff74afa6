import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReply } from '../../src/consumers/reply.ts';
import { shortened } from '../../src/consumers/reply-length.ts';
import { wellbeing } from '../support/questionnaires.ts';

const charactersOf = (text: string) => Array.from(text).length;
const graphemesOf = (text: string) => [...new Intl.Segmenter('und').segment(text)].map(({ segment }) => segment);

/** The good reply with other members, as it is taken. */
function takenWith(recommendation: object, members: object = {}) {
  const item = { title: 'a', rationale: 'b', action: 'c', area: null, priority: 'LOW', ...recommendation };
  return parseReply(wellbeing, JSON.stringify({ summary: 's', recommendations: [item], ...members }));
}

test('a title that is a little too long is cut before a word, and not repaired', () => {
  const title = 'Go for a walk of ten minutes after lunch, '.repeat(6).slice(0, 230).trim();
  const taken = takenWith({ title });
  expect(taken).toMatchObject({ ok: true });
  const [cut = ''] = taken.ok ? taken.reply.recommendations.map((each) => each.title) : [];
  expect(cut).toBe(`${title.slice(0, cut.length - 1)}…`);
  expect(title[cut.length - 1]).toMatch(/[ ,]/);
  expect(charactersOf(cut)).toBeLessThanOrEqual(200);
  expect(charactersOf(cut)).toBeGreaterThan(185);
});

test.each([
  ['title', 200, 400],
  ['rationale', 1_500, 1_875],
  ['action', 1_500, 1_875],
  ['summary', 2_000, 2_500],
])('a %s of up to %i characters stays, one of up to %i is cut, and a longer one is a mistake', (key, max, cutUpTo) => {
  const textOf = (characters: number) => 'ab '.repeat(characters).slice(0, characters - 1) + '.';
  expect(shortened(textOf(max), key)).toBe(textOf(max));
  expect(charactersOf(shortened(textOf(max + 1), key))).toBeLessThanOrEqual(max);
  expect(shortened(textOf(cutUpTo), key)).toMatch(/ ab…$/);
  expect(shortened(textOf(cutUpTo + 1), key)).toBe(textOf(cutUpTo + 1));
  const given = { [key]: textOf(cutUpTo + 1) };
  expect(takenWith(key === 'summary' ? {} : given, key === 'summary' ? given : {})).toMatchObject({
    problems: [expect.stringContaining(`is longer than ${max} characters`)],
  });
});

test('characters are code points', () => {
  expect(shortened('😀'.repeat(200), 'title')).toBe('😀'.repeat(200));
  expect(shortened('😀'.repeat(400), 'title')).toBe(`${'😀'.repeat(199)}…`);
  expect(shortened('😀'.repeat(401), 'title')).toBe('😀'.repeat(401));
});

test.each([
  ['families', '👨‍👩‍👧‍👦'],
  ['flags', '🇫🇷'],
  ['letters with marks', 'e\u0301\u0323'],
  ['Hangul in pieces', '\u1112\u1161\u11ab'],
  ['Hindi', 'क्षि'],
  ['Thai without spaces', 'สวัสดีครับ'],
  ['Chinese without spaces', '每天散步十分钟'],
  ['one word', 'abcde'],
])('a text of %s is cut between two whole characters', (_, unit) => {
  const text = unit.repeat(Math.ceil(300 / charactersOf(unit)));
  const cut = shortened(text, 'title');
  const kept = graphemesOf(cut.slice(0, -1));
  expect(kept).toEqual(graphemesOf(text).slice(0, kept.length));
  expect(charactersOf(cut)).toBeLessThanOrEqual(200);
  expect(charactersOf(cut)).toBeGreaterThan(100);
});

test('a text of one endless character is not cut', () => {
  const text = `a${'\u0301'.repeat(300)}`;
  expect(shortened(text, 'title')).toBe(text);
});

test('any text is cut to its limit, or stays as it is', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 150, maxLength: 450 });
  fc.assert(
    fc.property(text, (given) => {
      const cut = shortened(given, 'title');
      if (cut === given) return;
      expect(charactersOf(cut)).toBeLessThanOrEqual(200);
      expect(given.startsWith(cut.slice(0, -1))).toBe(true);
      const kept = graphemesOf(cut.slice(0, -1));
      expect(kept).toEqual(graphemesOf(given).slice(0, kept.length));
    }),
  );
});

test('titles that are equal after the cut are a repetition', () => {
  const title = 'walk '.repeat(45);
  const item = (action: string, end: string) => ({
    title: title + end,
    rationale: 'b',
    action,
    area: null,
    priority: 'LOW',
  });
  expect(takenWith({}, { recommendations: [item('a', 'a'), item('b', 'b')] })).toMatchObject({
    problems: ['/recommendations/1/title repeats an earlier one.'],
  });
});
