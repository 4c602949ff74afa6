import { expect, test } from 'vitest';
import { openStore } from './store.ts';

const spending = (bucket: string, spent: number, burst = 10, perSecond = 0) => ({ bucket, spent, burst, perSecond });

test('what processes have spent is taken from one level', async () => {
  await using one = await openStore();
  await using other = await openStore({ world: one.world });
  expect(await one.rates.exchange([spending('a', 3), spending('b', 1)])).toEqual(
    expect.arrayContaining([
      { bucket: 'a', level: 7 },
      { bucket: 'b', level: 9 },
    ]),
  );
  expect(await other.rates.exchange([spending('a', 4)])).toEqual([{ bucket: 'a', level: 3 }]);
  expect(await one.rates.exchange([spending('a', 5)])).toEqual([{ bucket: 'a', level: -2 }]);
  expect(await one.rates.exchange([spending('a', 100)])).toEqual([{ bucket: 'a', level: -10 }]);
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
  const rows = await one.sql('SELECT DISTINCT level FROM rate_bucket');
  expect(rows).toEqual([{ level: 1_000 - 2 * rounds }]);
});

test('buckets that nobody has used for an hour are deleted', async () => {
  await using store = await openStore();
  await store.rates.exchange([spending('old', 1), spending('young', 1)]);
  await store.rates.exchange([spending('used again', 1)]);
  await store.sql(
    `UPDATE rate_bucket SET updated_at = now() - interval '61 minutes' WHERE bucket IN ('old', 'used again')`,
  );
  await store.rates.exchange([spending('other', 1), spending('used again', 1)]);
  expect(await store.sql('SELECT bucket FROM rate_bucket ORDER BY bucket')).toEqual([
    { bucket: 'other' },
    { bucket: 'used again' },
    { bucket: 'young' },
  ]);
});

test('a secret is made once and is the same for all processes', async () => {
  await using one = await openStore();
  await using other = await openStore({ world: one.world });
  const [secret, ...others] = await Promise.all([one, other, one, other].map((store) => store.secret('networks')));
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(new Set(others)).toEqual(new Set([secret]));
  expect(await one.secret('another')).not.toBe(secret);
});
