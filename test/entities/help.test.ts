import { expect, test } from 'vitest';
import { heldFlags, helpFor } from '../../src/entities/help.ts';
import { texts, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

const flagged = {
  ...wellbeing,
  scoring: {
    ...wellbeing.scoring,
    flags: [
      { id: 'mood', title: 'Very low mood', if: { question: 'mood', below: 2 } },
      { id: 'sleep', title: 'No sleep', if: { question: 'sleep_quality', below: 2 } },
    ],
  },
};

test('the flags whose conditions hold give help with their titles', () => {
  const answers = { ...wellbeingAnswers, mood: 1 };
  expect(heldFlags(flagged, answers).map(({ id }) => id)).toEqual(['mood']);
  const { title, text } = texts.get('en')?.help ?? {};
  expect(helpFor(flagged, answers, texts)).toEqual({ title, text, contacts: [], flags: ['Very low mood'] });
});

test.each(['Ich will nicht mehr leben.', 'I want to kill myself.'])(
  'words of distress in any language give help without a flag, in the language of the questionnaire: %s',
  (note) => {
    for (const language of ['de', 'en'])
      expect(helpFor({ ...wellbeing, language }, { ...wellbeingAnswers, note }, texts)).toMatchObject({
        title: texts.get(language)?.help.title,
        flags: [],
      });
  },
);

test('answers that call for no help have none', () => {
  expect(helpFor(flagged, wellbeingAnswers, texts)).toBeNull();
});

test('a flag in a language without texts is not silent: the texts are in another language', () => {
  const answers = { ...wellbeingAnswers, mood: 1 };
  expect(helpFor({ ...flagged, language: 'fi' }, answers, texts)?.title).toBe(texts.get('en')?.help.title);
});
