import { expect, test } from 'vitest';
import { assessmentStatuses } from '../../src/entities/assessment-state.ts';
import { nextTryAt } from '../../src/schema/next-try-at.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const SOON = new Date(NOW + 60_000);
const MIDNIGHT = new Date(NOW + 12 * 3_600_000);
const LATER = new Date(NOW + 13 * 3_600_000);

const at = (notBefore: Date | null, budgetResetsAt?: Date, status: (typeof assessmentStatuses)[number] = 'submitted') =>
  nextTryAt({ status, notBefore }, { budgetResetsAt: () => budgetResetsAt }, NOW);

test('an assessment that waits only for a free worker has no time of its next try', () => {
  expect(at(null)).toBeNull();
  expect(at(new Date(NOW))).toBeNull();
  expect(at(new Date(NOW - 60_000))).toBeNull();
});

test('one that failed is tried again at its own time, and with a used up budget not before the next one', () => {
  expect(at(SOON)).toEqual(SOON);
  expect(at(null, MIDNIGHT)).toEqual(MIDNIGHT);
  expect(at(SOON, MIDNIGHT)).toEqual(MIDNIGHT);
  expect(at(LATER, MIDNIGHT)).toEqual(LATER);
});

test.each(assessmentStatuses.filter((status) => status !== 'submitted'))(
  'one that is %s waits for nothing',
  (status) => {
    expect(at(SOON, MIDNIGHT, status)).toBeNull();
  },
);
