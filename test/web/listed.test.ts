import { expect, test } from 'vitest';
import type { AssessmentStatus } from '../../web/src/gql/graphql.ts';
import { withEnd, withPage } from '../../web/src/pages/listed.ts';

const one = (id: string, status: AssessmentStatus = 'SUBMITTED', version = 1) => ({
  id,
  status,
  version,
  submittedAt: '2026-01-01T00:00:00.000Z',
  scores: [],
  questionnaire: { id: 'q@1', slug: 'q', version: 1, language: 'en', title: 'Q' },
});
const page = (ids: readonly string[], endCursor: string | null = null) => ({
  nodes: ids.map((id) => one(id)),
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
});
const shown = ({ nodes }: { nodes: readonly { id: string; status: string }[] }) =>
  nodes.map(({ id, status }) => `${id} ${status}`);

test('the parts of the list follow one another, and no assessment is listed twice', () => {
  const first = withPage(undefined, page(['d', 'c'], 'after c'));
  expect(first.next).toBe('after c');
  const second = withPage(withEnd(first, one('c', 'FAILED', 3)), page(['c', 'b']));
  expect(shown(second)).toEqual(['d SUBMITTED', 'c FAILED', 'b SUBMITTED']);
  expect(second.next).toBeNull();
});

test('an end replaces the state of its assessment, unless a newer one is listed', () => {
  const list = withPage(undefined, page(['b', 'a']));
  const ended = withEnd(list, one('a', 'CANCELLED', 2));
  expect(shown(ended)).toEqual(['b SUBMITTED', 'a CANCELLED']);
  expect(withEnd(ended, one('a', 'FAILED', 2))).toBe(ended);
});

test('an assessment from another tab is inserted by its id, but not into a part that is not loaded', () => {
  const whole = withPage(undefined, page(['d', 'b']));
  const places = ['e', 'c', 'a'].map((id) => shown(withEnd(whole, one(id, 'COMPLETED', 3))).map(([first]) => first));
  expect(places.map((ids) => ids.join(''))).toEqual(['edb', 'dcb', 'dba']);
  const part = withPage(undefined, page(['d', 'b'], 'after b'));
  expect(withEnd(part, one('a', 'COMPLETED', 3))).toBe(part);
});
