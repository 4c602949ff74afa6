import { assert as check, array, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { networkLimit, networksBy } from '../../src/assessments/networks.ts';
import { Rates, takeFromAll } from '../../src/assessments/rates.ts';
import { submitRate } from '../../src/assessments/submit-rate.ts';
import { readConfig } from '../../src/config.ts';

const defaults = readConfig('all', {});
const school = networksBy('a secret')('192.0.2.1');

/** Sessions and submissions as the api counts them, with default settings. */
function start() {
  const clock = { nowMs: 0 };
  const rates = new Rates(() => clock.nowMs);
  const { sessionsPerMinute, submitsPerMinute, submitsPerMinutePerAddress } = defaults;
  const sessions = networkLimit(rates, 'sessions', {
    burst: sessionsPerMinute,
    perMinute: sessionsPerMinute,
  });
  const count = submitRate({ rates, perMinute: submitsPerMinute, perMinutePerAddress: submitsPerMinutePerAddress });
  return {
    clock,
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
