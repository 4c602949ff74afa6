import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Untold } from '../../src/adapters/database.ts';
import { createCancel } from '../../src/assessments/cancel.ts';
import type { AssessmentStatus } from '../../src/entities/assessment-state.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { NotCancellableError, NotFoundError, UnavailableError } from '../../src/errors.ts';
import type { RecommendationCompleted } from '../../src/events.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { until } from '../support/wait.ts';
import { notZero } from '../support/metrics.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const traceparent = `00-${trace.traceId}-${trace.spanId}-01`;

/** The use case with one assessment in that state, and a scripted broker. */
function startHarness(status: AssessmentStatus, sessionId = session.id) {
  const id = randomUUID();
  let view = { id, sessionId, status, version: 2 } as AssessmentView;
  const metrics = createMetrics();
  const harness = {
    id,
    notified: [] as [string, unknown, string | undefined][],
    publish: async (): Promise<void> => {},
    turns: [] as string[],
    untold: [] as Untold[],
    announce: (): void => {},
    outcomes: async () => (await notZero(metrics.cancelled)).map(({ labels, value }) => `${labels.outcome} ${value}`),
  };
  const cancel = createCancel({
    cancelling: {
      async cancel(asked, owner) {
        if (asked !== id || owner !== sessionId || !['submitted', 'processing'].includes(view.status)) return undefined;
        view = { ...view, status: 'cancelled', version: 3 };
        return { view, network: 'network' };
      },
    },
    reading: { byId: async (asked) => (asked === id ? view : undefined) },
    broker: {
      announceCancelled(asked, parent) {
        harness.notified.push(['worker', asked, parent]);
        harness.announce();
      },
      async publishCompleted(event, parent) {
        harness.notified.push(['subscribers', event, parent]);
        await harness.publish();
      },
    },
    untold: { add: async (end) => void harness.untold.push(end) },
    turns: { next: (network) => void harness.turns.push(network) },
    metrics,
    log: createLog('silent', 'api'),
  });
  return Object.assign(harness, { cancel: (asked = id) => cancel(session, asked, trace) });
}

test.each(['submitted', 'processing'] as const)(
  '%s: its worker is notified first, and then the subscribers',
  async (status) => {
    const harness = startHarness(status);
    expect(await harness.cancel()).toMatchObject({ status: 'cancelled', version: 3 });
    await until(() => harness.notified.length === 2);
    const event: RecommendationCompleted = {
      v: 1,
      assessment_id: harness.id,
      session_id: session.id,
      status: 'cancelled',
      version: 3,
      timestamp: expect.any(String) as string,
    };
    expect(harness.turns).toEqual(['network']);
    expect(harness.notified).toEqual([
      ['worker', harness.id, traceparent],
      ['subscribers', event, traceparent],
    ]);
    expect(await harness.outcomes()).toEqual(['accepted 1']);
  },
);

test('a second cancellation returns the same view and notifies no one again', async () => {
  const harness = startHarness('submitted');
  const first = await harness.cancel();
  await until(() => harness.notified.length === 2);
  expect(await harness.cancel()).toEqual(first);
  await new Promise((resume) => setImmediate(resume));
  expect(harness.notified).toHaveLength(2);
  expect(await harness.outcomes()).toEqual(['accepted 1', 'repeated 1']);
});

test.each(['completed', 'failed'] as const)(
  '%s: the cancellation is refused, and the error says what to do',
  async (status) => {
    const harness = startHarness(status);
    const error: unknown = await harness.cancel().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotCancellableError);
    expect((error as Error).message).toMatch(/Read it/);
    expect(harness.notified).toEqual([]);
    expect(await harness.outcomes()).toEqual(['NotCancellableError 1']);
  },
);

test('a missing and a foreign assessment get the same error', async () => {
  const errors = await Promise.all([
    startHarness('submitted').cancel(randomUUID()).catch(String),
    startHarness('submitted', randomUUID()).cancel().catch(String),
    startHarness('completed', randomUUID()).cancel().catch(String),
    startHarness('cancelled', randomUUID()).cancel().catch(String),
  ]);
  expect(new Set(errors)).toEqual(new Set([String(new NotFoundError())]));
});

test('an unavailable, silent or closing broker neither delays nor fails a cancellation', async () => {
  const harness = startHarness('submitted');
  harness.publish = () => Promise.withResolvers<void>().promise;
  expect(await harness.cancel()).toMatchObject({ status: 'cancelled' });
  const away = startHarness('submitted');
  away.publish = () => Promise.reject(new UnavailableError('broker', 'not-done'));
  expect(await away.cancel()).toMatchObject({ status: 'cancelled' });
  const closing = startHarness('submitted');
  closing.announce = () => {
    throw new Error('CONNECTION_DRAINING');
  };
  expect(await closing.cancel()).toMatchObject({ status: 'cancelled' });
});

test('a publish without an ack is tried three times', async () => {
  const harness = startHarness('processing');
  harness.publish = () => Promise.reject(new UnavailableError('broker', 'unknown'));
  await harness.cancel();
  await until(() => harness.notified.length === 4);
  await new Promise((resume) => setImmediate(resume));
  expect(harness.notified.map(([receiver]) => receiver)).toEqual([
    'worker',
    'subscribers',
    'subscribers',
    'subscribers',
  ]);
});
