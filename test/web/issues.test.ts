import { expect, test } from 'vitest';
import type { FormPage } from '../../web/src/form/fields.ts';
import { firstProblem, questionOf, sortIssues } from '../../web/src/form/issues.ts';

const page = (...names: string[]): FormPage => ({
  title: names.join(),
  fields: names.map((name) => ({
    kind: 'text',
    name,
    title: name,
    required: true,
    multiline: false,
    minLength: 0,
    maxLength: 9,
  })),
});
const pages = [page('sleep', 'a/b'), page('wishes', 'note')];

test('an issue inside an answer is shown at its question', () => {
  const { problems, general } = sortIssues([{ path: '/wishes/1', message: 'Not one of these.' }], pages);
  expect(problems).toEqual({ wishes: 'Not one of these.' });
  expect(general).toEqual([]);
});

test('the first of several issues with one question is shown', () => {
  const issues = ['first', 'second'].map((message) => ({ path: '/sleep', message }));
  expect(sortIssues(issues, pages).problems).toEqual({ sleep: 'first' });
});

test('an issue of no question on screen is shown as a general message, once', () => {
  const issues = ['', '/stranger', '/toString'].map((path) => ({ path, message: 'Odd.' }));
  expect(sortIssues(issues, pages)).toEqual({ problems: {}, general: ['Odd.'] });
});

test('a name with a slash or a tilde is unescaped from the pointer', () => {
  expect(questionOf('/a~1b/0')).toBe('a/b');
  expect(questionOf('/~01')).toBe('~1');
  expect(questionOf('')).toBeUndefined();
});

test('the page jumps to the first problem in the order on screen', () => {
  expect(firstProblem(pages, { wishes: 'x', 'a/b': 'x' })).toEqual({ page: 0, name: 'a/b' });
  expect(firstProblem(pages, { wishes: 'x' })).toEqual({ page: 1, name: 'wishes' });
  expect(firstProblem(pages, {})).toBeUndefined();
});
