import { expect, test } from 'vitest';
import { parseRoute, paths } from '../../web/src/routes.ts';

test('each path that the app links to is parsed to its route', () => {
  expect(parseRoute(paths.start)).toEqual({ name: 'start' });
  expect(parseRoute(paths.list)).toEqual({ name: 'list' });
  expect(parseRoute(paths.assessment('0198'))).toEqual({ name: 'assessment', id: '0198' });
  expect(parseRoute(paths.answers('0198'))).toEqual({ name: 'answers', id: '0198' });
  for (const slug of ['wellbeing-check', 'ä/b ?c']) {
    const { pathname, search } = new URL(paths.take(slug, { page: 3, from: '0198-a' }), 'http://localhost');
    expect(parseRoute(pathname, search)).toEqual({ name: 'take', slug, page: 3, from: '0198-a' });
  }
});

test('a slash at the end changes nothing', () => {
  expect(parseRoute('/take/wellbeing-check/')).toEqual({ name: 'take', slug: 'wellbeing-check', page: undefined });
});

test('an invalid page number counts as none', () => {
  for (const search of ['', '?page=', '?page=0', '?page=-1', '?page=x', '?page=1.5']) {
    expect(parseRoute('/take/x', search)).toEqual({ name: 'take', slug: 'x', page: undefined });
  }
});

test('any other address is the unknown route, also one with a broken escape', () => {
  for (const pathname of [
    '/take',
    '/take/',
    '/assessments/1/2',
    '/assessments/1/answers/2',
    '/a/b',
    '/take/x/y',
    '/%',
    '/take/%E0%A4',
  ]) {
    expect(parseRoute(pathname)).toEqual({ name: 'unknown' });
  }
});
