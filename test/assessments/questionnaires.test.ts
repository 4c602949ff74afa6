import { expect, test } from 'vitest';
import { createQuestionnaires } from '../../src/assessments/questionnaires.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

/** A version of it, and how often its schema was looked at. */
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

test('the checks of the newest versions can be compiled before they are needed, those of others when they are', () => {
  const [old, newest] = [counted(1), counted(2)];
  const questionnaires = createQuestionnaires([old.content, newest.content], async () => []);
  questionnaires.prepareChecks();
  expect(old.looks()).toBe(0);
  const looked = newest.looks();
  expect(looked).toBeGreaterThan(0);
  expect(questionnaires.check(newest.content, wellbeingAnswers)).toEqual([]);
  expect(newest.looks()).toBe(looked);
  expect(questionnaires.check(old.content, { ...wellbeingAnswers, mood: 11 })).toMatchObject([{ path: '/mood' }]);
  expect(old.looks()).toBeGreaterThan(0);
});
