import { choicesOf } from '../../src/entities/question.ts';
import { score } from '../../src/entities/scoring.ts';
import type { Sheet } from '../sheets.ts';
import type { Check } from './rule.ts';

/** Three wishes and two areas in need are as many as the recommendations that are asked for. */
const NEEDS_MAX = 2;

/**
 * Of the two areas at the top (or the traits that they belong to) with the greatest need, each has a recommendation. Of
 * equal ones any will do. Says nothing where no area is at its worse end.
 */
export const lowAreas: Check = ({ sheet, reply }) => {
  const needs = needsOf(sheet);
  if (reply === undefined || needs.length === 0) return undefined;
  const count = Math.min(NEEDS_MAX, needs.length);
  const least = needs[count - 1]?.need ?? 0;
  const topOf = tops(sheet);
  const advised = new Set(reply.recommendations.map(({ area }) => (area === null ? '' : topOf(area))));
  const greatest = needs.filter(({ need }) => need >= least).map(({ top }) => top);
  const missing = greatest.filter((top) => !advised.has(top));
  return greatest.length - missing.length >= count ? [] : missing.map((top) => `no recommendation is about ${top}`);
};

/** Areas at the top with one at its worse end, itself or below it; the greatest need first. */
function needsOf(sheet: Sheet): { top: string; need: number }[] {
  const { areas } = sheet.content.scoring;
  const topOf = tops(sheet);
  const parents = new Set(areas.map(({ parent }) => parent));
  const needs = new Map<string, number>();
  for (const { area, value, level } of score(sheet.content, sheet.answers)) {
    const isHighWorse = areas.find(({ id }) => id === area)?.attention === 'high';
    if (value === null || parents.has(area) || level !== (isHighWorse ? 'HIGH' : 'LOW')) continue;
    needs.set(topOf(area), Math.max(needs.get(topOf(area)) ?? 0, isHighWorse ? value : 100 - value));
  }
  return [...needs].map(([top, need]) => ({ top, need })).toSorted((one, other) => other.need - one.need);
}

const tops = ({ content: { scoring } }: Sheet) => {
  const topOf = (id: string): string => {
    const parent = scoring.areas.find((area) => area.id === id)?.parent;
    return parent === undefined ? id : topOf(parent);
  };
  return topOf;
};

/** The first recommendation is about a wish of the person (an answer that names an area), and each wish has one. */
export const wishesFirst: Check = ({ sheet, reply }) => {
  const wishes = wishesOf(sheet);
  // With a person in distress the first one is about that.
  if (reply === undefined || wishes.length === 0 || sheet.distress) return undefined;
  const advised = reply.recommendations.map(({ area }) => area ?? '');
  return [
    ...(wishes.includes(advised[0] ?? '') ? [] : ['the first recommendation is not about a wish']),
    ...wishes.filter((wish) => !advised.includes(wish)).map((wish) => `no recommendation is about the wish ${wish}`),
  ];
};

function wishesOf({ content, answers }: Sheet): string[] {
  const areas = new Set(content.scoring.areas.map(({ id }) => id));
  return Object.entries(answers).flatMap(([id, answer]) => {
    const question = content.schema.properties[id];
    const possible = question === undefined ? [] : choicesOf(question).map((choice) => choice.const);
    return [answer]
      .flat()
      .filter((one): one is string => typeof one === 'string' && areas.has(one) && possible.includes(one));
  });
}
