import { expect, test } from 'vitest';
import type { Submission } from '../../src/adapters/broker.ts';
import { Turns } from '../../src/assessments/turns.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { notZero } from '../support/metrics.ts';

type Asked = { network: string; most: number }[];

/** Networks with deferred assessments `<network>-<n>`, and a scripted broker. */
function startHarness(deferred: Record<string, number> = {}) {
  const left = new Map(Object.entries(deferred));
  const harness = {
    asked: [] as Asked[],
    listed: [] as string[],
    published: [] as Submission[],
    lines: [] as string[],
    store: (): void => {},
    broker: (): void => {},
    metrics: createMetrics(),
  };
  const turns = new Turns({
    store: {
      async release(given) {
        harness.asked.push([...given]);
        harness.store();
        return given.flatMap(({ network, most }) => {
          const has = left.get(network) ?? 0;
          const count = Math.min(most, has);
          left.set(network, has - count);
          return Array.from({ length: count }, (_, nth) => ({
            id: `${network}-${has - nth}`,
            sessionId: 'session',
            dispatchNo: 1,
          }));
        });
      },
      async deferredNetworks(after, limit) {
        harness.listed.push(after);
        const networks = [...left].flatMap(([network, count]) => (count > 0 && network > after ? [network] : []));
        return networks.toSorted().slice(0, limit);
      },
    },
    broker: {
      async publishSubmitted(submission) {
        harness.published.push(submission);
        harness.broker();
        return 'stored';
      },
    },
    metrics: harness.metrics,
    log: createLog('warn', 'worker', { write: (line) => void harness.lines.push(line) }),
  });
  return Object.assign(harness, { turns });
}

test('ends that come together share a statement, and release one each', async () => {
  const { turns, asked, published } = startHarness({ a: 9, b: 9 });
  for (const network of ['a', 'b', 'a']) turns.next(network);
  await turns.settled();
  expect(asked).toEqual([
    [
      { network: 'a', most: 2 },
      { network: 'b', most: 1 },
    ],
  ]);
  expect(published.map(({ assessmentId }) => assessmentId)).toEqual(['a-9', 'a-8', 'b-9']);
});

test('ends that come during a statement are released after it', async () => {
  const harness = startHarness({ a: 9 });
  harness.store = () => {
    if (harness.asked.length === 1) harness.turns.next('a');
  };
  harness.turns.next('a');
  await harness.turns.settled();
  expect(harness.asked).toEqual([[{ network: 'a', most: 1 }], [{ network: 'a', most: 1 }]]);
});

test('after the last one is released, the next end starts a new statement', async () => {
  const { turns, asked } = startHarness({ a: 9 });
  turns.next('a');
  await turns.settled();
  turns.next('a');
  await turns.settled();
  expect(asked).toHaveLength(2);
});

test('a database that is away is told, and the next end is tried again', async () => {
  const harness = startHarness({ a: 9 });
  harness.store = () => {
    throw new UnavailableError('database', 'not-done');
  };
  harness.turns.next('a');
  await harness.turns.settled();
  expect(harness.lines).toHaveLength(1);
  harness.store = () => {};
  harness.turns.next('a');
  await harness.turns.settled();
  expect(harness.published).toHaveLength(1);
});

test('a message without an ack is published three times, then counted and left to the reconciler', async () => {
  const harness = startHarness({ a: 1 });
  harness.broker = () => {
    throw new UnavailableError('broker', 'unknown');
  };
  harness.turns.next('a');
  await harness.turns.settled();
  expect(harness.published.map(({ assessmentId }) => assessmentId)).toEqual(['a-1', 'a-1', 'a-1']);
  expect(await notZero(harness.metrics.errors)).toMatchObject([{ value: 1, labels: { part: 'dispatch' } }]);
  expect(harness.lines.join()).toContain('the reconciler will dispatch them');
});

test('the trace of a request belongs to its own assessments alone', async () => {
  const { turns, published } = startHarness({ a: 2 });
  await turns.begin('a', 2, { ids: new Set(['a-1']), traceparent: 'trace' });
  expect(published.map(({ assessmentId, traceparent }) => [assessmentId, traceparent])).toEqual([
    ['a-2', undefined],
    ['a-1', 'trace'],
  ]);
});

test('all networks are filled page by page, and then again from the first', async () => {
  const deferred = Object.fromEntries(Array.from({ length: 450 }, (_, nth) => [`n${String(nth).padStart(3, '0')}`, 1]));
  const { turns, listed, asked, published } = startHarness(deferred);
  for (let step = 0; step < 4; step++) await turns.fill();
  expect(listed).toEqual(['', 'n199', 'n399', '']);
  expect(asked.map((step) => step.length)).toEqual([200, 200, 50]);
  expect(published).toHaveLength(450);
});

test('a fill without deferred assessments is one statement', async () => {
  const { turns, asked } = startHarness();
  await turns.fill();
  expect(asked).toEqual([]);
});
