import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from '../../../src/entities/condition.ts';
import { shownAnswers } from '../../../src/entities/item.ts';
import { score } from '../../../src/entities/scoring.ts';
import { instrument } from '../../support/instruments.ts';
import { answersOf, hasBands, instrumentNames, itemsOf, publishedScores, turnedIn, unitOf, vectors } from './keys.ts';

/** In the form of the keys, which call a single scale "total". Bands that nobody has published are left out. */
function scoresOf(name: string, answers: Record<string, unknown>) {
  const scores = score(instrument(name), answers);
  return Object.fromEntries(
    scores.map(({ area, raw, band, answered, of }) => [
      scores.length === 1 ? 'total' : area,
      {
        raw: raw === null ? null : raw / unitOf(name),
        band: hasBands(name) ? (band?.title ?? null) : null,
        answered,
        of,
      },
    ]),
  );
}

const titled = vectors.map((vector, index) => ({
  ...vector,
  title: `${vector.instrument}: ${vector.note ?? `sheet ${index + 1}`}`,
}));

test('there are vectors of eight instruments', () => {
  expect(vectors).toHaveLength(68);
  expect(new Set(vectors.map((vector) => vector.instrument))).toEqual(new Set(instrumentNames));
  expect(instrumentNames).toHaveLength(8);
});

test.each(titled)('a sheet has its published score: $title', ({ instrument: name, answers, expected }) => {
  expect(scoresOf(name, answers)).toMatchObject(expected);
  expect(publishedScores(name, answers)).toMatchObject(expected);
});

/** Answers that lean to one end, some of them missing or declined, and also to questions that a condition hides. */
function sheetOf(name: string): fc.Arbitrary<Record<string, unknown>> {
  const turned = turnedIn(name);
  const answer = (item: string, lean: number): fc.Arbitrary<unknown> => {
    const possible = answersOf(name, item);
    const half = Math.ceil(possible.length / 2);
    const isHigh = turned.has(item) ? lean < 0 : lean > 0;
    return fc.constantFrom(...(lean === 0 ? possible : isHigh ? possible.slice(-half) : possible.slice(0, half)));
  };
  const left = fc.constantFrom<unknown>(undefined, { declined: true });
  return fc
    .tuple(fc.constantFrom(-1, 0, 1), fc.constantFrom(0, 0, 10, 30))
    .chain(([lean, share]) =>
      fc.record(
        Object.fromEntries(
          itemsOf(name).map((item) => [
            item,
            fc.oneof({ weight: 100 - share, arbitrary: answer(item, lean) }, { weight: share, arbitrary: left }),
          ]),
        ),
      ),
    );
}

test.each(instrumentNames)('2,000 drawn sheets of %s have the scores of the published rules', (name) => {
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(sheetOf(name), (answers) => {
      const expected = publishedScores(name, answers);
      expect(scoresOf(name, answers)).toEqual(expected);
      expect(scoresOf(name, shownAnswers(instrument(name), answers))).toEqual(expected);
      for (const { raw, band, answered, of } of Object.values(expected))
        for (const outcome of [raw === null ? 'no score' : answered < of ? 'prorated' : 'full', band ?? 'no band'])
          outcomes.add(outcome);
    }),
    { numRuns: 2_000 },
  );
  // Otherwise the sheets would prove less than they seem to.
  const bands = hasBands(name) ? instrument(name).scoring.areas.flatMap((area) => area.bands ?? []) : [];
  expect([...outcomes]).toEqual(expect.arrayContaining(['full', 'no score', ...bands.map(({ title }) => title)]));
  expect(outcomes.has('prorated')).toBe(name === 'phq-9' || name === 'gad-7');
});

test('the tenth question of PHQ-9 is asked if any of the nine is above 0, and is not scored', () => {
  const phq = instrument('phq-9');
  const none = Object.fromEntries(itemsOf('phq-9').map((item) => [item, 0]));
  expect(shownAnswers(phq, { ...none, q10: 3 })).toEqual(none);
  for (const item of itemsOf('phq-9')) {
    const one = { ...none, [item]: 1, q10: 3 };
    expect(shownAnswers(phq, one)).toEqual(one);
    expect(score(phq, one)).toEqual(score(phq, { ...one, q10: 0 }));
  }
});

test('the flag of PHQ-9 stands for item 9 above 0, whatever the sum is', () => {
  const [flag] = instrument('phq-9').scoring.flags ?? [];
  fc.assert(
    fc.property(sheetOf('phq-9'), (answers) => {
      const isAbove = typeof answers.q9 === 'number' && answers.q9 > 0;
      expect(flag && holds(flag.if, answers)).toBe(isAbove);
    }),
  );
});

test('the items that AUDIT tells to skip are not asked', () => {
  const audit = instrument('audit');
  const all = Object.fromEntries(itemsOf('audit').map((item) => [item, 2]));
  const shown = (answers: Record<string, unknown>) => Object.keys(shownAnswers(audit, { ...all, ...answers }));
  expect(shown({})).toEqual(itemsOf('audit'));
  expect(shown({ q1: 0 })).toEqual(['q1', 'q9', 'q10']);
  expect(shown({ q2: 0, q3: 0 })).toEqual(['q1', 'q2', 'q3', 'q9', 'q10']);
  expect(shown({ q2: 0 })).toEqual(itemsOf('audit'));
});
