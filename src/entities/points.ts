import { answerTo, type Answers } from './answer.ts';
import { conditionsById } from './item.ts';
import { rangeOf, type Question } from './question.ts';
import type { Area, QuestionnaireContent } from './questionnaire-shape.ts';

/** How an item counts in its area. */
export type ScoredItem = {
  id: string;
  /** Points of the answers, where they differ from the answers: recoded, or of yes and no. */
  points: ReadonlyMap<string, number> | undefined;
  isReversed: boolean;
  weight: number;
  /** Lowest and highest points, without the weight. */
  minimum: number;
  maximum: number;
  /** A condition may hide the item, and it then counts as 0 points or as missing. */
  isConditional: boolean;
};

/** An item of an area; undefined if its answers have no points. */
export function scoredItem(area: Area, id: string, content: QuestionnaireContent): ScoredItem | undefined {
  const { properties } = content.schema;
  const question = Object.hasOwn(properties, id) ? properties[id] : undefined;
  const points = question && pointsOf(area, id, question);
  const range = points ? bounds([...points.values()]) : question && rangeOf(question);
  if (!range || range.minimum >= range.maximum) return undefined;
  const weight = area.weights?.[id] ?? 1;
  const isReversed = area.reverse?.includes(id) ?? false;
  return {
    id,
    points,
    isReversed,
    weight,
    ...range,
    isConditional: conditionsById(content).has(id),
  };
}

/** The points of an answer; undefined without one, or for an answer that has no points, such as "prefer not to say". */
export function pointsFor(
  { id, points, isReversed, minimum, maximum }: ScoredItem,
  answers: Answers,
): number | undefined {
  const answer = answerTo(id, answers);
  // Otherwise no answer would have the points of a choice "undefined".
  const hasPoints = ['string', 'number', 'boolean'].includes(typeof answer);
  const given = points && hasPoints ? points.get(String(answer)) : answer;
  if (typeof given !== 'number' || !(given >= minimum && given <= maximum)) return undefined;
  return isReversed ? minimum + maximum - given : given;
}

const YES_NO = new Map([
  ['false', 0],
  ['true', 1],
]);

function pointsOf({ points = {} }: Area, id: string, { type }: Question): ReadonlyMap<string, number> | undefined {
  const own = Object.hasOwn(points, id) ? points[id] : undefined;
  if (own) return new Map(Object.entries(own));
  return type === 'boolean' ? YES_NO : undefined;
}

const bounds = (values: number[]) => ({ minimum: Math.min(...values), maximum: Math.max(...values) });
