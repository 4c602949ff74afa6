import { expect, test } from 'vitest';
import { comparisonOf } from '../../eval/compare.ts';
import { reportOf } from '../../eval/report.ts';
import { readRun, runOf, type Run } from '../../eval/run.ts';
import { exitCodeOf } from '../../eval/tally.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { replyOf, seenOf } from './seen.ts';

type Given = Parameters<typeof seenOf>[0];

const spent = { calls: 1, promptTokens: 1_000, completionTokens: 300, cost: { EUR: 0.0125 } };
const head = { model: 'one', host: 'ai.example', dialect: { format: 'reduced' }, look: { ...spent, calls: 2 } };

/** A run with a sheet for each of these, named by their numbers. */
const run = (...given: Given[]): Run =>
  runOf(
    head,
    given.map((one, index) => {
      const seen = seenOf(one);
      const why = one?.end === 'failed' ? 'the model failed' : '';
      return { ...seen, why, spent, sheet: { ...seen.sheet, id: `wellbeing-check/${index + 1}` } };
    }),
  );
const times = (count: number, given: Given): Given[] => Array.from({ length: count }, () => given);

const bad = { reply: replyOf({ title: 'Talk about your depression' }) };
const unfit = { end: 'never', reply: null, texts: ['nonsense'] } as const;
const failed = { end: 'failed', reply: null, texts: [] } as const;

test('a run without a broken rule ends with 0', () => expect(exitCodeOf(run({}, {}))).toBe(0));

test('a rule that must be kept ends a run with 1 only above its share', () => {
  expect(exitCodeOf(run(...times(19, {}), unfit))).toBe(0);
  expect(exitCodeOf(run(...times(18, {}), unfit))).toBe(1);
  expect(exitCodeOf(run(...times(39, {}), bad))).toBe(1);
});

test('a wish never ends a run with 1', () => {
  const wishes = { reply: replyOf({ area: 'energy' }), end: 'repair' } as const;
  const { sheets } = run(wishes);
  expect(
    Object.entries(sheets[0]!.verdicts).flatMap(([name, problems]) => (problems.length > 0 ? [name] : [])),
  ).toEqual(['fits-at-once', 'low-areas', 'wishes-first']);
  expect(exitCodeOf(run(wishes))).toBe(0);
});

test('a sheet without a reply to check ends a run with 1', () => {
  expect(exitCodeOf(run({}, failed))).toBe(1);
  expect(exitCodeOf(run({}, { ...failed, end: 'unasked' }))).toBe(1);
});

test('the report has sheets, rules, problems and the sum of tokens, but no word of a reply', () => {
  const text = reportOf(run({}, bad, failed));
  expect(text).toContain('one at ai.example, format reduced, wellbeing-check@1 prompt 1.3');
  expect(text).toMatch(/^wellbeing-check\/2 +first +1 +1,000 +300 +no-diagnosis$/m);
  expect(text).toMatch(/^no-diagnosis +0 % +1 +2 +TOO MANY +no illness/m);
  expect(text).toContain('wellbeing-check/2: no-diagnosis: recommendation 1 has "depression"');
  expect(text).toContain('wellbeing-check/3: failed: the model failed');
  expect(text).toContain('5 calls, 4,000 tokens of prompts, 1,200 of replies, 0.0500 EUR, 2 of the calls for the look');
  expect(text).not.toContain('Walk in daylight');
});

test('tokens that the provider does not report are no zero', () => {
  const unknown = { calls: 1, promptTokens: null, completionTokens: null, cost: {} };
  const sheets = run({}).sheets.map((sheet) => ({ ...sheet, spent: unknown }));
  expect(reportOf({ ...run({}), look: unknown, sheets })).toContain('2 calls, – tokens of prompts, – of replies, 1 of');
});

test('a run is read again as it was written, and another file is refused', () => {
  const written = run({}, bad, unfit);
  expect(readRun(JSON.stringify(written))).toEqual(JSON.parse(JSON.stringify(written)));
  expect(() => readRun('{"sheets":[]}')).toThrow('it is not the file of a run');
});

test('a comparison has the rules before and now, each change, and only sheets that are the same in both', () => {
  const before = run({}, bad, {}, failed);
  const now = run({}, {}, bad, {}, {});
  const text = comparisonOf(before, { ...now, model: 'two' });
  expect(text).toContain(`Before (${before.at}): one at`);
  expect(text).toContain('Now: two at');
  expect(text).toContain('3 sheets in both, 2 left out');
  expect(text).toMatch(/^no-diagnosis +1 of 3 +1 of 3$/m);
  expect(text).toContain('wellbeing-check/2: no-diagnosis: kept now');
  expect(text).toContain('wellbeing-check/3: no-diagnosis: broken now');
  expect(text).toContain('now:    3 calls, 3,000 tokens of prompts');
  const changed = run({ ...bad, answers: { ...wellbeingAnswers, mood: 1 } });
  expect(comparisonOf(run({}), changed)).toContain('0 sheets in both, 1 left out');
  expect(comparisonOf(run({}, {}), run(bad, bad))).toMatch(/^no-diagnosis +0 of 2 +2 of 2 +2 worse$/m);
});
