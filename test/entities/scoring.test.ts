import { getItems } from '@bigfive-org/questions';
import oracle from '@bigfive-org/score';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { score } from '../../src/entities/scoring.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import type { Score } from '../../src/entities/scoring.ts';
import { ipip, ipipAnswers, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

const named = (name: string) => ({ const: name, title: name });

const levelAt = (concentration: number) => score(wellbeing, { concentration }).find(({ area }) => area === 'focus');

const valuesOf = (scores: Score[]) => Object.fromEntries(scores.map(({ area, value }) => [area, value]));

test('each item counts by its own range, and a reversed item from the other end', () => {
  expect(valuesOf(score(wellbeing, wellbeingAnswers))).toEqual({
    sleep: 25, // (2 + 3) of 20
    energy: 50, // 5 of 10 and 7 of 14
    stress: 30, // 8 of 10, reversed, and 4 of 10
    mood: 80,
    focus: 60,
  });
});

test('the rounded value is LOW below the lower threshold and HIGH from the upper one on', () => {
  expect(levelAt(3)).toMatchObject({ value: 30, level: 'LOW' });
  expect(levelAt(4)).toMatchObject({ value: 40, level: 'MEDIUM' });
  expect(levelAt(6)).toMatchObject({ value: 60, level: 'MEDIUM' });
  expect(levelAt(7)).toMatchObject({ value: 70, level: 'HIGH' });

  const thirds = { ...wellbeing, scoring: { ...wellbeing.scoring, levels: { low: 10, high: 66.7 } } };
  expect(score(thirds, { energy: 20 / 3, movement: 28 / 3 })[1]).toMatchObject({ value: 66.7, level: 'HIGH' }); // 66.66… before rounding
});

test('a score says on how many answers it stands, and has no value on less than half of them', () => {
  const [sleep, energy] = score(wellbeing, { sleep_quality: 4 });
  expect(sleep).toEqual({
    area: 'sleep',
    parent: null,
    title: 'Sleep',
    value: 40,
    level: 'MEDIUM',
    raw: 40,
    unit: null,
    minimum: 0,
    maximum: 100,
    band: { key: 'mid', title: 'middle' },
    norm: null,
    answered: 1,
    of: 2,
  });
  expect(energy).toMatchObject({ area: 'energy', value: null, level: null, raw: null, band: null, answered: 0, of: 2 });
  expect(score(wellbeing, {}).map(({ raw }) => raw)).toEqual([null, null, null, null, null]);
});

test('no answer has no points, whatever the choices are called', () => {
  const word = { title: 'Word', type: 'string' as const, oneOf: ['undefined', 'null', '[object Object]'].map(named) };
  const area = {
    id: 'a',
    title: 'A',
    items: ['word'],
    points: { word: { undefined: 3, null: 2, '[object Object]': 0 } },
  };
  const content: QuestionnaireContent = {
    ...wellbeing,
    schema: { ...wellbeing.schema, required: [], properties: { word } },
    pages: [{ title: 'One', items: ['word'] }],
    scoring: { ...wellbeing.scoring, areas: [area] },
  };
  for (const answers of [{}, { word: { declined: true } }]) expect(score(content, answers)[0]?.answered).toBe(0);
  expect(score(content, { word: 'undefined' })[0]).toMatchObject({ answered: 1, raw: 100 });
});

test('a domain comes before its facets, both in the order of the questionnaire', () => {
  const scores = score(
    ipip,
    ipipAnswers(() => 3),
  );
  expect(scores.map(({ area }) => area)).toEqual(ipip.scoring.areas.map(({ id }) => id));
  expect(scores[0]).toMatchObject({
    area: 'neuroticism',
    parent: null,
    title: 'Emotional sensitivity',
    value: 50,
    level: 'MEDIUM',
    answered: 24,
    of: 24,
  });
  expect(scores[1]).toMatchObject({ area: 'anxiety', parent: 'neuroticism' });
});

/** The value from 0 to 100 of a sum of positions from 1 to 5. */
const percent = ({ score: sum, count }: { score: number; count: number }) =>
  Math.round((1000 * (sum - count)) / (4 * count)) / 10;

test('the personality scores are those of the reference implementation', () => {
  const items = getItems('en');
  const domains = ['N', 'E', 'O', 'A', 'C'];
  const roots = ipip.scoring.areas.filter((area) => area.parent === undefined);

  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 120, maxLength: 120 }), (positions) => {
      // The reference does not reverse: its choices have reversed scores.
      const answers = items.map((item, index) => ({
        domain: item.domain,
        facet: String(item.facet),
        score: item.choices[(positions[index] ?? 0) - 1]?.score ?? NaN,
      }));
      const expected = oracle({ answers });
      const values = valuesOf(
        score(
          ipip,
          ipipAnswers((index) => positions[index] ?? 0),
        ),
      );
      for (const [index, root] of roots.entries()) {
        const domain = expected[domains[index] ?? ''];
        expect(values[root.id]).toBe(domain && percent(domain));
        const facets = ipip.scoring.areas.filter((area) => area.parent === root.id);
        for (const [number, facet] of facets.entries()) {
          const reference = domain?.facet[String(number + 1)];
          expect(values[facet.id]).toBe(reference && percent(reference));
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('a reversed statement is reversed exactly once', () => {
  const trusting = { a1_1: 5, a1_2: 5, a1_3: 5, a1_4: 1 }; // the last one: "Distrust people"
  expect(ipip.schema.properties.a1_4?.title).toBe('Distrust people');
  expect(score(ipip, trusting).find(({ area }) => area === 'trust')?.value).toBe(100);
});

test('with any answers values stay within 0 and 100', () => {
  const anything = fc.dictionary(fc.constantFrom(...Object.keys(wellbeing.schema.properties)), fc.anything());
  fc.assert(
    fc.property(anything, (answers) => {
      for (const { value } of score(wellbeing, answers)) {
        expect(value ?? 0).toBeGreaterThanOrEqual(0);
        expect(value ?? 0).toBeLessThanOrEqual(100);
      }
    }),
  );
});
