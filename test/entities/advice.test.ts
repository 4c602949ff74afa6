import { expect, test } from 'vitest';
import { advise } from '../../src/entities/advice.ts';
import type { AnsweredQuestion } from '../../src/entities/advice.ts';
import type { Answers, QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { score } from '../../src/entities/scoring.ts';
import { ipip, ipipAnswers, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

function adviceFor(content: QuestionnaireContent, answers: Answers) {
  const answered = Object.entries(answers).map(([id, answer]): AnsweredQuestion => ({
    id,
    question: content.schema.properties[id]?.title ?? '',
    answer,
    label: `${String(answer)} here`,
  }));
  return advise(content, score(content, answers), answered);
}

test('areas that the person wishes to change come first, then the lowest ones', () => {
  const answers = { ...wellbeingAnswers, wishes: ['mood', 'stress'], concentration: 1, sleep_quality: 5, rested: 5 };
  const { summary, recommendations } = adviceFor(wellbeing, answers);
  expect(recommendations.map(({ area, priority }) => [area, priority])).toEqual([
    ['stress', 'HIGH'],
    ['mood', 'MEDIUM'], // 80 of 100, but a wish
    ['focus', 'HIGH'],
  ]);
  expect(summary).toContain('You would like to change something about Stress and Mood');
});

test('a recommendation is the advice for the area at its level, with the answer that supports it most', () => {
  expect(adviceFor(wellbeing, wellbeingAnswers).recommendations[0]).toEqual({
    ...wellbeing.advice?.sleep?.low,
    rationale:
      'Your answers on sleep are low, and sleep carries the other areas. ' +
      'To “How well did you sleep?” you answered “2 here”. ' +
      'Your value for Sleep is 25 of 100. You would like to change this.',
    area: 'sleep',
    priority: 'HIGH',
  });
});

test('there are three recommendations for high values, and five for low ones', () => {
  expect(
    adviceFor(wellbeing, { mood: 10, connection: 10, concentration: 10, sleep_quality: 10, energy: 10 })
      .recommendations,
  ).toHaveLength(3);
  expect(
    adviceFor(
      ipip,
      ipipAnswers(() => 1),
    ).recommendations,
  ).toHaveLength(5);
});

test('an area with attention "high" needs advice at its high end, and facets of different domains come first', () => {
  const worried = ipipAnswers(() => 3);
  for (const id of ['n1_1', 'n1_2', 'n1_3', 'n1_4', 'n2_1']) worried[id] = 5;
  for (const id of ['a1_1', 'a1_2', 'a1_3']) worried[id] = 2;
  const { recommendations } = adviceFor(ipip, worried);
  expect(recommendations.slice(0, 2).map(({ area, title }) => [area, title])).toEqual([
    ['anxiety', ipip.advice?.anxiety?.high.title],
    ['trust', ipip.advice?.trust?.low.title],
  ]);
  const parents = recommendations.map(({ area }) => ipip.scoring.areas.find(({ id }) => id === area)?.parent);
  expect(new Set(parents).size).toBe(recommendations.length);
});

test('advice is for facets, not for their domains', () => {
  const { recommendations } = adviceFor(
    ipip,
    ipipAnswers((index) => (index % 5 === 0 ? 5 : 3)), // all of the first domain, reversed or not
  );
  const parents = recommendations.map(({ area }) => ipip.scoring.areas.find(({ id }) => id === area)?.parent);
  expect(parents).not.toContain(undefined);
});

test('free text that names an area is no wish', () => {
  const { recommendations } = adviceFor(wellbeing, { ...wellbeingAnswers, wishes: ['sleep'], note: 'mood' });
  expect(recommendations.map(({ area }) => area)).not.toContain('mood');
});

test('without a scored answer there is one general recommendation', () => {
  expect(adviceFor(wellbeing, {}).recommendations).toMatchObject([{ area: null, priority: 'LOW' }]);
});

test('every area and every level of both questionnaires has advice', () => {
  for (const { advice, scoring } of [wellbeing, ipip]) {
    expect(Object.keys(advice ?? {}).toSorted()).toEqual(scoring.areas.map(({ id }) => id).toSorted());
  }
});
