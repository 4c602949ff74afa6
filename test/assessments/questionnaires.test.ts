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
