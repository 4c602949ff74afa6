import { describe, expect, test } from 'vitest';
import { exchangeRates } from '../../../src/assessments/exchange-rates.ts';
import { Rates } from '../../../src/assessments/rates.ts';
import type { Level } from '../../../src/entities/rate-bucket.ts';
import { createLog } from '../../../src/log.ts';
import { startProxy } from '../../support/proxy.ts';
import { openStore, throughPort, type Store } from './store.ts';

/** So slow that a bucket gets nothing back within a test. */
const SLOW = 1e-9;
const spending = (bucket: string, spent: number, burst = 10, perSecond = SLOW) => ({
  bucket,
  spent,
  known: burst,
  burst,
  perSecond,
});
/** The levels, without the tiny part that a slow bucket got back. */
const rounded = (levels: Level[]): Level[] => levels.map(({ bucket, level }) => ({ bucket, level: Math.round(level) }));

test('what processes have spent is taken from one level', async () => {
  await using one = await openStore();
  await using other = await openStore({ world: one.world });
  expect(rounded(await one.rates.exchange([spending('a', 3), spending('b', 1)]))).toEqual(
    expect.arrayContaining([
      { bucket: 'a', level: 7 },
      { bucket: 'b', level: 9 },
    ]),
  );
  expect(rounded(await other.rates.exchange([spending('a', 4)]))).toEqual([{ bucket: 'a', level: 3 }]);
  expect(rounded(await one.rates.exchange([spending('a', 5)]))).toEqual([{ bucket: 'a', level: -2 }]);
  expect(rounded(await one.rates.exchange([spending('a', 100)]))).toEqual([{ bucket: 'a', level: -10 }]);
  expect(await one.rates.exchange([])).toEqual([]);
});

test('a bucket is refilled by the database’s clock, up to its burst', async () => {
  await using store = await openStore();
  await store.rates.exchange([spending('a', 10, 10, 2)]);
  await store.sql(`UPDATE rate_bucket SET updated_at = updated_at - interval '3 s'`);
  const [after] = await store.rates.exchange([spending('a', 0, 10, 2)]);
  expect(after?.level).toBeGreaterThanOrEqual(6);
  expect(after?.level).toBeLessThan(8);
  await store.sql(`UPDATE rate_bucket SET updated_at = updated_at - interval '1 day'`);
  expect(await store.rates.exchange([spending('a', 1, 10, 2)])).toEqual([{ bucket: 'a', level: 9 }]);
});

test('processes that exchange the same buckets at once neither deadlock nor lose a unit', async () => {
  await using one = await openStore();
  await using other = await openStore({ world: one.world });
  const names = Array.from({ length: 200 }, (_, index) => `bucket-${index}`);
  const rounds = 10;
  await Promise.all(
    [one, other].map(async (store, nth) => {
      const order = nth === 0 ? names : names.toReversed();
      for (let round = 0; round < rounds; round++)
        await store.rates.exchange(order.map((name) => spending(name, 1, 1_000)));
    }),
  );
  const rows = await one.sql('SELECT DISTINCT round(level) AS level FROM rate_bucket');
  expect(rows).toEqual([{ level: 1_000 - 2 * rounds }]);
});

test('buckets that nobody has used for an hour are deleted', async () => {
  await using store = await openStore();
  await store.rates.exchange([spending('old', 1), spending('young', 1)]);
  await store.rates.exchange([spending('used again', 1)]);
  await store.sql(
    `UPDATE rate_bucket SET kept_until = kept_until - interval '61 minutes' WHERE bucket IN ('old', 'used again')`,
  );
  await store.rates.exchange([spending('other', 1), spending('used again', 1)]);
  expect(await store.sql('SELECT bucket FROM rate_bucket ORDER BY bucket')).toEqual([
    { bucket: 'other' },
    { bucket: 'used again' },
    { bucket: 'young' },
  ]);
});

test('a row of a process of the version before is kept for an hour, and taken over by the next exchange', async () => {
  await using store = await openStore();
  await store.sql(
    `INSERT INTO rate_bucket (bucket, level, burst, per_second, updated_at) VALUES ('a', 4, 10, ${SLOW}, now())`,
  );
  await store.rates.exchange([spending('other', 1)]);
  expect(await store.sql(`SELECT kept_until > now() + interval '59 minutes' AS kept FROM rate_bucket`)).toEqual([
    { kept: true },
    { kept: true },
  ]);
  expect(rounded(await store.rates.exchange([spending('a', 1)]))).toEqual([{ bucket: 'a', level: 3 }]);
});

describe('a budget', () => {
  const DAY = 'model-calls:2026-11-30';
  const budget = (spent: number, known: number, burst = 10) => ({ bucket: DAY, spent, known, burst, perSecond: 0 });

  test('is shared by processes, is not refilled, and knows how much too much was taken', async () => {
    await using one = await openStore();
    await using other = await openStore({ world: one.world });
    expect(await one.rates.exchange([budget(3, 10)])).toEqual([{ bucket: DAY, level: 7 }]);
    expect(await other.rates.exchange([budget(0, 10)])).toEqual([{ bucket: DAY, level: 7 }]);
    await one.sql(`UPDATE rate_bucket SET updated_at = updated_at - interval '10 hours'`);
    expect(await other.rates.exchange([budget(30, 10)])).toEqual([{ bucket: DAY, level: -23 }]);
    expect(await one.rates.exchange([budget(1, 7)])).toEqual([{ bucket: DAY, level: -24 }]);
  });

  test('that is raised or lowered keeps what was taken from it', async () => {
    await using store = await openStore();
    await store.rates.exchange([budget(8, 10)]);
    expect(await store.rates.exchange([budget(0, 100, 100)])).toEqual([{ bucket: DAY, level: 92 }]);
    expect(await store.rates.exchange([budget(0, 5, 5)])).toEqual([{ bucket: DAY, level: -3 }]);
  });

  test('is after the loss of the table what the process knows that knows the least to be left', async () => {
    await using one = await openStore();
    await using other = await openStore({ world: one.world });
    await one.rates.exchange([budget(4, 10)]);
    await other.rates.exchange([budget(3, 10)]);
    await one.sql('TRUNCATE rate_bucket');
    // The first one knows of 4, the second of 7.
    expect(await one.rates.exchange([budget(1, 6)])).toEqual([{ bucket: DAY, level: 5 }]);
    expect(await other.rates.exchange([budget(1, 3)])).toEqual([{ bucket: DAY, level: 2 }]);
    expect(await one.rates.exchange([budget(0, 5)])).toEqual([{ bucket: DAY, level: 2 }]);
  });

  test('survives the hour after which buckets of rates are deleted, and is deleted after a day', async () => {
    await using store = await openStore();
    await store.rates.exchange([budget(1, 10), spending('rate', 1)]);
    const backdate = (by: string) => store.sql(`UPDATE rate_bucket SET kept_until = kept_until - interval '${by}'`);
    const kept = async (): Promise<unknown[]> => {
      await store.rates.exchange([spending('other', 1)]);
      return await store.sql(`SELECT bucket FROM rate_bucket WHERE bucket <> 'other' ORDER BY bucket`);
    };
    await backdate('61 minutes');
    expect(await kept()).toEqual([{ bucket: DAY }]);
    await backdate('23 hours');
    expect(await kept()).toEqual([]);
  });
});

describe('processes with a budget', () => {
  const perDay = 10;
  /** A process of the program, with its exchange by hand. */
  function open(store: Pick<Store, 'rates'>) {
    const clock = { dateMs: Date.UTC(2026, 10, 30, 12) };
    const rates = new Rates(undefined, () => clock.dateMs);
    const budget = rates.budget('model-calls', perDay);
    const exchange = exchangeRates({
      rates,
      store: store.rates,
      log: createLog('silent', 'worker'),
      everyMs: 1_000_000,
    });
    return { clock, budget, exchange };
  }

  test('know each other’s spending, also one that has just started and has taken nothing', async () => {
    await using store = await openStore();
    const [one, other] = [open(store), open(store)];
    one.budget.take(4);
    await one.exchange.exchange();
    await other.exchange.exchange();
    expect(other.budget.left()).toBe(6);
    other.budget.take(6);
    await other.exchange.stop();
    await one.exchange.stop();
    expect(one.budget.left()).toBe(0);
  });

  test('forget nothing, and double nothing, if the table is emptied in the middle of the day', async () => {
    await using store = await openStore();
    const [one, other] = [open(store), open(store)];
    one.budget.take(4);
    other.budget.take(3);
    for (const { exchange } of [one, other, one]) await exchange.exchange();
    await store.sql('TRUNCATE rate_bucket');
    one.budget.take(1);
    for (const { exchange } of [other, one, other]) await exchange.exchange();
    expect([one.budget.left(), other.budget.left()]).toEqual([2, 2]);
    await Promise.all([one, other].map(({ exchange }) => exchange.stop()));
  });

  test('count alone while the database is away, and send it once when it is back', async () => {
    await using store = await openStore();
    const proxy = await startProxy(store.world.databaseUrl);
    await using proxied = await openStore({
      world: store.world,
      url: throughPort(store.world.databaseUrl, proxy.port),
    });
    const [one, other] = [open(proxied), open(store)];
    one.budget.take(2);
    await one.exchange.exchange();
    await proxy.setMode('down');
    one.budget.take(3);
    for (let attempt = 0; attempt < 3; attempt++) await one.exchange.exchange();
    expect(one.budget.left()).toBe(5);
    other.budget.take(1);
    await other.exchange.exchange();
    expect(other.budget.left()).toBe(7);
    await proxy.setMode('pass');
    await one.exchange.exchange();
    expect(one.budget.left()).toBe(4);
    await other.exchange.exchange();
    expect(other.budget.left()).toBe(4);
    await Promise.all([one, other].map(({ exchange }) => exchange.stop()));
    await proxy.close();
  });

  test('begin with a full budget at midnight, on the database as well', async () => {
    await using store = await openStore();
    const one = open(store);
    one.budget.take(10);
    await one.exchange.exchange();
    one.clock.dateMs += 12 * 3_600_000;
    expect(one.budget.left()).toBe(10);
    one.budget.take(1);
    await one.exchange.exchange();
    expect(await store.sql('SELECT bucket, level FROM rate_bucket ORDER BY bucket')).toEqual([
      { bucket: 'model-calls:2026-11-30', level: 0 },
      { bucket: 'model-calls:2026-12-01', level: 9 },
    ]);
    await one.exchange.stop();
  });
});

test('a secret is made once and is the same for all processes', async () => {
  await using one = await openStore();
  await using other = await openStore({ world: one.world });
  const [secret, ...others] = await Promise.all([one, other, one, other].map((store) => store.secret('networks')));
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(new Set(others)).toEqual(new Set([secret]));
  expect(await one.secret('another')).not.toBe(secret);
});
