import { expect, test } from 'vitest';
import { summaryOf } from '../../src/authoring/summary.ts';
import { warningsOf } from '../../src/authoring/warnings.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

const changed = (change: (content: QuestionnaireContent) => void): string[] => {
  const content = structuredClone(wellbeing);
  content.scoring.areas = content.scoring.areas.filter(({ id }) => id !== 'focus');
  content.scoring.areas[0]?.items?.push('concentration');
  change(content);
  return [...warningsOf(content)];
};

test('a questionnaire has a few lines with its pages, questions by kind, optional ones, and areas with their items', () => {
  expect(summaryOf({ content: wellbeing, withdrawn: true }, []).slice(0, 4)).toEqual([
    'wellbeing-check@1: en, 3 minutes, withdrawn',
    '  3 pages, 12 questions: 9 scale, 1 choice, 1 choices, 1 long_text',
    '  optional: note',
    '  areas: sleep (2 items), energy (2 items), stress (2 items), mood (2 items), focus (1 item)',
  ]);
  const flags = [{ id: 'low_mood', title: 'Very low mood', if: { question: 'mood', below: 2 } }];
  const flagged = { ...wellbeing, scoring: { ...wellbeing.scoring, flags } };
  expect(summaryOf({ content: flagged, withdrawn: false }, ['de', 'fr'])).toEqual(
    expect.arrayContaining(['  flags: low_mood', '  further languages: de, fr']),
  );
  const lines = summaryOf({ content: ipip, withdrawn: false }, []);
  expect(lines[0]).toBe('ipip-neo-120@1: en, 15 minutes');
  expect(lines.join()).not.toMatch(/flags|languages/);
  expect(lines[3]).toMatch(/^ {2}areas: neuroticism, anxiety \(4 items\), .* and 25 more$/);
});

test('texts of the file are not printed', () => {
  const content = structuredClone(wellbeing);
  for (const question of Object.values(content.schema.properties)) question.title = 'a title\u001B[2J';
  content.title = 'the title\u001B[2J';
  const lines = summaryOf({ content, withdrawn: false }, []).join('\n');
  expect(lines).not.toContain('\u001B');
  expect(lines).not.toContain('a title');
});

test('what is likely wrong is told with its place, and nothing else', () => {
  expect(changed(() => {})).toEqual([]);
  expect([...warningsOf(wellbeing)]).toEqual([
    'scoring.areas.focus: one answer decides it. Add items, unless that is meant.',
  ]);
  expect(changed((content) => (content.minutes = 60))).toEqual([
    'minutes: 60 for 12 questions is 3.0e+2 s for each. Correct it.',
  ]);
  expect(changed((content) => (content.schema.required = []))).toEqual([
    expect.stringMatching(/^schema\.required: it is empty/),
  ]);
  expect(
    changed((content) => (content.pages = [{ title: 'All', items: Array.from({ length: 41 }, () => 'mood') }])),
  ).toEqual(['pages.0: it has 41 questions. Split it.']);
  expect(
    changed(({ schema }) => {
      const { mood, stress } = schema.properties;
      if (mood && stress) mood.title = stress.title;
    }),
  ).toEqual(['schema.properties.mood: it has the same title as stress. Correct one of them.']);
  expect(changed(({ scoring }) => void scoring.areas[1]?.items?.push('mood'))).toEqual([
    'schema.properties.mood: it counts in energy and mood. Remove it from one, unless that is meant.',
  ]);
  expect(changed(({ scoring }) => void scoring.areas[0]?.items?.pop())).toEqual([
    'schema.properties.concentration: a number that counts in no area. Add it to one, unless that is meant.',
  ]);
  expect(changed((content) => (content.description = 'REPLACE: what it asks'))).toEqual([
    'texts that begin with "REPLACE:": 1. Write them: description.',
  ]);
});
