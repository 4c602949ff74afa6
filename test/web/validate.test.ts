import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pagesOf } from '../../src/entities/item.ts';
import { readPages, type Answers } from '../../web/src/form/fields.ts';
import { answersToSend, findProblems, firstOpenPage, textLength } from '../../web/src/form/validate.ts';

const questionnaire = JSON.parse(
  readFileSync(new URL('../../questionnaires/wellbeing-check.v1.json', import.meta.url), 'utf8'),
);
const pages = readPages({ ...questionnaire, pages: pagesOf(questionnaire) });
const fields = pages.flatMap((page) => page.fields);
const full: Answers = {
  sleep_quality: 1,
  rested: 2,
  energy: 3,
  movement: 14,
  stress: 5,
  switch_off: 6,
  mood: 7,
  connection: 8,
  concentration: 9,
  day_pattern: 'shifts',
  wishes: ['sleep', 'mood'],
};

test('a missing answer is a problem only where one is required', () => {
  expect(Object.keys(findProblems(fields, {}))).toEqual(questionnaire.schema.required);
  expect(findProblems(fields, full)).toEqual({});
});

test('the messages for too many choices and for a long text say what to do', () => {
  const answers = { ...full, wishes: ['sleep', 'energy', 'stress', 'mood'], note: 'x'.repeat(2003) };
  expect(findProblems(fields, answers)).toEqual({
    wishes: 'Please choose at most 3.',
    note: 'Please shorten this by 3 characters.',
  });
});

test('an optional text of spaces is not sent, nor an answer to an unknown question', () => {
  expect(answersToSend(fields, { ...full, note: ' \n ', stranger: 1 })).toEqual(full);
});

test('an emoji counts as one character', () => {
  expect(textLength('a😀')).toBe(2);
});

test('a form continues on the first page with a problem, a complete one on the last page', () => {
  expect(firstOpenPage(pages, {})).toBe(0);
  expect(firstOpenPage(pages, { ...full, mood: 99 })).toBe(1);
  expect(firstOpenPage(pages, full)).toBe(2);
});
