import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exchangeRates } from '../../src/assessments/exchange-rates.ts';
import { Rates } from '../../src/assessments/rates.ts';
import { UnavailableError } from '../../src/errors.ts';
import type { Level, Spending } from '../../src/entities/rate-bucket.ts';
import { createLog } from '../../src/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(answer: (spendings: readonly Spending[]) => Promise<Level[]>) {
  const rates = new Rates();
  const limit = rates.limit('submits', { burst: 10, perMinute: 60 });
  const sent: Spending[][] = [];
  const lines: string[] = [];
  const exchange = exchangeRates({
    rates,
    store: {
      exchange: (spendings) => {
        sent.push([...spendings]);
        return answer(spendings);
      },
    },
    log: createLog('warn', 'api', { write: (line) => void lines.push(line) }),
  });
  return { rates, limit, sent, lines, exchange };
}

test('one statement a second while something is taken, and none otherwise', async () => {
  const { limit, sent, exchange } = start(async () => []);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toEqual([]);
  for (let count = 0; count < 3; count++) limit.take('a');
  limit.take('b');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual([
    [
      { bucket: 'submits:a', spent: 3, known: 10, burst: 10, perSecond: 1 },
      { bucket: 'submits:b', spent: 1, known: 10, burst: 10, perSecond: 1 },
    ],
  ]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toHaveLength(1);
  await exchange.stop();
});

test('a database that is away is told of once; what was taken meanwhile is sent when it is back', async () => {
  let isAway = true;
  const { limit, sent, lines, exchange } = start(async () => {
    if (isAway) throw new UnavailableError('database', 'not-done');
    return [];
  });
  for (let second = 0; second < 4; second++) {
    limit.take('a');
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(lines).toHaveLength(1);
  isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent.at(-1)).toMatchObject([{ bucket: 'submits:a', spent: 4 }]);
  await exchange.stop();
});

test('two statements never run at once, and the end waits for the one that runs', async () => {
  const { promise, resolve } = Promise.withResolvers<Level[]>();
  const { limit, sent, exchange } = start(() => promise);
  limit.take('a');
  await vi.advanceTimersByTimeAsync(1_000);
  limit.take('a');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toHaveLength(1);
  let isOver = false;
  const stopped = exchange.stop().then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(isOver).toBe(false);
  resolve([]);
  await stopped;
});

test('a budget is learnt each second, also while nothing is taken', async () => {
  const { rates, sent, exchange } = start(async (spendings) =>
    spendings.map(({ bucket }) => ({ bucket, level: sent.length })),
  );
  const budget = rates.budget('model-calls', 10);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(sent).toHaveLength(3);
  expect(budget.left()).toBe(3);
  await exchange.stop();
});

test('the end sends what was taken last, and fails no stop if the database is away', async () => {
  const { limit, sent, exchange } = start(async () => {
    throw new UnavailableError('database', 'not-done');
  });
  await vi.advanceTimersByTimeAsync(1_000);
  limit.take('a');
  await exchange.stop();
  expect(sent).toMatchObject([[{ bucket: 'submits:a', spent: 1 }]]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toHaveLength(1);
});
