import { expect, test } from 'vitest';
import { answersToSend, dayOf, findProblems, firstOpenPage, progressOf } from '../../web/src/form/check.ts';
import { textLength, type Answers } from '../../web/src/form/answers.ts';
import { shownPages, shownQuestions } from '../../web/src/form/questionnaire.ts';
import { numberOf } from '../../web/src/form/typed-controls.tsx';
import { wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';
import { shownForm } from '../support/shown-form.ts';

const { pages } = shownForm(wellbeing);
const questions = shownQuestions(shownPages(pages, {}));
const full: Answers = wellbeingAnswers;

test('a missing answer is a problem only where one is required', () => {
  expect(Object.keys(findProblems(questions, {}))).toEqual(wellbeing.schema.required);
  expect(findProblems(questions, full)).toEqual({});
});

test('the messages for too many choices and for a long text say what to do', () => {
  const answers = { ...full, wishes: ['sleep', 'energy', 'stress', 'mood'], note: 'x'.repeat(2003) };
  expect(findProblems(questions, answers)).toEqual({
    wishes: 'Please choose at most 3.',
    note: 'Please shorten this by 3 characters.',
  });
});

test('an optional text of spaces is not sent, nor an answer to an unknown question', () => {
  const { note: _note, ...others } = full;
  expect(answersToSend(pages, { ...full, note: ' \n ', stranger: 1 })).toEqual(others);
});

test('an emoji counts as one character', () => {
  expect(textLength('a😀')).toBe(2);
});

test('the progress counts the answered questions among those that have to be answered', () => {
  expect(progressOf(questions, {})).toEqual({ answered: 0, of: 11 });
  expect(progressOf(questions, { note: 'Something', mood: 3, wishes: [] })).toEqual({ answered: 1, of: 11 });
  expect(progressOf(questions, full)).toEqual({ answered: 11, of: 11 });
});

test('a form continues on the first page with a problem, a complete one on the last page', () => {
  const open = (answers: Answers) => firstOpenPage(shownPages(pages, answers), answers);
  expect([{}, { ...full, mood: 99 }, full].map(open)).toEqual([0, 1, 2]);
});

test('a number is written with a point or a comma, and a text that is none stays a text', () => {
  expect(['7', ' 7,5', '-0.5', '−3', '7.', '.5'].map((text) => numberOf(text))).toEqual([7, 7.5, -0.5, -3, 7, 0.5]);
  for (const text of ['', '7 kg', '1e3', '0x10', '1.2.3', '∞', '-']) expect(numberOf(text)).toBe(text);
});

test('a whole number may have its thousands marked, in German and in English, and is not taken for a smaller one', () => {
  const whole = ['1.000', '1,000', '−12.500', '1.000.000', '0.500', '7,5'].map((text) => numberOf(text, true));
  expect(whole).toEqual([1_000, 1_000, -12_500, 1_000_000, 0.5, 7.5]);
  expect(numberOf('1.250')).toBe(1.25);
});

test('a day is that of the person’s calendar', () => {
  expect(dayOf(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
});
