import { expect, test } from 'vitest';
import { NO_LIMIT, permit } from '../../../src/consumers/call-limit.ts';
import { openLimiter } from '../../../src/consumers/limiter.ts';
import { PLAYED } from '../../consumers/looks.ts';
import { createLog } from '../../../src/log.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { until } from '../../support/wait.ts';
import { openStore, type Store } from './store.ts';

const report = { wanted: 0, begun: 0, refused: 0, restMs: 0, owed: 0 };

test('a limit is saved only over the one that was read', async () => {
  await using store = await openStore();
  const { limits } = store;
  expect(await limits.readLimit('hash')).toMatchObject({ version: null, limit: null });
  expect(await limits.saveLimit('hash', null, { ...NO_LIMIT, nextAt: 1 })).toBe(true);
  expect(await limits.saveLimit('hash', null, { ...NO_LIMIT, nextAt: 2 })).toBe(false);
  const { version, limit } = await limits.readLimit('hash');
  expect(limit).toEqual({ ...NO_LIMIT, nextAt: 1 });
  expect(await limits.saveLimit('hash', version, { ...NO_LIMIT, nextAt: 3 })).toBe(true);
  expect(await limits.saveLimit('hash', version, { ...NO_LIMIT, nextAt: 4 })).toBe(false);
  expect(await limits.readLimit('hash')).toMatchObject({ limit: { nextAt: 3 } });
  // Another set-up has another limit.
  expect(await limits.readLimit('other')).toMatchObject({ version: null, limit: null });
});

test('the time is that of the database', async () => {
  await using store = await openStore();
  const { nowMs } = await store.limits.readLimit('hash');
  const [row] = await store.sql<{ ms: number }>(`SELECT (extract(epoch FROM now()) * 1000)::float8 AS ms`);
  expect(Math.abs((row?.ms ?? 0) - nowMs)).toBeLessThan(5_000);
});

/** Gets one permit, as often as others come in between. */
async function one({ limits }: Store): Promise<number | undefined> {
  for (;;) {
    const { version, limit, nowMs } = await limits.readLimit('hash');
    const given = permit(limit ?? NO_LIMIT, { ...report, wanted: 1 }, nowMs);
    if (await limits.saveLimit('hash', version, given.limit)) return given.permits[0];
  }
}

test('two processes that ask at once never get the same permit', async () => {
  await using first = await openStore();
  await using second = await openStore({ world: first.world });
  const { nowMs } = await first.limits.readLimit('hash');
  const limit = { ...NO_LIMIT, callsPerMinute: 60_000, isLearning: false, refusedAt: nowMs, nextAt: nowMs };
  await first.limits.saveLimit('hash', null, limit);
  const permits = await Promise.all(Array.from({ length: 100 }, (_, nth) => one(nth % 2 === 0 ? first : second)));
  expect(permits).not.toContain(undefined);
  expect(new Set(permits.map((at) => Math.round(at ?? 0))).size).toBe(100);
});

test('a crash of the server that empties the table ends in no error: the limit is learned again', async () => {
  await using store = await openStore();
  const log = createLog('error', 'worker', { write: () => {} });
  const limiter = openLimiter({ model: PLAYED, store: store.limits, hash: 'hash', metrics: createMetrics(), log });
  const learn = async (): Promise<void> => {
    for (let call = 0; call < 12; call++) limiter.began();
    limiter.refused(0);
    await until(() => limiter.isKnown());
  };
  await learn();
  await store.sql('TRUNCATE model_limit');
  limiter.began();
  await until(() => !limiter.isKnown());
  await learn();
  expect(limiter.permitted(1)).toBe(0);
  limiter.stop();
});
