import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRetry } from '../../src/assessments/retry.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { NotFoundError, NotRetryableError, TooManyAssessmentsError, UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

/** The use case with one failed assessment; the database is unavailable after the retry. */
function startHarness({ sessionId = session.id, cap }: { sessionId?: string; cap?: 'network' | 'session' } = {}) {
  const id = randomUUID();
  let view = { id, sessionId, status: 'failed', version: 3, round: 1 } as AssessmentView;
  let isAway = false;
  const begun: unknown[] = [];
  const capAsked: unknown[] = [];
  const useCase = createRetry({
    retrying: {
      async retry() {
        if (view.status !== 'failed') return undefined;
        view = { ...view, status: 'submitted', version: 4, round: 2 };
        isAway = true;
        return view;
      },
      replay: async () => 0,
      deadLetters: async () => [],
    },
    reading: {
      async byId(asked) {
        if (isAway) throw new UnavailableError('database', 'not-done');
        return asked === id ? view : undefined;
      },
    },
    turns: { begin: async (...turn) => void begun.push(turn) },
    caps: { capReached: async (...asked) => (capAsked.push(asked), cap) },
    openMax: { ofNetwork: 10, ofSession: 5 },
    countSubmission: () => {},
    queueDepth: { isFull: () => false, countOne: () => {}, stop: () => {} },
    log: createLog('silent', 'api'),
  });
  return {
    id,
    begun,
    capAsked,
    retry: (asked = id) =>
      useCase.retry(
        {
          session,
          networks: [
            { key: 'small', share: 1 },
            { key: 'large', share: 4 },
          ],
        },
        asked,
        trace,
      ),
    databaseIsBack: () => {
      isAway = false;
    },
  };
}

test('a stored retry succeeds, although the database is unavailable right after it', async () => {
  const harness = startHarness();
  expect(await harness.retry()).toMatchObject({ id: harness.id, status: 'submitted', version: 4, round: 2 });
});

test('the turn of a retry begins in the network that it comes from, with the trace of its request', async () => {
  const harness = startHarness();
  await harness.retry();
  const traceparent = `00-${trace.traceId}-${trace.spanId}-01`;
  expect(harness.begun).toEqual([['large', 1, { ids: new Set([harness.id]), traceparent }]]);
});

test.each(['network', 'session'] as const)('a retry over the open assessments of its %s is refused', async (cap) => {
  const harness = startHarness({ cap });
  await expect(harness.retry()).rejects.toThrow(TooManyAssessmentsError);
  expect(harness.capAsked).toEqual([['large', session.id, { ofNetwork: 40, ofSession: 5 }]]);
  expect(harness.begun).toEqual([]);
});

test('a missing, foreign or running assessment is not retried', async () => {
  const harness = startHarness();
  await expect(harness.retry(randomUUID())).rejects.toThrow(NotFoundError);
  await expect(startHarness({ sessionId: randomUUID() }).retry()).rejects.toThrow(NotFoundError);
  expect(harness.begun).toEqual([]);
  await harness.retry();
  harness.databaseIsBack();
  await expect(harness.retry()).rejects.toThrow(NotRetryableError);
});
