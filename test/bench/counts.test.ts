import { expect, test } from 'vitest';
import { exitCodeOf, noFaults, PaidCalls, sumOfFaults, Tally, type PaidCall } from '../../bench/counts.ts';

const tallyOf = (accepted: string[], pushed: string[]): Tally => {
  const tally = new Tally();
  for (const id of accepted) tally.accepted(id);
  for (const id of pushed) tally.pushed(id);
  return tally;
};

const call = (assessmentId: string, round = 1, charged: PaidCall['charged'] = 'yes'): PaidCall => ({
  assessmentId,
  key: { round },
  charged,
});

test('if each was pushed once and paid for once, the exit code is 0', () => {
  const faults = tallyOf(['a', 'b'], ['b', 'a']).faults(0);
  expect(faults).toEqual(noFaults);
  expect(exitCodeOf(faults)).toBe(0);
});

test('a push that came twice is counted, and the exit code is 1', () => {
  const faults = tallyOf(['a', 'b'], ['a', 'b', 'a', 'a']).faults(0);
  expect(faults).toEqual({ ...noFaults, duplicates: 2 });
  expect(exitCodeOf(faults)).toBe(1);
});

test('a push that never came is counted, and the exit code is 1', () => {
  const faults = tallyOf(['a', 'b'], ['b']).faults(0);
  expect(faults).toEqual({ ...noFaults, lost: 1 });
  expect(exitCodeOf(faults)).toBe(1);
});

test('a loss is not hidden by a push that came twice, nor by one of somebody else', () => {
  expect(tallyOf(['a', 'b'], ['b', 'b', 'c']).faults(0)).toEqual({ lost: 1, duplicates: 1, paidTwice: 0, refused: 1 });
});

test('without subscriptions, what is lost is what the rows say', () => {
  expect(tallyOf(['a', 'b'], []).faults(0, 1)).toEqual({ ...noFaults, lost: 1 });
});

test('an answer that was paid for twice in a round is counted, and the exit code is 1', () => {
  const paid = new PaidCalls();
  paid.add([call('a'), call('b')]);
  expect(paid.paidTwice).toBe(0);
  paid.add([call('a', 2), call('b', 1, 'no')]);
  expect(paid.paidTwice).toBe(0);
  paid.add([call('b', 1, 'maybe')]);
  expect(paid.paidTwice).toBe(1);
  expect(exitCodeOf(tallyOf([], []).faults(paid.paidTwice))).toBe(1);
});

test('what was refused makes the exit code 1, with the first few reasons', () => {
  const tally = tallyOf(['a'], ['a']);
  for (let nth = 0; nth < 100; nth += 1) tally.refused(`reason ${nth}`);
  expect(exitCodeOf(tally.faults(0))).toBe(1);
  expect(tally.faults(0).refused).toBe(100);
  expect(tally.reasons).toHaveLength(5);
});

test('one bad repetition is not hidden by a good one', () => {
  expect(exitCodeOf(sumOfFaults([noFaults, { ...noFaults, lost: 1 }, noFaults]))).toBe(1);
});
