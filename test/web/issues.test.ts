import { expect, test } from 'vitest';
import { firstProblem, questionOf, sortIssues } from '../../web/src/form/issues.ts';
import type { Question } from '../../web/src/form/questionnaire.ts';

const page = (index: number, ...names: string[]) => ({
  index,
  items: names.map((key): Question => ({
    __typename: 'YesNoItem',
    kind: 'YES_NO',
    key,
    title: key,
    hint: null,
    required: true,
    canDecline: false,
    shownIf: null,
    image: null,
  })),
});
// A page between the two is hidden.
const pages = [page(0, 'sleep', 'a/b'), page(2, 'wishes', 'note')];

test('an issue inside an answer is shown at its question', () => {
  const { problems, general } = sortIssues([{ path: '/wishes/1', rule: 'enum', message: 'Not one of these.' }], pages);
  expect(problems).toEqual({ wishes: 'Not one of these.' });
  expect(general).toEqual([]);
});

test('the first of several issues with one question is shown', () => {
  const issues = ['first', 'second'].map((message) => ({ path: '/sleep', rule: 'type', message }));
  expect(sortIssues(issues, pages).problems).toEqual({ sleep: 'first' });
});

test('an issue of no question on screen is shown as a general message, once', () => {
  const issues = ['', '/stranger', '/toString'].map((path) => ({ path, rule: 'type', message: 'Odd.' }));
  expect(sortIssues(issues, pages)).toEqual({ problems: {}, general: ['Odd.'] });
});

test('a name with a slash or a tilde is unescaped from the pointer', () => {
  expect(questionOf('/a~1b/0')).toBe('a/b');
  expect(questionOf('/~01')).toBe('~1');
  expect(questionOf('')).toBeUndefined();
});

test('the page jumps to the first problem in the order on screen', () => {
  expect(firstProblem(pages, { wishes: 'x', 'a/b': 'x' })).toEqual({ page: 0, name: 'a/b' });
  expect(firstProblem(pages, { wishes: 'x' })).toEqual({ page: 2, name: 'wishes' });
  expect(firstProblem(pages, {})).toBeUndefined();
});
