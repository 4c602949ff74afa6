import { expect, test } from 'vitest';
import { buildPrompt } from '../../src/consumers/prompt.ts';
import { score } from '../../src/entities/scoring.ts';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

const flagged = {
  ...wellbeing,
  scoring: {
    ...wellbeing.scoring,
    flags: [
      { id: 'mood', title: 'Very low <mood>', if: { question: 'mood', below: 2 } },
      { id: 'sleep', title: 'No sleep', if: { question: 'sleep_quality', below: 2 } },
    ],
  },
};

function told(content: typeof wellbeing, answers: Record<string, unknown>) {
  const { messages } = buildPrompt(content, answers, score(content, answers));
  const line = /<answers>\n(.*)\n<\/answers>/.exec(messages[1]?.content ?? '')?.[1] ?? '';
  return { system: messages[0]?.content ?? '', line, data: JSON.parse(line) as { flags?: string[] } };
}

test('the model is told the titles of the flags that hold, and that none is a diagnosis', () => {
  const { system, data, line } = told(flagged, { ...wellbeingAnswers, mood: 1 });
  expect(data.flags).toEqual(['Very low <mood>']);
  expect(line).not.toContain('<');
  expect(system).toMatch(/"flags".*none is a diagnosis/);
});

test('without a flag that holds, or without flags, nothing is said of them in the data', () => {
  expect(told(flagged, wellbeingAnswers).data).not.toHaveProperty('flags');
  const plain = told(wellbeing, { ...wellbeingAnswers, mood: 1 });
  expect(plain.data).not.toHaveProperty('flags');
  expect(plain.system).not.toContain('"flags"');
});
