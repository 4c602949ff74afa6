import { assert as check, array, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { networkLimit, networksBy } from '../../src/assessments/networks.ts';
import { Rates, takeFromAll } from '../../src/assessments/rates.ts';
import { submitRate } from '../../src/assessments/submit-rate.ts';
import { readConfig } from '../../src/config.ts';
import { TooManyAssessmentsError } from '../../src/errors.ts';

const defaults = readConfig('all', {});
const school = networksBy('a secret')('192.0.2.1');
const elsewhere = networksBy('a secret')('192.0.2.2');

/** Sessions and submissions as the api counts them, with default settings. */
function start() {
  const clock = { nowMs: 0 };
  // The day begins with the test.
  const rates = new Rates(
    () => clock.nowMs,
    () => Date.UTC(2026, 10, 30) + clock.nowMs,
  );
  const { sessionsPerMinute, submitsPerMinute, submitsPerMinutePerAddress, dailyAssessmentsPerAddress } = defaults;
  const sessions = networkLimit(rates, 'sessions', {
    burst: sessionsPerMinute,
    perMinute: sessionsPerMinute,
  });
  const count = submitRate({
    rates,
    perMinute: submitsPerMinute,
    perMinutePerAddress: submitsPerMinutePerAddress,
    perDayPerAddress: dailyAssessmentsPerAddress,
  });
  return {
    clock,
    count,
    startSession: () => takeFromAll(sessions(school)),
    submit: (session: string): boolean => {
      try {
        count(session, school);
        return true;
      } catch {
        return false;
      }
    },
  };
}

test('200 people behind one address, who come within ten minutes, are served with default settings', () => {
  const arrivals = array(integer({ min: 0, max: 600_000 }), { minLength: 200, maxLength: 200 });
  check(
    property(arrivals, (times) => {
      const { clock, startSession, submit } = start();
      for (const [person, time] of times.toSorted((a, b) => a - b).entries()) {
        clock.nowMs = time;
        expect(startSession()).toBeUndefined();
        expect(submit(`person-${person}`)).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test('120 of them may come in the same second', () => {
  const { startSession, submit } = start();
  for (let person = 0; person < 120; person++) {
    expect(startSession()).toBeUndefined();
    expect(submit(`person-${person}`)).toBe(true);
  }
});

test('one address with any number of sessions has at most 360 assessments accepted in two minutes', () => {
  const { clock, submit } = start();
  let accepted = 0;
  for (clock.nowMs = 0; clock.nowMs < 120_000; clock.nowMs += 100)
    for (let session = 0; session < 60; session++) if (submit(`session-${session}`)) accepted++;
  expect(accepted).toBeLessThanOrEqual(360);
  expect(accepted).toBeGreaterThan(350);
});

const HOUR_MS = 3_600_000;

test('one address has at most 1,200 assessments accepted in a UTC day, and is told to come back at midnight', () => {
  const { clock, count, submit } = start();
  let accepted = 0;
  for (clock.nowMs = 0; clock.nowMs < HOUR_MS; clock.nowMs += 10_000)
    for (let session = 0; session < 60; session++) if (submit(`session-${session}`)) accepted++;
  expect(accepted).toBe(1_200);
  const refused = (): TooManyAssessmentsError => {
    try {
      count('another session', school);
    } catch (error) {
      return error as TooManyAssessmentsError;
    }
    throw new Error('it was accepted');
  };
  expect(refused()).toBeInstanceOf(TooManyAssessmentsError);
  expect(refused()).toMatchObject({ retryAfterSeconds: 23 * 3_600, message: expect.stringContaining('this address') });
  expect(() => count('another session', elsewhere)).not.toThrow();
  clock.nowMs = 24 * HOUR_MS;
  expect(submit('another session')).toBe(true);
});

test('a campus has four times as much in a day, and each site of it as much as an address', () => {
  const perDayPerAddress = 3;
  const rates = new Rates();
  const count = submitRate({ rates, perMinute: 0, perMinutePerAddress: 0, perDayPerAddress });
  const siteOf = (site: number) => networksBy('a secret')(`2001:db8:1:${site}00::1`);
  const acceptedFrom = (site: number): number => {
    let accepted = 0;
    for (let nth = 0; nth < 5; nth++) {
      try {
        count('a session', siteOf(site));
        accepted++;
      } catch {}
    }
    return accepted;
  };
  expect([1, 2, 3, 4, 5, 6].map(acceptedFrom)).toEqual([3, 3, 3, 3, 0, 0]);
});

test('a submission that the day refuses takes nothing from the rates of the minute', () => {
  const rates = new Rates();
  const count = submitRate({ rates, perMinute: 10, perMinutePerAddress: 10, perDayPerAddress: 1 });
  count('a session', school);
  for (let nth = 0; nth < 50; nth++) expect(() => count('a session', school)).toThrow(TooManyAssessmentsError);
  const spent = Object.fromEntries(rates.drain(10).map(({ bucket, spent: units }) => [bucket.split(':')[0], units]));
  expect(spent).toEqual({ 'submits-session': 1, 'submits-address': 1, 'assessments-address': 1 });
});
