import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCancel } from '../../src/assessments/cancel.ts';
import type { AssessmentStatus } from '../../src/entities/assessment-state.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { NotCancellableError, NotFoundError, UnavailableError } from '../../src/errors.ts';
import type { RecommendationCompleted } from '../../src/events.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { until } from '../support/wait.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const traceparent = `00-${trace.traceId}-${trace.spanId}-01`;

/** The use case with one assessment in that state, and a broker that the test plays. */
function startPlay(status: AssessmentStatus, sessionId = session.id) {
  const id = randomUUID();
  let view = { id, sessionId, status, version: 2 } as AssessmentView;
  const metrics = createMetrics();
  const play = {
    id,
    told: [] as [string, unknown, string | undefined][],
    publish: async (): Promise<void> => {},
    announce: (): void => {},
    outcomes: async () =>
      (await metrics.cancelled.get()).values.map(({ labels, value }) => `${labels.outcome} ${value}`),
  };
  const cancel = createCancel({
    cancelling: {
      async cancel(asked, owner) {
        if (asked !== id || owner !== sessionId || !['submitted', 'processing'].includes(view.status)) return undefined;
        view = { ...view, status: 'cancelled', version: 3 };
        return view;
      },
    },
    reading: { byId: async (asked) => (asked === id ? view : undefined) },
    broker: {
      announceCancelled(asked, parent) {
        play.told.push(['worker', asked, parent]);
        play.announce();
      },
      async publishCompleted(event, parent) {
        play.told.push(['everybody', event, parent]);
        await play.publish();
      },
    },
    metrics,
    log: createLog('silent', 'api'),
  });
  return Object.assign(play, { cancel: (asked = id) => cancel(session, asked, trace) });
}

test.each(['submitted', 'processing'] as const)(
  '%s: its worker is told first, and then all who wait',
  async (status) => {
    const play = startPlay(status);
    expect(await play.cancel()).toMatchObject({ status: 'cancelled', version: 3 });
    await until(() => play.told.length === 2);
    const event: RecommendationCompleted = {
      v: 1,
      assessment_id: play.id,
      session_id: session.id,
      status: 'cancelled',
      version: 3,
      timestamp: expect.any(String) as string,
    };
    expect(play.told).toEqual([
      ['worker', play.id, traceparent],
      ['everybody', event, traceparent],
    ]);
    expect(await play.outcomes()).toEqual(['accepted 1']);
  },
);

test('again: as it is, and nobody is told a second time', async () => {
  const play = startPlay('submitted');
  const first = await play.cancel();
  await until(() => play.told.length === 2);
  expect(await play.cancel()).toEqual(first);
  await new Promise((resume) => setImmediate(resume));
  expect(play.told).toHaveLength(2);
  expect(await play.outcomes()).toEqual(['accepted 1', 'repeated 1']);
});

test.each(['completed', 'failed'] as const)('%s: it is too late, and the error says what to do', async (status) => {
  const play = startPlay(status);
  const error: unknown = await play.cancel().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotCancellableError);
  expect((error as Error).message).toMatch(/Read it/);
  expect(play.told).toEqual([]);
  expect(await play.outcomes()).toEqual(['NotCancellableError 1']);
});

test('what is not there and what is somebody else’s can not be told apart', async () => {
  const errors = await Promise.all([
    startPlay('submitted').cancel(randomUUID()).catch(String),
    startPlay('submitted', randomUUID()).cancel().catch(String),
    startPlay('completed', randomUUID()).cancel().catch(String),
    startPlay('cancelled', randomUUID()).cancel().catch(String),
  ]);
  expect(new Set(errors)).toEqual(new Set([String(new NotFoundError())]));
});

test('a broker that is away, silent or closing neither delays nor fails it', async () => {
  const play = startPlay('submitted');
  play.publish = () => Promise.withResolvers<void>().promise;
  expect(await play.cancel()).toMatchObject({ status: 'cancelled' });
  const away = startPlay('submitted');
  away.publish = () => Promise.reject(new UnavailableError('broker', 'not-done'));
  expect(await away.cancel()).toMatchObject({ status: 'cancelled' });
  const closing = startPlay('submitted');
  closing.announce = () => {
    throw new Error('CONNECTION_DRAINING');
  };
  expect(await closing.cancel()).toMatchObject({ status: 'cancelled' });
});

test('a publish without an answer is tried a few times, with the same version', async () => {
  const play = startPlay('processing');
  play.publish = () => Promise.reject(new UnavailableError('broker', 'unknown'));
  await play.cancel();
  await until(() => play.told.length === 4);
  await new Promise((resume) => setImmediate(resume));
  expect(play.told.map(([whom]) => whom)).toEqual(['worker', 'everybody', 'everybody', 'everybody']);
});
