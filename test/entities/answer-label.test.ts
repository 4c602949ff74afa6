import { expect, test } from 'vitest';
import { answerLabel } from '../../src/entities/answer-label.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

test.each<[string, typeof wellbeing, string, unknown, string | undefined]>([
  ['a scale with labels', wellbeing, 'stress', 8, '8 on a scale from 0 (Not at all) to 10 (All the time)'],
  ['one choice', wellbeing, 'day_pattern', 'caring', 'Caring for others most of the day'],
  ['several choices', wellbeing, 'wishes', ['sleep', 'stress'], 'Sleep, Stress'],
  ['a choice by number', ipip, 'e1_1', 2, 'Moderately inaccurate'],
  ['a choice that is not offered', ipip, 'e1_1', 9, '9'],
  ['a text', wellbeing, 'note', 'I am tired.', undefined],
])('an answer to %s in words', (_, { schema }, id, answer, label) => {
  const question = schema.properties[id];
  expect(question && answerLabel(question, answer)).toBe(label);
});
