import { memoize } from '../memory/memoize.ts';
import type { Answers } from './answer.ts';
import { hiddenQuestions, holds } from './condition.ts';
import { conditionsOf } from './item.ts';
import { pointsFor, scoredItem, type ScoredItem } from './points.ts';
import type { Area, Level, QuestionnaireContent } from './questionnaire-shape.ts';

/** The score of an area. Without enough answers its values are null. */
export type Score = {
  area: string;
  parent: string | null;
  title: string;
  /** The place of `raw` between `minimum` and `maximum`, 0–100, rounded to one decimal. */
  value: number | null;
  level: Level | null;
  /** In the area's own unit, rounded once: it is shown, and the band is found by it. */
  raw: number | null;
  unit: string | null;
  minimum: number;
  maximum: number;
  band: { key: string; title: string } | null;
  /** `raw` in the unit of a published norm; null without a norm for this person. */
  norm: { value: number; unit: string } | null;
  /** Answers that count. */
  answered: number;
  /** Questions that could count: without those that a condition hides. */
  of: number;
};

/** The range of an area's values, made once for each questionnaire version. Each parent comes before its children. */
export type AreaScale = {
  area: Area;
  items: ScoredItem[];
  /** The least number of answers, before hidden questions are left out. */
  answersMin: number;
  missing: 'prorated' | 'zero' | 'none';
  decimals: number;
  minimum: number;
  maximum: number;
  bands: ScaleBand[];
};
export type ScaleBand = { key: string; title: string; text: string | null; from: number; to: number; level: Level };

/**
 * The areas' scores, each parent before its children, otherwise in the order of the questionnaire. A parent counts all items
 * below it, each with the points that its own area gives it.
 */
export function score(content: QuestionnaireContent, answers: Answers): Score[] {
  const hidden = hiddenQuestions(conditionsOf(content), answers);
  return scalesOf(content).map((scale) => scoreOf(scale, answers, hidden));
}

/** The scale of each area. */
export const scalesOf = memoize((content: QuestionnaireContent): AreaScale[] => {
  const childrenOf = Map.groupBy(content.scoring.areas, (area) => area.parent);
  const branch = (area: Area): AreaScale[] => {
    const children = (childrenOf.get(area.id) ?? []).map(branch);
    const own = (area.items ?? []).flatMap((id) => scoredItem(area, id, content) ?? []);
    const items = [...own, ...children.flatMap(([child]) => child?.items ?? [])];
    return [scaleOf(area, items, content), ...children.flat()];
  };
  return (childrenOf.get(undefined) ?? []).flatMap(branch);
});

/** The position of an answer in its item's points, 0–100; undefined without an answer. */
export function valueOfItem(area: Area, item: string, content: QuestionnaireContent, answers: Answers) {
  const scored = scoredItem(area, item, content);
  const points = scored && pointsFor(scored, answers);
  return points === undefined || !scored ? undefined : positionIn(scored, points);
}

const DECIMALS = { percent: 1, sum: 0, mean: 2 };

/** The decimals of an area's value. */
export const decimalsOf = ({ decimals, value = 'percent' }: Area): number => decimals ?? DECIMALS[value];

function scaleOf(area: Area, items: ScoredItem[], { scoring, language }: QuestionnaireContent): AreaScale {
  const kind = area.value ?? 'percent';
  const missing = area.missing ?? (kind === 'percent' ? 'prorated' : 'none');
  const answersMin = area.answersMin ?? (missing === 'none' ? items.length : Math.ceil(items.length / 2));
  const decimals = decimalsOf(area);
  const range = kind === 'percent' ? { minimum: 0, maximum: 100 } : rangeOfPoints(area, items, missing);
  const scale = { area, items, answersMin, missing, decimals };
  const levels = kind === 'percent' ? scoring.levels : undefined;
  const bands = area.bands?.map(ownBand) ?? (levels ? levelBands(levels, decimals, language) : []);
  return { ...scale, minimum: rounded(range.minimum, decimals), maximum: rounded(range.maximum, decimals), bands };
}

/** The lowest and the highest sum or mean that answers can give. */
function rangeOfPoints(
  { value, factor = 1, hidden = 'skipped' }: Area,
  items: ScoredItem[],
  missing: AreaScale['missing'],
) {
  const isSum = value === 'sum';
  const ends = items.map((item) => {
    const { least, most } = partOf(item);
    const mayCountNothing = missing === 'zero' || (isSum && item.isConditional && hidden === 'skipped');
    return mayCountNothing ? [least, most, 0] : [least, most];
  });
  const count = isSum ? 1 : weightOf(items);
  const lowest = (factor * total(ends.map((points) => Math.min(...points)))) / count;
  const highest = (factor * total(ends.map((points) => Math.max(...points)))) / count;
  return { minimum: Math.min(lowest, highest), maximum: Math.max(lowest, highest) };
}

function scoreOf(scale: AreaScale, answers: Answers, hidden: ReadonlySet<string>): Score {
  const { area, decimals, minimum, maximum, bands } = scale;
  const asked = area.hidden === 'missing' ? scale.items : scale.items.filter(({ id }) => !hidden.has(id));
  const given = asked.flatMap((item) => {
    const points = pointsFor(item, answers);
    return points === undefined ? [] : [{ item, points }];
  });
  const exact = isEnough(scale, asked.length, given.length) ? valueOf(scale, asked, given) : undefined;
  const raw = exact === undefined ? null : rounded(exact, decimals);
  const band = raw === null ? undefined : bandOf(bands, raw);
  return {
    area: area.id,
    parent: area.parent ?? null,
    title: area.title,
    value: raw === null ? null : rounded((100 * (raw - minimum)) / (maximum - minimum), 1),
    level: band?.level ?? null,
    raw,
    unit: area.unit ?? null,
    minimum,
    maximum,
    band: band ? { key: band.key, title: band.title } : null,
    norm: raw === null ? null : normOf(area, raw, answers),
    answered: given.length,
    of: asked.length,
  };
}

/** Questions that a condition has skipped lower the least number of answers. A sum of skipped questions alone is 0. */
function isEnough({ area, answersMin }: AreaScale, asked: number, given: number): boolean {
  if (given === 0) return asked === 0 && area.value === 'sum';
  return given >= Math.min(answersMin, asked);
}

type Given = { item: ScoredItem; points: number };

function valueOf({ area, missing }: AreaScale, asked: ScoredItem[], given: Given[]): number {
  const { value: kind = 'percent', factor = 1 } = area;
  const counted = missing === 'zero' ? asked : given.map(({ item }) => item);
  if (kind === 'percent')
    return total(given.map(({ item, points }) => item.weight * positionIn(item, points))) / weightOf(counted);
  const sum = total(given.map(({ item, points }) => item.weight * points));
  if (kind === 'mean') return (factor * sum) / weightOf(counted);
  return factor * (missing === 'prorated' ? sum + proratedSum(asked, given) : sum);
}

/**
 * The part of the missing answers in a sum: each stands where the given answers stand on average between the least and the
 * most that an item adds. For items with one range this is their mean; any sum of full answers can reach it.
 */
function proratedSum(asked: ScoredItem[], given: Given[]): number {
  const answered = new Set(given.map(({ item }) => item));
  const places = given.map(({ item, points }) => {
    const { least, most } = partOf(item);
    return (Math.abs(item.weight) * (item.weight * points - least)) / (most - least);
  });
  const place = total(places) / weightOf([...answered]);
  const missed = asked.filter((item) => !answered.has(item)).map(partOf);
  return total(missed.map(({ least, most }) => least + place * (most - least)));
}

/** The least and the most that an item adds to a sum. */
function partOf({ minimum, maximum, weight }: ScoredItem): { least: number; most: number } {
  const [low, high] = [minimum * weight, maximum * weight];
  return { least: Math.min(low, high), most: Math.max(low, high) };
}

const positionIn = ({ minimum, maximum }: ScoredItem, points: number): number =>
  (100 * (points - minimum)) / (maximum - minimum);

const weightOf = (items: readonly ScoredItem[]): number => total(items.map(({ weight }) => Math.abs(weight)));
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Rounds half up, and never to −0. The twelve digits drop the error of binary fractions, as in 1.005 × 100 = 100.499…. */
export const rounded = (value: number, decimals: number): number => {
  const scale = 10 ** decimals;
  return Math.round(Number((value * scale).toPrecision(12))) / scale + 0;
};

const bandOf = (bands: readonly ScaleBand[], raw: number): ScaleBand | undefined =>
  bands.find(({ from, to }) => raw >= from && raw <= to);

const LEVELS = { low: 'LOW', mid: 'MEDIUM', high: 'HIGH' } as const;

const ownBand = ({ id, title, text, from, to, level }: NonNullable<Area['bands']>[number]): ScaleBand => ({
  key: id,
  title,
  text: text ?? null,
  from,
  to,
  level: LEVELS[level],
});

/** The three bands of an area without its own. Both bounds belong to a band, so each ends one step before the next. */
function levelBands({ low, high }: { low: number; high: number }, decimals: number, language: string): ScaleBand[] {
  const before = (value: number): number => rounded(value - 10 ** -decimals, decimals);
  const titles = BAND_TITLES[language.split('-')[0] ?? ''] ?? ENGLISH_TITLES;
  const bands = [
    { key: 'low', title: titles[0], text: null, from: 0, to: before(low), level: 'LOW' },
    { key: 'mid', title: titles[1], text: null, from: low, to: before(high), level: 'MEDIUM' },
    { key: 'high', title: titles[2], text: null, from: high, to: 100, level: 'HIGH' },
  ] as const;
  return bands.filter(({ from, to }) => from <= to);
}

type Titles = readonly [string, string, string];
const ENGLISH_TITLES: Titles = ['low', 'middle', 'high'];
const BAND_TITLES: Record<string, Titles> = { de: ['niedrig', 'mittel', 'hoch'] };

function normOf({ norms }: Area, raw: number, answers: Answers): Score['norm'] {
  const table = norms?.tables.find((each) => each.if === undefined || holds(each.if, answers));
  const row = table?.rows.find(([value]) => value === raw);
  return norms && row ? { value: row[1], unit: norms.unit } : null;
}
