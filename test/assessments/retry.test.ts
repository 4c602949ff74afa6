import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRetry } from '../../src/assessments/retry.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { NotFoundError, NotRetryableError, UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/wait.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

/** The use case with one failed assessment; the database is away once it was retried. */
function startPlay(sessionId = session.id) {
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
        // The broker did not say whether it has the first one.
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

test('a retry that was stored is told as such, though the database is away right after it', async () => {
  const play = startPlay();
  expect(await play.retry()).toMatchObject({ id: play.id, status: 'submitted', version: 4, round: 2 });
});

test('it is dispatched by its next number, and again where the broker did not say that it has it', async () => {
  const play = startPlay();
  await play.retry();
  await until(() => play.published.length === 2);
  const submission = { assessmentId: play.id, sessionId: session.id, dispatchNo: 2 };
  expect(play.published).toMatchObject([submission, submission]);
});

test('what is not there, belongs to somebody else or is in work is not retried', async () => {
  const play = startPlay();
  await expect(play.retry(randomUUID())).rejects.toThrow(NotFoundError);
  await expect(startPlay(randomUUID()).retry()).rejects.toThrow(NotFoundError);
  expect(play.published).toEqual([]);
  await play.retry();
  play.databaseIsBack();
  await expect(play.retry()).rejects.toThrow(NotRetryableError);
});
