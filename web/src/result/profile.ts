import type { ProfileAreaFragment, ProfileScoreFragment } from '../gql/graphql.ts';
import { resultTexts } from '../texts/result.ts';

export type Area = ProfileAreaFragment;
export type Score = ProfileScoreFragment;
type Scale = Pick<Score, 'minimum' | 'maximum'>;

/** Scores of an earlier assessment, with its date as it is shown. */
export interface Before {
  date: string;
  scores: readonly Placed[];
}
type Placed = Pick<Score, 'area' | 'raw' | 'value'>;

/** The place of a value on its scale, 0–100. */
export const positionOf = ({ minimum, maximum }: Scale, value: number): number =>
  maximum === minimum ? 50 : Math.min(100, Math.max(0, (100 * (value - minimum)) / (maximum - minimum)));

/** `trait`: a distance from the middle, of which no side is better. `track`: a place on a scale with bands. */
export type ChartKind = 'trait' | 'track';

/** How far the middle of a scale and that of its middle band may be apart, of 100. */
const OFF_CENTER_MAX = 2;

/**
 * A neutral area is a trait if its ends have words, or if its middle band lies around the middle of the scale. A stem from
 * the middle of any other scale would show a distance from nothing.
 */
export const chartKindOf = (area: Area): ChartKind => {
  if (area.reading !== 'NEUTRAL') return 'track';
  if (area.lowPole !== null || area.highPole !== null) return 'trait';
  const middle = stripesOf(area).find(({ level }) => level === 'MEDIUM');
  return middle && Math.abs(middle.start + middle.width / 2 - 50) <= OFF_CENTER_MAX ? 'trait' : 'track';
};

/** `low` is the strained end and `high` the good one; `mid` also stands for bands of which none is better. */
export type Tone = 'low' | 'mid' | 'high';

export interface Stripe {
  key: string;
  level: Area['bands'][number]['level'];
  tone: Tone;
  /** Of the chart's width, in percent. */
  start: number;
  width: number;
}

/** The bands of an area side by side: each one reaches to the beginning of the next, because values between them do not exist. */
export const stripesOf = (area: Area): Stripe[] =>
  area.bands.map(({ key, level, from, to }, index) => {
    const start = positionOf(area, from);
    const end = positionOf(area, area.bands[index + 1]?.from ?? to);
    return { key, level, tone: toneOf(area, level), start, width: Math.max(0, end - start) };
  });

const toneOf = ({ reading }: Area, level: Stripe['level']): Tone => {
  if (reading === 'NEUTRAL' || level === 'MEDIUM') return 'mid';
  return (level === 'HIGH') === (reading === 'HIGHER_IS_BETTER') ? 'high' : 'low';
};

/** The value as it is shown: `raw` with its digits, the end of its scale unless that is 0–100, and its unit. */
export const valueText = ({ raw, minimum, maximum, unit }: Pick<Score, 'raw' | 'minimum' | 'maximum' | 'unit'>) => {
  if (raw === null) return undefined;
  const isPercent = unit === null && minimum === 0 && maximum === 100;
  return resultTexts.profile.value(raw, isPercent ? undefined : maximum, unit);
};

/** The earlier value of an area on the same scale; undefined if there is none to compare with. */
export const earlierOf = (score: Score, before: Before | undefined): Before['scores'][number] | undefined => {
  const found = before?.scores.find(({ area }) => area === score.area);
  return found && score.raw !== null && isOnScale(score, found) ? found : undefined;
};

/** `value` is rounded to one decimal. */
const PLACE_ERROR_MAX = 0.1;

/** Whether a score of perhaps another version has this scale: then its two values say the same place. */
export const isOnScale = (scale: Scale, { raw, value }: Pick<Score, 'raw' | 'value'>): boolean =>
  raw !== null && value !== null && Math.abs(positionOf(scale, raw) - value) < PLACE_ERROR_MAX;

/** The difference of two shown numbers, without the error of binary fractions. */
export const differenceOf = (now: number, earlier: number): number => Number((now - earlier).toPrecision(12));

/** From this distance from the middle of 0–100 on a trait is marked. */
const FAR = 25;

export const isFar = ({ value }: Pick<Score, 'value'>): boolean => value !== null && Math.abs(value - 50) >= FAR;

/** The bands of the areas at the top, if they all have the same: then one legend is enough. */
export const commonBands = (areas: readonly Area[]): Area['bands'] => {
  const [first, ...others] = areas.filter(({ parent }) => parent === null);
  const textOf = (area: Area) => JSON.stringify(area.bands.map(({ title, from, to }) => [title, from, to]));
  return first && others.every((other) => textOf(other) === textOf(first)) ? first.bands : [];
};
