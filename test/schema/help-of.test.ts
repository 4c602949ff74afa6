import { expect, test } from 'vitest';
import { helpOf } from '../../src/schema/help-of.ts';
import { texts as operatorTexts, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';
import { translationsOf } from '../support/translations.ts';

test('the answers of an assessment are searched once, however many aliases ask for help', async () => {
  const translations = translationsOf({ byId: async () => wellbeing });
  let reads = 0;
  const answers = Object.defineProperty({ ...wellbeingAnswers }, 'note', {
    enumerable: true,
    get: () => {
      reads += 1;
      return 'I want to die.';
    },
  });
  const assessment = { questionnaireId: 'wellbeing-check@1', language: null, answers };
  const services = { translations, operatorTexts };
  const found = await Promise.all([helpOf(assessment, services), helpOf(assessment, services)]);
  expect(found[0]).toMatchObject({ title: operatorTexts.get('en')?.help.title });
  expect(found[1]).toBe(found[0]);
  expect(reads).toBe(1);
});
