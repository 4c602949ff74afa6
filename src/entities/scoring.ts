import { memoize } from '../memory/memoize.ts';
import { rangeOf } from './question.ts';
import type { Answers, Area, Level, QuestionnaireContent } from './questionnaire-content.ts';

export type Score = {
  area: string;
  parent: string | null;
  title: string;
  /** 0–100, rounded to one decimal. */
  value: number;
  level: Level;
};

/**
 * The areas' values, each parent before its children, otherwise in the order of the questionnaire. An item counts by its
 * own range; reversed items are reversed only here. A parent counts all items below it. Unanswered items and areas without
 * answered items are left out.
 */
export function score(content: QuestionnaireContent, answers: Answers): Score[] {
  const { areas, levels } = content.scoring;
  const childrenOf = Map.groupBy(areas, (area) => area.parent);

  const branch = (area: Area): { scores: Score[]; answered: number[] } => {
    const children = (childrenOf.get(area.id) ?? []).map(branch);
    const values = (area.items ?? []).map((item) => valueOfItem(area, item, content, answers));
    const answered = [...values.filter((value) => value !== undefined), ...children.flatMap((child) => child.answered)];
    const scores = children.flatMap((child) => child.scores);
    if (answered.length === 0) return { scores, answered };
    const mean = answered.reduce((sum, value) => sum + value, 0) / answered.length;
    const value = Math.round(mean * 10) / 10;
    // By the rounded value; otherwise a value shown as 70 could be MID.
    const level = value < levels.low ? 'LOW' : value >= levels.high ? 'HIGH' : 'MID';
    const own = { area: area.id, parent: area.parent ?? null, title: area.title, value, level } as const;
    return { scores: [own, ...scores], answered };
  };

  return (childrenOf.get(undefined) ?? []).flatMap((area) => branch(area).scores);
}

/** Questionnaires are loaded once, and their ranges are needed for each answer. */
const knownRangeOf = memoize(rangeOf);

/** The position of an answer in its item's range, 0–100, reversed if the area says so; undefined without an answer. */
export function valueOfItem(area: Area, item: string, content: QuestionnaireContent, answers: Answers) {
  const question = content.schema.properties[item];
  const range = question && knownRangeOf(question);
  const answer = Object.hasOwn(answers, item) ? answers[item] : undefined;
  if (!range || typeof answer !== 'number' || !(answer >= range.minimum && answer <= range.maximum)) return undefined;
  const value = (100 * (answer - range.minimum)) / (range.maximum - range.minimum);
  return area.reverse?.includes(item) ? 100 - value : value;
}
