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
 * The areas' values, each parent before its children, otherwise in the order of the questionnaire. An item counts by
 * its own range, reversed here and nowhere else; a parent counts all items below it. What was not answered is left
 * out, and so is an area of which nothing was answered.
 */
export function score(content: QuestionnaireContent, answers: Answers): Score[] {
  const { areas, levels } = content.scoring;
  const childrenOf = Map.groupBy(areas, (area) => area.parent);

  const branch = (area: Area): { scores: Score[]; values: number[] } => {
    const children = (childrenOf.get(area.id) ?? []).map(branch);
    const values = [...valuesOfItems(area, content, answers), ...children.flatMap((child) => child.values)];
    const scores = children.flatMap((child) => child.scores);
    if (values.length === 0) return { scores, values };
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const value = Math.round(mean * 10) / 10;
    // Of the rounded value, otherwise one that is shown as 70 could be called MID.
    const level = value < levels.low ? 'LOW' : value >= levels.high ? 'HIGH' : 'MID';
    const own = { area: area.id, parent: area.parent ?? null, title: area.title, value, level } as const;
    return { scores: [own, ...scores], values };
  };

  return (childrenOf.get(undefined) ?? []).flatMap((area) => branch(area).scores);
}

function valuesOfItems(area: Area, content: QuestionnaireContent, answers: Answers): number[] {
  return (area.items ?? []).flatMap((item) => {
    const question = content.schema.properties[item];
    const range = question && rangeOf(question);
    const answer = Object.hasOwn(answers, item) ? answers[item] : undefined;
    if (!range || typeof answer !== 'number' || !(answer >= range.minimum && answer <= range.maximum)) return [];
    const value = (100 * (answer - range.minimum)) / (range.maximum - range.minimum);
    return [area.reverse?.includes(item) ? 100 - value : value];
  });
}
