import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PublishOutcome, QueueInfo, Submission } from '../../src/adapters/broker.ts';
import type { Candidate } from '../../src/adapters/database.ts';
import { isStuck, runReconciler } from '../../src/consumers/reconcile.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { notZero } from '../support/metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const TICK_MS = 2_000;

const calm: QueueInfo = {
  messages: 0,
  firstSequence: 1,
  lastSequence: 0,
  pending: 0,
  ackPending: 0,
  deliveredSequence: 0,
  ackFloorSequence: 0,
};

const candidate = (dispatchNo = 1): Candidate => ({
  id: randomUUID(),
  sessionId: randomUUID(),
  dispatchNo,
  dispatchedAt: '2026-03-01 12:00:00+00',
});

/** A reconciler whose database and broker the test plays. */
function startReconciler(given: { candidates?: Candidate[]; info?: Partial<QueueInfo>; open?: number } = {}) {
  const outside = {
    candidates: given.candidates ?? [],
    info: { ...calm, ...given.info },
    open: given.open ?? given.candidates?.length ?? 0,
    leads: true,
    ready: true,
    /** As the broker does when it can be used again. */
    tellReady: () => {},
    publish: (async () => 'stored') as (submission: Submission) => Promise<PublishOutcome>,
    published: [] as Submission[],
    asked: [] as { limit: number; after: string | undefined }[],
    dispatched: [] as { id: string; dispatchNo: number }[],
    numberUsed: [] as { id: string; dispatchNo: number }[],
    leadsAsked: 0,
    recreated: 0,
    resigned: 0,
    resign: async () => {},
    filled: 0,
    metrics: createMetrics(),
    logs: [] as string[],
  };
  const reconciler = runReconciler({
    metrics: outside.metrics,
    log: createLog('warn', 'worker', { write: (line) => void outside.logs.push(line) }),
    tickMs: TICK_MS,
    store: {
      lead: async () => {
        outside.leadsAsked++;
        return outside.leads;
      },
      resign: async () => {
        outside.resigned++;
        await outside.resign();
      },
      dispatchable: async (most) => Math.min(most, outside.open),
      open: async () => Number.NaN,
      candidates: async (_graceMs, limit, after) => {
        outside.asked.push({ limit, after: after?.id });
        const from = after === undefined ? 0 : outside.candidates.findIndex(({ id }) => id === after.id) + 1;
        return outside.candidates.slice(from, from + limit);
      },
      dispatched: async (items) => void outside.dispatched.push(...items),
      numberUsed: async (items) => void outside.numberUsed.push(...items),
      queue: async () => ({ waiting: 0, deferred: 0, oldestSeconds: 0 }),
    },
    untold: { oldest: async () => [], told: async () => {} },
    turns: { fill: async () => void outside.filled++ },
    broker: {
      get ready() {
        return outside.ready;
      },
      whenReady: () => new Promise((resolve) => (outside.tellReady = () => resolve(true))),
      queueInfo: async () => outside.info,
      recreateConsumer: async () => void outside.recreated++,
      publishCompleted: async () => {},
      publishDeadLetter: async () => {},
      publishSubmitted: async (submission) => {
        outside.published.push(submission);
        return await outside.publish(submission);
      },
    },
  });
  return Object.assign(outside, { reconciler });
}

test('a stranded assessment is dispatched with the next number, and only if the stream holds no message for it', async () => {
  const [one, two] = [candidate(), candidate(4)];
  const outside = startReconciler({ candidates: [one, two] });
  outside.publish = async ({ assessmentId }) => (assessmentId === one.id ? 'stored' : 'present');
  await pass();
  expect(outside.published).toEqual([
    { assessmentId: one.id, sessionId: one.sessionId, dispatchNo: 2, onlyIfAbsent: true },
    { assessmentId: two.id, sessionId: two.sessionId, dispatchNo: 5, onlyIfAbsent: true },
  ]);
  expect(outside.dispatched).toEqual([{ id: one.id, dispatchNo: 2 }]);
  expect(outside.numberUsed).toEqual([]);
  const counted = await notZero(outside.metrics.dispatched);
  expect(counted).toMatchObject([
    { value: 1, labels: { outcome: 'stored' } },
    { value: 1, labels: { outcome: 'present' } },
  ]);
  await outside.reconciler.stop();
});

test('a dispatch number that the broker remembers is not taken as a stored message: the next tick takes the next number', async () => {
  const one = candidate();
  const outside = startReconciler({ candidates: [one] });
  outside.publish = async ({ dispatchNo }) => (dispatchNo === 2 ? 'duplicate' : 'stored');
  await pass();
  expect([outside.dispatched, outside.numberUsed]).toEqual([[], [{ id: one.id, dispatchNo: 2 }]]);
  one.dispatchNo = 2;
  await pass(TICK_MS);
  expect(outside.dispatched).toEqual([{ id: one.id, dispatchNo: 3 }]);
  await outside.reconciler.stop();
});

test('while the stream has a message for each open assessment, only the oldest are dispatched again', async () => {
  const outside = startReconciler({
    candidates: Array.from({ length: 1_200 }, () => candidate()),
    info: { messages: 1_200 },
  });
  outside.publish = async () => 'present';
  await pass();
  expect(outside.asked).toEqual([{ limit: 500, after: undefined }]);
  await outside.reconciler.stop();
});

test('a long queue without a lost message is dispatched again only at some ticks', async () => {
  const outside = startReconciler({
    candidates: Array.from({ length: 1_200 }, () => candidate()),
    info: { messages: 1_200 },
  });
  outside.publish = async () => 'present';
  await pass(TICK_MS * 60);
  expect(outside.leadsAsked).toBe(61);
  expect(outside.published).toHaveLength(11 * 500);
  expect(outside.dispatched).toEqual([]);
  // With as many messages as open assessments, some can still be missing.
  outside.published.length = 0;
  outside.open = 1_201;
  outside.publish = async () => 'stored';
  await pass(TICK_MS);
  expect(outside.published).toHaveLength(1_200);
  await outside.reconciler.stop();
});

test('the oldest are dispatched again at each tick as long as a lost message was found', async () => {
  const candidates = Array.from({ length: 3 }, () => candidate());
  const outside = startReconciler({ candidates, info: { messages: 3 } });
  outside.publish = async ({ assessmentId }) => (assessmentId === candidates[0]?.id ? 'stored' : 'present');
  await pass(TICK_MS * 3);
  expect(outside.published).toHaveLength(4 * 3);
  await outside.reconciler.stop();
});

test('a leader begins the turns that were missed, at each tick', async () => {
  const outside = startReconciler();
  await pass();
  expect(outside.filled).toBe(1);
  outside.leads = false;
  await pass(2 * TICK_MS);
  expect(outside.filled).toBe(1);
  outside.leads = true;
  await pass(TICK_MS);
  expect(outside.filled).toBe(2);
  await outside.reconciler.stop();
});

test('while messages are missing, all are dispatched again, page by page, as long as the process leads', async () => {
  const candidates = Array.from({ length: 3_500 }, () => candidate());
  const outside = startReconciler({ candidates, info: { messages: 10 } });
  await pass();
  expect(outside.published).toHaveLength(3_500);
  expect(outside.asked.map(({ after }) => after)).toEqual(
    [undefined, 999, 1_999, 2_999].map((at) => at && candidates[at]?.id),
  );
  // The lead is renewed between two pages, since many of them take longer than it lasts.
  expect(outside.leadsAsked).toBe(4);
  await outside.reconciler.stop();
});

test('a process that has lost the lead stops after the page', async () => {
  const outside = startReconciler({
    candidates: Array.from({ length: 3_500 }, () => candidate()),
    info: { messages: 10 },
  });
  outside.publish = async () => {
    outside.leads = false;
    return 'stored';
  };
  await pass();
  expect(outside.published).toHaveLength(1_000);
  await outside.reconciler.stop();
});

test('a tick ends at the first unconfirmed publish, and the next one goes on', async () => {
  const candidates = Array.from({ length: 2_500 }, () => candidate());
  const outside = startReconciler({ candidates });
  outside.publish = async ({ assessmentId }) => {
    if (assessmentId === candidates[3]?.id) throw new UnavailableError('broker', 'unknown');
    return 'stored';
  };
  await pass();
  expect(outside.published).toHaveLength(1_000);
  expect(outside.dispatched).toHaveLength(999);
  outside.publish = async () => 'stored';
  await pass(TICK_MS);
  expect(outside.published).toHaveLength(3_500);
  await outside.reconciler.stop();
});

test.each([
  ['it does not lead', { leads: false }],
  ['the broker is away', { ready: false }],
])('nothing is dispatched while %s', async (_, state) => {
  const outside = startReconciler({ candidates: [candidate()] });
  await pass();
  outside.published.length = 0;
  Object.assign(outside, state);
  await pass(3 * TICK_MS);
  expect(outside.published).toEqual([]);
  await outside.reconciler.stop();
});

test('as soon as a broker that was away can be used, what is stranded is dispatched, without the rest of the pause', async () => {
  const outside = startReconciler({ candidates: [candidate()] });
  await pass();
  outside.ready = false;
  await pass(TICK_MS);
  outside.published.length = 0;
  outside.ready = true;
  outside.tellReady();
  await pass();
  expect(outside.published).toHaveLength(1);
  await outside.reconciler.stop();
});

test('a tick that fails is logged, and the next one comes', async () => {
  const outside = startReconciler({ candidates: [candidate()] });
  await pass();
  const info = vi.spyOn(outside, 'info', 'get').mockImplementation(() => {
    throw new UnavailableError('broker', 'unknown');
  });
  await pass(TICK_MS);
  info.mockRestore();
  expect(outside.logs.at(-1)).toContain('could not finish its tick');
  outside.published.length = 0;
  await pass(TICK_MS);
  expect(outside.published).toHaveLength(1);
  await outside.reconciler.stop();
});

test('at stop the lead is given up, so that another process can lead at once', async () => {
  const outside = startReconciler();
  await pass();
  await outside.reconciler.stop();
  expect(outside.resigned).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  expect(outside.leadsAsked).toBe(1);
});

test('at stop a tick ends after its page, and a lead that can not be given up runs out', async () => {
  const outside = startReconciler({
    candidates: Array.from({ length: 3_500 }, () => candidate()),
    info: { messages: 10 },
  });
  outside.resign = () => Promise.reject(new UnavailableError('database', 'not-done'));
  const { promise: confirming, resolve: confirm } = Promise.withResolvers<PublishOutcome>();
  outside.publish = () => confirming;
  await pass();
  const stopped = outside.reconciler.stop();
  confirm('stored');
  await stopped;
  expect(outside.published).toHaveLength(1_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('a consumer that is stuck at two readings in a row is created anew', async () => {
  const stuck = { messages: 5, firstSequence: 1, lastSequence: 5, pending: 0, ackPending: 0, deliveredSequence: 99 };
  const outside = startReconciler({ info: stuck, open: 5 });
  await pass();
  expect(outside.recreated).toBe(0);
  await pass(TICK_MS);
  expect(outside.recreated).toBe(1);
  // The new consumer needs two readings again.
  await pass(TICK_MS);
  expect(outside.recreated).toBe(1);
  await outside.reconciler.stop();
});

test('two readings count as in a row only if the process led between them', async () => {
  const stuck = { messages: 5, firstSequence: 1, lastSequence: 5, pending: 0, ackPending: 0, deliveredSequence: 99 };
  const outside = startReconciler({ info: stuck, open: 5 });
  await pass();
  outside.leads = false;
  await pass(TICK_MS);
  outside.leads = true;
  await pass(TICK_MS);
  expect(outside.recreated).toBe(0);
  await outside.reconciler.stop();
});

describe('a consumer is stuck', () => {
  const info = (given: Partial<QueueInfo>): QueueInfo => ({
    messages: 5,
    firstSequence: 11,
    lastSequence: 15,
    pending: 3,
    ackPending: 2,
    deliveredSequence: 12,
    ackFloorSequence: 10,
    ...given,
  });

  test.each<[string, Partial<QueueInfo>, Partial<QueueInfo>, boolean]>([
    ['at work', {}, {}, false],
    ['without messages', { messages: 0, pending: 0, ackPending: 0 }, { messages: 0, pending: 0, ackPending: 0 }, false],
    ['ahead of its stream', { deliveredSequence: 99 }, { deliveredSequence: 99 }, true],
    ['ahead of its stream at the first reading only', { deliveredSequence: 99 }, {}, false],
    ['ahead of its stream at the second reading only', {}, { deliveredSequence: 99 }, false],
    [
      'as far as its stream',
      { deliveredSequence: 15, pending: 0, ackPending: 5 },
      { deliveredSequence: 15, pending: 0, ackPending: 5 },
      false,
    ],
    ['ahead of a stream that was empty', { messages: 0, deliveredSequence: 99 }, { deliveredSequence: 99 }, false],
    ['ahead of a stream that is empty', { deliveredSequence: 99 }, { messages: 0, deliveredSequence: 99 }, false],
    ['that knows of fewer messages than there are, at rest', { pending: 0 }, { pending: 0 }, true],
    ['that knows of fewer messages than there are at the first reading only', { pending: 0 }, {}, false],
    ['that knows of fewer messages than there are at the second reading only', {}, { pending: 0 }, false],
    [
      'that knows of fewer messages, while some are given out',
      { pending: 2 },
      { pending: 1, deliveredSequence: 13 },
      false,
    ],
    ['that knows of fewer messages, while some are done', { pending: 2 }, { pending: 1, firstSequence: 12 }, false],
    [
      'that knows of fewer messages than there are, while work flows',
      { pending: 2 },
      { pending: 1, firstSequence: 12, deliveredSequence: 14 },
      false,
    ],
    ['that has acknowledged what the stream still holds', { ackFloorSequence: 12 }, { ackFloorSequence: 12 }, true],
    ['that has acknowledged the first that the stream holds', { ackFloorSequence: 11 }, { ackFloorSequence: 11 }, true],
    [
      'whose stream moved on between the looks',
      { ackFloorSequence: 11 },
      { firstSequence: 13, ackFloorSequence: 13 },
      false,
    ],
  ])('%s', (_, before, now, expected) => {
    expect(isStuck(info(before), info(now))).toBe(expected);
  });
});
