import { expect, test } from 'vitest';
import { createQuestionnaires } from '../../src/assessments/questionnaires.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

/** A version of the wellbeing check that counts the reads of its schema. */
function counted(version: number): { content: QuestionnaireContent; looks: () => number } {
  let looks = 0;
  const content: QuestionnaireContent = {
    ...wellbeing,
    version,
    get schema() {
      looks++;
      return wellbeing.schema;
    },
  };
  return { content, looks: () => looks };
}

test('the check of a version is made when it is first needed, and kept', () => {
  const [old, newest] = [counted(1), counted(2)];
  const questionnaires = createQuestionnaires([old.content, newest.content], async () => []);
  expect([old.looks(), newest.looks()]).toEqual([0, 0]);
  expect(questionnaires.check(newest.content, wellbeingAnswers)).toEqual([]);
  const looked = newest.looks();
  expect(looked).toBeGreaterThan(0);
  expect(questionnaires.check(newest.content, { ...wellbeingAnswers, mood: 11 })).toMatchObject([{ path: '/mood' }]);
  expect(newest.looks()).toBe(looked);
  expect(old.looks()).toBe(0);
});

test('a version that another process has published is looked up, by all who ask at once together, and once a second at most', async () => {
  const published = { ...wellbeing, version: 2 };
  let now = 0;
  let reads = 0;
  let rows = [wellbeing];
  const readAll = async () => {
    reads++;
    return rows;
  };
  const questionnaires = createQuestionnaires([wellbeing], readAll, () => now);
  const find = (version: number | null) => questionnaires.find(wellbeing.slug, version);
  expect(await Promise.all([find(2), find(3), find(4)])).toEqual([undefined, undefined, undefined]);
  expect(await find(2)).toBeUndefined();
  expect(await find(1)).toBe(wellbeing);
  expect(reads).toBe(1);
  rows = [wellbeing, published];
  now = 1_000;
  expect(await find(2)).toBe(published);
  expect(await find(null)).toBe(published);
  expect(reads).toBe(2);
});
