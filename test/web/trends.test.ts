import { expect, test } from 'vitest';
import type { AssessmentStatus } from '../../web/src/gql/graphql.ts';
import { areaPoints, trendsOf } from '../../web/src/history/trends.ts';

const sleep = (raw: number | null, given: object = {}) => ({
  area: 'sleep',
  parent: null,
  value: raw,
  raw,
  band: raw === null ? null : { title: 'low' },
  ...given,
});
const one = (id: string, slug: string, status: AssessmentStatus = 'COMPLETED', scores = [sleep(25)]) => ({
  id,
  status,
  version: 3,
  submittedAt: `2026-11-${id}T00:00:00.000Z`,
  scores,
  questionnaire: { id: `${slug}@1`, slug, version: 1, language: 'en', title: slug },
});

test('each questionnaire with two results has a trend, from the oldest', () => {
  const nodes = [one('30', 'wellbeing'), one('20', 'profile'), one('10', 'wellbeing'), one('05', 'profile', 'FAILED')];
  const trends = trendsOf(nodes).map(({ slug, points }) => [slug, points.map(({ id }) => id)]);
  expect(trends).toEqual([['wellbeing', ['10', '30']]]);
});

test('of many results the newest are shown', () => {
  const ids = Array.from({ length: 40 }, (_, index) => String(40 - index).padStart(2, '0'));
  const points = trendsOf(ids.map((id) => one(id, 'wellbeing')))[0]?.points.map(({ id }) => id);
  expect([points?.length, points?.[0], points?.at(-1)]).toEqual([30, '11', '40']);
});

test('values on another scale and missing ones are left out', () => {
  const scores = [[sleep(25)], [sleep(null)], [sleep(3, { value: 30 })], [], [sleep(38)]];
  const nodes = scores.map((each, index) => one(String(50 - index), 'wellbeing', 'COMPLETED', each));
  const [trend] = trendsOf(nodes);
  if (!trend) throw new Error('there are five results');
  const points = areaPoints(trend, { key: 'sleep', minimum: 0, maximum: 100 });
  expect(points.map(({ raw, band }) => [raw, band])).toEqual([
    [38, 'low'],
    [25, 'low'],
  ]);
});
