import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { score, scalesOf, type AreaScale } from '../../src/entities/scoring.ts';
import { choicesOf } from '../../src/entities/question.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import {
  chartKindOf,
  commonBands,
  differenceOf,
  earlierOf,
  positionOf,
  stripesOf,
  valueText,
  type Area,
} from '../../web/src/result/profile.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

const READINGS = {
  'higher-is-better': 'HIGHER_IS_BETTER',
  'higher-is-worse': 'HIGHER_IS_WORSE',
  neutral: 'NEUTRAL',
} as const;

/** An area as the API gives it. */
const shownArea = ({ area, minimum, maximum, decimals, bands }: AreaScale): Area => ({
  key: area.id,
  parent: area.parent ?? null,
  title: area.title,
  description: area.description ?? null,
  lowPole: area.lowPole ?? null,
  highPole: area.highPole ?? null,
  reading: READINGS[area.reading ?? 'neutral'],
  unit: area.unit ?? null,
  minimum,
  maximum,
  decimals,
  bands,
});

const LEVELS = ['LOW', 'MEDIUM', 'HIGH'] as const;
const areaWith = (given: Partial<Area> = {}): Area => ({
  key: 'ease',
  parent: null,
  title: 'Ease',
  description: null,
  lowPole: null,
  highPole: null,
  reading: 'HIGHER_IS_BETTER',
  unit: null,
  minimum: 0,
  maximum: 100,
  decimals: 0,
  bands: [
    [0, 39],
    [40, 69],
    [70, 100],
  ].map(([from = 0, to = 0], index) => ({
    key: `band ${index}`,
    title: ['low', 'middle', 'high'][index] ?? '',
    text: null,
    from,
    to,
    level: LEVELS[index] ?? 'LOW',
  })),
  ...given,
});
const scoreWith = (given: object = {}) => ({
  area: 'ease',
  parent: null,
  title: 'Ease',
  value: 25,
  raw: 25,
  unit: null,
  minimum: 0,
  maximum: 100,
  band: null,
  answered: 2,
  of: 2,
  ...given,
});

/** The number in a shown value. */
const numberIn = (text = '') => Number(/^[−\d.]+/.exec(text)?.[0].replace('−', '-'));

test.each([
  ['the wellbeing check', wellbeing],
  ['the inventory', ipip],
])(
  'the shown number of each area of %s is in the band whose word stands beside it, for all answers',
  (_, content: QuestionnaireContent) => {
    const areas = new Map(scalesOf(content).map((scale) => [scale.area.id, shownArea(scale)]));
    const properties = Object.entries(content.schema.properties);
    const sheet = fc.record(
      Object.fromEntries(
        properties.flatMap(([key, question]) => {
          if (question.type !== 'integer') return [];
          const { minimum: min = 0, maximum: max = 0 } = question;
          const values = choicesOf(question).map((choice) => choice.const);
          return [[key, values.length > 0 ? fc.constantFrom(...values) : fc.integer({ min, max })]];
        }),
      ),
      { requiredKeys: [] },
    );
    let shown = 0;
    fc.assert(
      fc.property(sheet, (answers) => {
        for (const each of score(content, answers)) {
          if (each.raw === null) continue;
          const number = numberIn(valueText(each));
          const inBand = areas.get(each.area)?.bands.filter(({ from, to }) => number >= from && number <= to) ?? [];
          expect(inBand.map(({ title }) => title)).toEqual([each.band?.title]);
          shown += 1;
        }
      }),
      { numRuns: 300 },
    );
    expect(shown).toBeGreaterThan(1_000);
  },
);

test('a number is shown with all its digits, with its unit, and with the end of its scale unless that is 100', () => {
  expect(valueText(scoreWith({ raw: 39.6 }))).toBe('39.6');
  expect(valueText(scoreWith({ raw: 12, unit: 'points', maximum: 27 }))).toBe('12 of 27 points');
  expect(valueText(scoreWith({ raw: -3.25, minimum: -5, maximum: 5 }))).toBe('−3.25 of 5');
  expect(valueText(scoreWith({ raw: null }))).toBeUndefined();
});

test('the place of a value is between the ends of its scale', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), (value) => {
      const position = positionOf({ minimum: -7, maximum: 12 }, value);
      expect(position >= 0 && position <= 100).toBe(true);
    }),
  );
  expect([-7, 2.5, 12].map((value) => positionOf({ minimum: -7, maximum: 12 }, value))).toEqual([0, 50, 100]);
});

test('bands fill the scale without gaps, and the strained end has the same tone for each reading', () => {
  const tones = (reading: Area['reading']) => stripesOf(areaWith({ reading })).map(({ tone }) => tone);
  expect(tones('HIGHER_IS_BETTER')).toEqual(['low', 'mid', 'high']);
  expect(tones('HIGHER_IS_WORSE')).toEqual(['high', 'mid', 'low']);
  expect(tones('NEUTRAL')).toEqual(['mid', 'mid', 'mid']);
  expect(stripesOf(areaWith()).map(({ start, width }) => [start, width])).toEqual([
    [0, 40],
    [40, 30],
    [70, 30],
  ]);
});

test('a neutral area is drawn from the middle if its ends have words, or if its middle band is around the middle', () => {
  const kindOf = (given: Partial<Area>) => chartKindOf(areaWith(given));
  expect(kindOf({})).toBe('track');
  expect(kindOf({ reading: 'NEUTRAL' })).toBe('track');
  expect(kindOf({ reading: 'NEUTRAL', bands: [] })).toBe('track');
  expect(kindOf({ reading: 'NEUTRAL', highPole: 'outgoing' })).toBe('trait');
  expect(kindOf({ reading: 'HIGHER_IS_WORSE', highPole: 'tense' })).toBe('track');
  const kinds = (content: QuestionnaireContent) =>
    new Set(scalesOf(content).map((scale) => chartKindOf(shownArea(scale))));
  expect(kinds(ipip)).toEqual(new Set(['trait']));
  expect(kinds(wellbeing)).toEqual(new Set(['track']));
});

test('a value is compared with the earlier one on the same scale only, without the error of binary fractions', () => {
  const before = (given: object) => ({ date: '3 Nov', scores: [scoreWith({ raw: 38, value: 38, ...given })] });
  expect(earlierOf(scoreWith(), before({}))).toMatchObject({ raw: 38 });
  expect(earlierOf(scoreWith(), undefined)).toBeUndefined();
  for (const other of [{ area: 'mood' }, { value: 38.2 }, { raw: null }, { value: null }]) {
    expect(earlierOf(scoreWith(), before(other))).toBeUndefined();
  }
  expect(earlierOf(scoreWith({ raw: null }), before({}))).toBeUndefined();
  expect(differenceOf(39.6, 39.5)).toBe(0.1);
});

test('one legend of bands stands for all areas at the top only if all have these bands', () => {
  const [low, ...others] = areaWith().bands;
  const same = [areaWith(), areaWith({ key: 'mood' }), areaWith({ key: 'part', parent: 'mood', bands: [] })];
  expect(commonBands(same)).toEqual(areaWith().bands);
  if (low === undefined) throw new Error('the area has bands');
  expect(commonBands([areaWith(), areaWith({ key: 'mood', bands: [{ ...low, to: 38 }, ...others] })])).toEqual([]);
});
