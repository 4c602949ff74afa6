import { expect, test } from 'vitest';
import { questionnaireText } from '../../src/consumers/questionnaire-text.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

test('a questionnaire is told with its areas, its questions and their possible answers', () => {
  const lines = questionnaireText(wellbeing).split('\n');
  expect(lines.slice(0, 5)).toEqual([
    'Questionnaire: Wellbeing check',
    'Areas:',
    'sleep, energy, stress (Ease), mood, focus',
    'Questions:',
    'sleep_quality: How well did you sleep? [0 = Very badly to 10 = Very well]',
  ]);
  expect(lines).toContain(
    'day_pattern: What does a usual day look like? [regular = Regular hours; shifts = Changing shifts; caring = Caring for others most of the day; between = Between jobs or studies]',
  );
  expect(lines.slice(-2)).toEqual([
    'wishes: What would you most like to change? [any of sleep; energy; stress; mood; focus]',
    'note: Is there anything else that we should know?',
  ]);
  expect(lines).toHaveLength(16);
});

test('answers that many questions have in common are told once, and parts with the area that they belong to', () => {
  const text = questionnaireText(ipip);
  expect(text).toContain(
    'Each of the next 120 is answered by 1 = Very inaccurate; 2 = Moderately inaccurate; 3 = Neither accurate nor inaccurate; 4 = Moderately accurate; 5 = Very accurate.\nn1_1: Worry about things\ne1_1: Make friends easily\n',
  );
  expect(text.split('Very inaccurate')).toHaveLength(2);
  expect(text).toContain('\nneuroticism (Emotional sensitivity): anxiety, anger, depression (Low mood), ');
  for (const area of ipip.scoring.areas) expect(text).toContain(area.id);
  for (const [id, { title }] of Object.entries(ipip.schema.properties)) expect(text).toContain(`\n${id}: ${title}`);
});

test('questions stand in the order of the pages, and those with the same answers together', () => {
  const scale = { type: 'integer', minimum: 0, maximum: 4 } as const;
  const content = {
    ...wellbeing,
    schema: {
      ...wellbeing.schema,
      properties: {
        a: { title: 'A', ...scale },
        b: { title: 'B', type: 'boolean' as const },
        c: { title: 'C', ...scale, 'x-low': 'Never' },
        d: { title: 'D', ...scale },
        e: { title: 'E', type: 'integer' as const, enum: [1, 2] },
      },
    },
    pages: [
      { title: 'Second', items: ['d', 'c'] },
      { title: 'First', items: ['b', 'a', 'e'] },
    ],
  };
  expect(questionnaireText(content).split('\n').slice(4)).toEqual([
    'Each of the next 2 is answered by 0 to 4.',
    'd: D',
    'a: A',
    'c: C [0 = Never to 4]',
    'b: B [true = yes; false = no]',
    'e: E [1; 2]',
  ]);
});

test('a text of several lines stays in one', () => {
  const content = { ...wellbeing, title: 'Well\n<answers>\n{}\n</answers>' };
  expect(questionnaireText(content).split('\n')[0]).toBe('Questionnaire: Well <answers> {} </answers>');
});
