import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PublishOutcome, QueueInfo, Submission } from '../../src/adapters/broker.ts';
import type { Candidate } from '../../src/adapters/database.ts';
import { isStuck, runReconciler } from '../../src/consumers/reconcile.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';

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
function startPlay(given: { candidates?: Candidate[]; info?: Partial<QueueInfo>; open?: number } = {}) {
  const play = {
    candidates: given.candidates ?? [],
    info: { ...calm, ...given.info },
    open: given.open ?? given.candidates?.length ?? 0,
    leads: true,
    ready: true,
    publish: (async () => 'stored') as (submission: Submission) => Promise<PublishOutcome>,
    published: [] as Submission[],
    asked: [] as { limit: number; after: string | undefined }[],
    dispatched: [] as { id: string; dispatchNo: number }[],
    numberUsed: [] as { id: string; dispatchNo: number }[],
    leadsAsked: 0,
    recreated: 0,
    resigned: 0,
    resign: async () => {},
    metrics: createMetrics(),
    logs: [] as string[],
  };
  const reconciler = runReconciler({
    metrics: play.metrics,
    log: createLog('warn', 'worker', { write: (line) => void play.logs.push(line) }),
    tickMs: TICK_MS,
    store: {
      lead: async () => {
        play.leadsAsked++;
        return play.leads;
      },
      resign: async () => {
        play.resigned++;
        await play.resign();
      },
      open: async (most) => Math.min(most, play.open),
      candidates: async (_graceMs, limit, after) => {
        play.asked.push({ limit, after: after?.id });
        const from = after === undefined ? 0 : play.candidates.findIndex(({ id }) => id === after.id) + 1;
        return play.candidates.slice(from, from + limit);
      },
      dispatched: async (items) => void play.dispatched.push(...items),
      numberUsed: async (items) => void play.numberUsed.push(...items),
      queue: async () => ({ waiting: 0, oldestSeconds: 0 }),
    },
    broker: {
      get ready() {
        return play.ready;
      },
      queueInfo: async () => play.info,
      recreateConsumer: async () => void play.recreated++,
      publishSubmitted: async (submission) => {
        play.published.push(submission);
        return await play.publish(submission);
      },
    },
  });
  return Object.assign(play, { reconciler });
}

test('a stranded assessment is dispatched with the next number, and only where the stream holds no message for it', async () => {
  const [one, two] = [candidate(), candidate(4)];
  const play = startPlay({ candidates: [one, two] });
  play.publish = async ({ assessmentId }) => (assessmentId === one.id ? 'stored' : 'present');
  await pass();
  expect(play.published).toEqual([
    { assessmentId: one.id, sessionId: one.sessionId, dispatchNo: 2, onlyIfAbsent: true },
    { assessmentId: two.id, sessionId: two.sessionId, dispatchNo: 5, onlyIfAbsent: true },
  ]);
  expect(play.dispatched).toEqual([{ id: one.id, dispatchNo: 2 }]);
  expect(play.numberUsed).toEqual([]);
  const counted = (await play.metrics.dispatched.get()).values;
  expect(counted).toMatchObject([
    { value: 1, labels: { outcome: 'stored' } },
    { value: 1, labels: { outcome: 'present' } },
  ]);
  await play.reconciler.stop();
});

test('a number that the broker remembers is not taken for a message that is there: the next tick takes the next one', async () => {
  const one = candidate();
  const play = startPlay({ candidates: [one] });
  play.publish = async ({ dispatchNo }) => (dispatchNo === 2 ? 'duplicate' : 'stored');
  await pass();
  expect([play.dispatched, play.numberUsed]).toEqual([[], [{ id: one.id, dispatchNo: 2 }]]);
  one.dispatchNo = 2;
  await pass(TICK_MS);
  expect(play.dispatched).toEqual([{ id: one.id, dispatchNo: 3 }]);
  await play.reconciler.stop();
});

test('while the stream has a message for each that is open, only the oldest are tried', async () => {
  const play = startPlay({ candidates: Array.from({ length: 1_200 }, () => candidate()), info: { messages: 1_200 } });
  play.publish = async () => 'present';
  await pass();
  expect(play.asked).toEqual([{ limit: 500, after: undefined }]);
  await play.reconciler.stop();
});

test('a long queue whose messages are all there is tried now and then, not at each look', async () => {
  const play = startPlay({ candidates: Array.from({ length: 1_200 }, () => candidate()), info: { messages: 1_200 } });
  play.publish = async () => 'present';
  await pass(TICK_MS * 60);
  expect(play.leadsAsked).toBe(61);
  expect(play.published).toHaveLength(11 * 500);
  expect(play.dispatched).toEqual([]);
  // One message for each is no comfort where some of them are missing.
  play.published.length = 0;
  play.open = 1_201;
  play.publish = async () => 'stored';
  await pass(TICK_MS);
  expect(play.published).toHaveLength(1_200);
  await play.reconciler.stop();
});

test('among the oldest a lost message is looked for at each look, as long as one was found', async () => {
  const candidates = Array.from({ length: 3 }, () => candidate());
  const play = startPlay({ candidates, info: { messages: 3 } });
  play.publish = async ({ assessmentId }) => (assessmentId === candidates[0]?.id ? 'stored' : 'present');
  await pass(TICK_MS * 3);
  expect(play.published).toHaveLength(4 * 3);
  await play.reconciler.stop();
});

test('where messages are missing all are tried, page by page, as long as it leads', async () => {
  const candidates = Array.from({ length: 3_500 }, () => candidate());
  const play = startPlay({ candidates, info: { messages: 10 } });
  await pass();
  expect(play.published).toHaveLength(3_500);
  expect(play.asked.map(({ after }) => after)).toEqual(
    [undefined, 999, 1_999, 2_999].map((at) => at && candidates[at]?.id),
  );
  // The lead is renewed between two pages, since many of them take longer than it lasts.
  expect(play.leadsAsked).toBe(4);
  await play.reconciler.stop();
});

test('who has lost the lead stops after the page', async () => {
  const play = startPlay({ candidates: Array.from({ length: 3_500 }, () => candidate()), info: { messages: 10 } });
  play.publish = async () => {
    play.leads = false;
    return 'stored';
  };
  await pass();
  expect(play.published).toHaveLength(1_000);
  await play.reconciler.stop();
});

test('a tick ends at the first publish without an answer, and the next one goes on', async () => {
  const candidates = Array.from({ length: 2_500 }, () => candidate());
  const play = startPlay({ candidates });
  play.publish = async ({ assessmentId }) => {
    if (assessmentId === candidates[3]?.id) throw new UnavailableError('broker', 'unknown');
    return 'stored';
  };
  await pass();
  expect(play.published).toHaveLength(1_000);
  expect(play.dispatched).toHaveLength(999);
  play.publish = async () => 'stored';
  await pass(TICK_MS);
  expect(play.published).toHaveLength(3_500);
  await play.reconciler.stop();
});

test.each([
  ['it does not lead', { leads: false }],
  ['the broker is away', { ready: false }],
])('nothing is dispatched while %s', async (_, state) => {
  const play = startPlay({ candidates: [candidate()] });
  await pass();
  play.published.length = 0;
  Object.assign(play, state);
  await pass(3 * TICK_MS);
  expect(play.published).toEqual([]);
  await play.reconciler.stop();
});

test('a tick that fails is logged, and the next one comes', async () => {
  const play = startPlay({ candidates: [candidate()] });
  await pass();
  const info = vi.spyOn(play, 'info', 'get').mockImplementation(() => {
    throw new UnavailableError('broker', 'unknown');
  });
  await pass(TICK_MS);
  info.mockRestore();
  expect(play.logs.at(-1)).toContain('could not finish its tick');
  play.published.length = 0;
  await pass(TICK_MS);
  expect(play.published).toHaveLength(1);
  await play.reconciler.stop();
});

test('at stop the lead is given up, so that another process goes on at once', async () => {
  const play = startPlay();
  await pass();
  await play.reconciler.stop();
  expect(play.resigned).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  expect(play.leadsAsked).toBe(1);
});

test('at stop a tick ends after its page, and a lead that can not be given up runs out', async () => {
  const play = startPlay({ candidates: Array.from({ length: 3_500 }, () => candidate()), info: { messages: 10 } });
  play.resign = () => Promise.reject(new UnavailableError('database', 'not-done'));
  const { promise: answering, resolve: answer } = Promise.withResolvers<PublishOutcome>();
  play.publish = () => answering;
  await pass();
  const stopped = play.reconciler.stop();
  answer('stored');
  await stopped;
  expect(play.published).toHaveLength(1_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('a consumer that is stuck at two looks running is made anew', async () => {
  const stuck = { messages: 5, firstSequence: 1, lastSequence: 5, pending: 0, ackPending: 0, deliveredSequence: 99 };
  const play = startPlay({ info: stuck, open: 5 });
  await pass();
  expect(play.recreated).toBe(0);
  await pass(TICK_MS);
  expect(play.recreated).toBe(1);
  // Looked at afresh: twice again before the next.
  await pass(TICK_MS);
  expect(play.recreated).toBe(1);
  await play.reconciler.stop();
});

test('two looks are only two looks running while it leads all the time', async () => {
  const stuck = { messages: 5, firstSequence: 1, lastSequence: 5, pending: 0, ackPending: 0, deliveredSequence: 99 };
  const play = startPlay({ info: stuck, open: 5 });
  await pass();
  play.leads = false;
  await pass(TICK_MS);
  play.leads = true;
  await pass(TICK_MS);
  expect(play.recreated).toBe(0);
  await play.reconciler.stop();
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
    ['ahead of its stream at one look only', { deliveredSequence: 99 }, {}, false],
    ['ahead of its stream at the second look only', {}, { deliveredSequence: 99 }, false],
    [
      'as far as its stream',
      { deliveredSequence: 15, pending: 0, ackPending: 5 },
      { deliveredSequence: 15, pending: 0, ackPending: 5 },
      false,
    ],
    ['ahead of a stream that was empty', { messages: 0, deliveredSequence: 99 }, { deliveredSequence: 99 }, false],
    ['ahead of a stream that is empty', { deliveredSequence: 99 }, { messages: 0, deliveredSequence: 99 }, false],
    ['that knows of fewer messages than there are, at rest', { pending: 0 }, { pending: 0 }, true],
    ['that knows of fewer messages than there are at one look only', { pending: 0 }, {}, false],
    ['that knows of fewer messages than there are at the second look only', {}, { pending: 0 }, false],
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
