import type { ListedAssessmentFragment } from '../gql/graphql.ts';
import { isOnScale } from '../result/profile.ts';

export interface TrendPoint {
  id: string;
  submittedAt: string;
  scores: ListedAssessmentFragment['scores'];
}

/** The results of one questionnaire over time, from the oldest. */
export interface TrendData {
  slug: string;
  /** Of the newest result; its areas are shown. */
  version: number;
  title: string;
  language: string;
  points: readonly TrendPoint[];
}

/** A line needs two ends. */
const POINTS_MIN = 2;
/** More make too long a way by the arrow keys. */
const POINTS_MAX = 30;

/** A trend for each questionnaire with two or more results. */
export const trendsOf = (nodes: readonly ListedAssessmentFragment[]): TrendData[] => {
  const results = nodes.filter(({ status }) => status === 'COMPLETED');
  return [...Map.groupBy(results, ({ questionnaire }) => questionnaire.slug)].flatMap(([slug, group]) => {
    const [newest] = group;
    if (!newest || group.length < POINTS_MIN) return [];
    const { version, title, language } = newest.questionnaire;
    return [{ slug, version, title, language, points: group.slice(0, POINTS_MAX).toReversed() }];
  });
};

export interface AreaPoint {
  id: string;
  submittedAt: string;
  raw: number;
  band: string | undefined;
}

interface TrendArea {
  key: string;
  minimum: number;
  maximum: number;
}

/** The values of one area over time; those on another scale, of another version, are left out. */
export const areaPoints = ({ points }: TrendData, area: TrendArea): AreaPoint[] =>
  points.flatMap(({ id, submittedAt, scores }) => {
    const score = scores.find((each) => each.area === area.key);
    return score?.raw != null && isOnScale(area, score)
      ? [{ id, submittedAt, raw: score.raw, band: score.band?.title }]
      : [];
  });
