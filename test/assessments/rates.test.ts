import { array, assert as check, constantFrom, integer, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rates, takeFromAll, type Allowance } from '../../src/assessments/rates.ts';
import type { Level, Spending } from '../../src/entities/rate-bucket.ts';

const MINUTE_MS = 60_000;

function start(allowance: Allowance) {
  const clock = { nowMs: 0 };
  const rates = new Rates(() => clock.nowMs);
  const limit = rates.limit('submits', allowance);
  /** The seconds to wait, or undefined if it was taken. */
  const use = (key: string, cost?: number): number | undefined => takeFromAll([[limit, key]], cost);
  return { clock, rates, limit, use };
}

test('a burst is there at once, and then one unit after the other as time goes by', () => {
  const { clock, use } = start({ burst: 3, perMinute: 6 });
  expect([1, 2, 3].map(() => use('a'))).toEqual([undefined, undefined, undefined]);
  expect(use('a')).toBe(10);
  clock.nowMs += 9_999;
  expect(use('a')).toBe(1);
  clock.nowMs += 1;
  expect(use('a')).toBeUndefined();
  expect(use('a')).toBe(10);
});

test('each key has a bucket of its own, and each limit too', () => {
  const { rates, use } = start({ burst: 1, perMinute: 1 });
  expect([use('a'), use('b'), use('a')]).toEqual([undefined, undefined, 60]);
  expect(takeFromAll([[rates.limit('others', { burst: 1, perMinute: 1 }), 'a']])).toBeUndefined();
});

test('unused time is worth one burst and no more', () => {
  const { clock, use } = start({ burst: 2, perMinute: 60 });
  clock.nowMs += 100 * MINUTE_MS;
  expect([1, 2, 3].map(() => use('a') === undefined)).toEqual([true, true, false]);
});

test('a perMinute of 0 is no limit', () => {
  const { use } = start({ burst: 1, perMinute: 0 });
  for (let count = 0; count < 1_000; count++) expect(use('a')).toBeUndefined();
});

test('a cost above the burst is granted by a full bucket, and waited for afterwards', () => {
  const { clock, use } = start({ burst: 10, perMinute: 60 });
  expect(use('a', 15)).toBeUndefined();
  expect(use('a')).toBe(6);
  clock.nowMs += 6_000;
  expect(use('a')).toBeUndefined();
});

test('of several limits each is taken from, or none', () => {
  const { rates } = start({ burst: 1, perMinute: 1 });
  const [narrow, wide] = [
    { burst: 1, perMinute: 1 },
    { burst: 5, perMinute: 60 },
  ].map((allowance, index) => rates.limit(`limit-${index}`, allowance)) as [
    ReturnType<Rates['limit']>,
    ReturnType<Rates['limit']>,
  ];
  const use = (session: string): number | undefined =>
    takeFromAll([
      [narrow, session],
      [wide, 'network'],
    ]);
  expect(use('a')).toBeUndefined();
  for (let count = 0; count < 20; count++) expect(use('a')).toBe(60);
  // The refused ones took nothing from the wider limit.
  expect(['b', 'c', 'd', 'e', 'f'].map((session) => use(session))).toEqual([
    ...Array.from({ length: 4 }, () => undefined),
    1,
  ]);
});

test('whatever the pace, a key gets no more than its allowance, and a wait as told is enough', () => {
  check(
    property(
      integer({ min: 1, max: 60 }),
      integer({ min: 1, max: 100 }),
      array(integer({ min: 0, max: 30_000 }), { maxLength: 200 }),
      (perMinute, burst, steps) => {
        const { clock, limit, use } = start({ burst, perMinute });
        let granted = 0;
        for (const step of steps) {
          clock.nowMs += step;
          const waitSeconds = use('a');
          if (waitSeconds === undefined) granted++;
          expect(waitSeconds ?? 1).toBeGreaterThan(0);
          expect(granted).toBeLessThanOrEqual(burst + (clock.nowMs / MINUTE_MS) * perMinute + 1e-6);
        }
        clock.nowMs += (limit.waitSeconds('a') ?? 0) * 1_000;
        expect(use('a')).toBeUndefined();
      },
    ),
  );
});

/** The statement of the database, in a few lines: one clock, one level for each bucket. */
class Fleet {
  readonly #levels = new Map<string, { level: number; at: number }>();
  readonly #clock: { nowMs: number };

  constructor(clock: { nowMs: number }) {
    this.#clock = clock;
  }

  /** A crash of the database. */
  empty(): void {
    this.#levels.clear();
  }

  exchange(spendings: readonly Spending[]): Level[] {
    return spendings.map(({ bucket, spent, known, burst, perSecond }) => {
      const { nowMs } = this.#clock;
      const { level, at } = this.#levels.get(bucket) ?? { level: burst, at: nowMs };
      const before = Math.min(known, level + ((nowMs - at) / 1000) * perSecond);
      const left = Math.max(perSecond === 0 ? -Infinity : -burst, before - spent);
      this.#levels.set(bucket, { level: left, at: nowMs });
      return { bucket, level: left };
    });
  }
}

describe('processes that exchange their spending', () => {
  test('allow together what one allows, and what they take within one exchange', () => {
    const step = tuple(
      integer({ min: 0, max: 2 }),
      integer({ min: 0, max: 400 }),
      constantFrom('use', 'use', 'exchange'),
    );
    check(
      property(array(step, { maxLength: 400 }), (steps) => {
        const clock = { nowMs: 0 };
        const fleet = new Fleet(clock);
        const allowance = { burst: 5, perMinute: 60 };
        const processes = [0, 1, 2].map(() => {
          const rates = new Rates(() => clock.nowMs);
          return { rates, limit: rates.limit('submits', allowance) };
        });
        let granted = 0;
        for (const [nth, ms, what] of steps) {
          clock.nowMs += ms;
          const { rates, limit } = processes[nth] as (typeof processes)[number];
          if (what === 'exchange') rates.learn(fleet.exchange(rates.drain(100)));
          else if (takeFromAll([[limit, 'a']]) === undefined) granted++;
          // Each process may spend its own burst before it hears of the others.
          const most = allowance.burst * processes.length + (clock.nowMs / MINUTE_MS) * allowance.perMinute * 3;
          expect(granted).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  test('one that has spent nothing yet learns with its first unit that there is nothing left', () => {
    const clock = { nowMs: 0 };
    const fleet = new Fleet(clock);
    const [one, other] = [new Rates(() => clock.nowMs), new Rates(() => clock.nowMs)];
    const limitOf = (rates: Rates) => rates.limit('submits', { burst: 5, perMinute: 60 });
    for (let count = 0; count < 5; count++) expect(takeFromAll([[limitOf(one), 'a']])).toBeUndefined();
    one.learn(fleet.exchange(one.drain(100)));
    expect(takeFromAll([[limitOf(other), 'a']])).toBeUndefined();
    other.learn(fleet.exchange(other.drain(100)));
    expect(takeFromAll([[limitOf(other), 'a']])).toBe(2);
  });

  test('spending while an exchange is under way is kept, and so is the spending of one that failed', () => {
    const clock = { nowMs: 0 };
    const fleet = new Fleet(clock);
    const rates = new Rates(() => clock.nowMs);
    const limit = rates.limit('submits', { burst: 5, perMinute: 1 });
    limit.take('a');
    const sent = rates.drain(100);
    limit.take('a');
    rates.learn(fleet.exchange(sent));
    expect(rates.drain(100)).toMatchObject([{ bucket: 'submits:a', spent: 1 }]);
    limit.take('a');
    const failed = rates.drain(100);
    limit.take('a');
    rates.giveBack(failed);
    expect(rates.drain(100)).toMatchObject([{ bucket: 'submits:a', spent: 2 }]);
  });

  test('a flood of keys takes bounded memory, and the keys that are used most stay known', () => {
    const { rates, limit } = start({ burst: 1, perMinute: 1 });
    limit.take('a');
    for (let flood = 0; flood < 300; flood++) {
      for (let count = 0; count < 1_000; count++) limit.take(`key-${flood}-${count}`);
      expect(limit.waitSeconds('a')).toBe(60);
    }
    expect(rates.drain(1e6).length).toBeLessThanOrEqual(20_000);
  });
});

describe('a limit of a day', () => {
  const NOON = Date.UTC(2026, 10, 30, 12);
  const startDay = () => {
    const clock = { nowMs: 0, dateMs: NOON };
    const rates = new Rates(
      () => clock.nowMs,
      () => clock.dateMs,
    );
    const pass = (ms: number): void => {
      clock.nowMs += ms;
      clock.dateMs += ms;
    };
    return { rates, pass };
  };

  test('is not refilled before the next UTC midnight, and full from then on', () => {
    const { rates, pass } = startDay();
    const limit = rates.daily('assessments', 3);
    const use = (key: string) => takeFromAll([[limit, key]]);
    expect(['a', 'a', 'b', 'a', 'a'].map(use)).toEqual([undefined, undefined, undefined, undefined, 12 * 3_600]);
    pass(12 * 3_600_000 - 1);
    expect(use('a')).toBe(1);
    pass(1);
    expect([1, 2, 3, 4].map(() => use('a'))).toEqual([undefined, undefined, undefined, 24 * 3_600]);
  });

  test('of 0 is none', () => {
    const { rates } = startDay();
    const limit = rates.daily('assessments', 0);
    for (let count = 0; count < 1_000; count++) expect(takeFromAll([[limit, 'a']])).toBeUndefined();
    expect(rates.drain(10)).toEqual([]);
  });

  test('is exchanged under the name of its day, and is not refilled by what the exchange tells', () => {
    const { rates, pass } = startDay();
    const limit = rates.daily('assessments', 3);
    limit.take('a', 2);
    const [spending] = rates.drain(10);
    expect(spending).toEqual({ bucket: 'assessments:2026-11-30:a', spent: 2, known: 3, burst: 3, perSecond: 0 });
    rates.learn([{ bucket: 'assessments:2026-11-30:a', level: -1 }]);
    pass(3_600_000);
    expect(limit.waitSeconds('a')).toBe(11 * 3_600);
  });

  test('is exchanged as a budget of the fleet also while nothing is taken, before all other buckets', () => {
    const { rates, pass } = startDay();
    const limit = rates.limit('submits', { burst: 10, perMinute: 1 });
    for (let count = 0; count < 30_000; count++) limit.take(`key-${count}`);
    const budget = rates.budget('model-calls', 5);
    expect(rates.drain(2)).toMatchObject([{ bucket: 'model-calls:2026-11-30', spent: 0, known: 5 }, {}]);
    rates.learn([{ bucket: 'model-calls:2026-11-30', level: 1 }]);
    expect(budget.left()).toBe(1);
    budget.take(3);
    expect(budget.left()).toBe(-2);
    expect(rates.drain(1)).toMatchObject([{ spent: 3, known: 1 }]);
    pass(12 * 3_600_000);
    expect(budget.left()).toBe(5);
    expect(rates.drain(1)).toMatchObject([{ bucket: 'model-calls:2026-12-01', spent: 0, known: 5 }]);
  });

  test('counts once what could not be sent', () => {
    const { rates } = startDay();
    const budget = rates.budget('model-calls', 10);
    budget.take(2);
    const failed = rates.drain(10);
    budget.take(1);
    rates.giveBack(failed);
    expect(budget.left()).toBe(7);
    expect(rates.drain(10)).toMatchObject([{ spent: 3, known: 10 }]);
  });

  test('loses no unit and doubles none as a budget of the fleet, though exchanges fail and the table is emptied', () => {
    const step = tuple(
      integer({ min: 0, max: 2 }),
      constantFrom('use', 'use', 'use', 'exchange', 'exchange', 'fail', 'all', 'empty'),
    );
    check(
      property(array(step, { maxLength: 200 }), (steps) => {
        const perDay = 20;
        const fleet = new Fleet({ nowMs: 0 });
        const processes = [0, 1, 2].map(() => {
          const { rates } = startDay();
          return { rates, budget: rates.budget('model-calls', perDay) };
        });
        const exchange = ({ rates }: (typeof processes)[number]): void => rates.learn(fleet.exchange(rates.drain(10)));
        let taken = 0;
        for (const [nth, what] of steps) {
          const one = processes[nth] as (typeof processes)[number];
          if (what === 'use' && one.budget.left() >= 1) {
            one.budget.take(1);
            taken++;
          }
          if (what === 'exchange') exchange(one);
          if (what === 'fail') one.rates.giveBack(one.rates.drain(10));
          // A loss while each process knows all that was exchanged forgets nothing.
          if (what === 'all' || what === 'empty') for (const each of [...processes, ...processes]) exchange(each);
          if (what === 'empty') fleet.empty();
        }
        for (const each of [...processes, ...processes]) exchange(each);
        for (const { budget } of processes) expect(budget.left()).toBe(perDay - taken);
        expect(taken).toBeLessThanOrEqual(perDay * processes.length);
      }),
    );
  });
});
