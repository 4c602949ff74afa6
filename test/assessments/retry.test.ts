import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRetry } from '../../src/assessments/retry.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { NotFoundError, NotRetryableError, UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/wait.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

/** The use case with one failed assessment; the database is unavailable after the retry. */
function startHarness(sessionId = session.id) {
  const id = randomUUID();
  let view = { id, sessionId, status: 'failed', version: 3, round: 1 } as AssessmentView;
  let isAway = false;
  const published: unknown[] = [];
  const useCase = createRetry({
    retrying: {
      async retry() {
        if (view.status !== 'failed') return undefined;
        view = { ...view, status: 'submitted', version: 4, round: 2 };
        isAway = true;
        return { view, dispatchNo: 2 };
      },
      replay: async () => [],
      deadLetters: async () => [],
    },
    reading: {
      async byId(asked) {
        if (isAway) throw new UnavailableError('database', 'not-done');
        return asked === id ? view : undefined;
      },
    },
    broker: {
      async publishSubmitted(submission) {
        published.push(submission);
        // The first publish gets no ack.
        if (published.length === 1) throw new UnavailableError('broker', 'unknown');
        return 'stored';
      },
    },
    countSubmission: () => {},
    queueDepth: { isFull: () => false, countOne: () => {}, stop: () => {} },
    log: createLog('silent', 'api'),
  });
  return {
    id,
    published,
    retry: (asked = id) => useCase.retry({ session, networks: [] }, asked, trace),
    databaseIsBack: () => {
      isAway = false;
    },
  };
}

test('a stored retry succeeds, although the database is unavailable right after it', async () => {
  const harness = startHarness();
  expect(await harness.retry()).toMatchObject({ id: harness.id, status: 'submitted', version: 4, round: 2 });
});

test('a retry is dispatched with its next number, and again without an ack', async () => {
  const harness = startHarness();
  await harness.retry();
  await until(() => harness.published.length === 2);
  const submission = { assessmentId: harness.id, sessionId: session.id, dispatchNo: 2 };
  expect(harness.published).toMatchObject([submission, submission]);
});

test('a missing, foreign or running assessment is not retried', async () => {
  const harness = startHarness();
  await expect(harness.retry(randomUUID())).rejects.toThrow(NotFoundError);
  await expect(startHarness(randomUUID()).retry()).rejects.toThrow(NotFoundError);
  expect(harness.published).toEqual([]);
  await harness.retry();
  harness.databaseIsBack();
  await expect(harness.retry()).rejects.toThrow(NotRetryableError);
});
