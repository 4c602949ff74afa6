import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { DELETED_PAGE, type Deleted } from '../../src/adapters/database.ts';
import { createDeleting, deletionProofs } from '../../src/assessments/deleting.ts';
import { NotFoundError, UnavailableError } from '../../src/errors.ts';
import { proofOfPayload, type RecommendationCompleted } from '../../src/events.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { until } from '../support/wait.ts';

const session = { id: randomUUID(), createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

const rowOf = (given: Partial<Deleted> = {}): Deleted => ({
  id: randomUUID(),
  version: 2,
  status: 'processing',
  network: 'network',
  ...given,
});

function start(rows: Deleted[]) {
  const harness = {
    rows,
    aborted: [] as string[],
    events: [] as RecommendationCompleted[],
    turns: [] as string[],
    statements: 0,
    publish: async (): Promise<void> => {},
    some: async (): Promise<Deleted[]> => rows.splice(0, DELETED_PAGE),
  };
  const deleting = createDeleting({
    deleting: {
      one: async (sessionId, id) => {
        const at = rows.findIndex((row) => row.id === id && sessionId === session.id);
        return at === -1 ? undefined : rows.splice(at, 1)[0];
      },
      some: async () => {
        harness.statements++;
        return await harness.some();
      },
    },
    proofs: deletionProofs('a secret'),
    broker: {
      announceCancelled: (id) => void harness.aborted.push(id),
      publishCompleted: async (event) => {
        harness.events.push(event);
        await harness.publish();
      },
    },
    turns: { next: (network) => void harness.turns.push(network) },
    metrics: createMetrics(),
    log: createLog('silent', 'api'),
    lateMs: 1_000,
  });
  return Object.assign(harness, { deleting });
}

test('the worker of an open one is told, its network has its turn, and the message has a proof', async () => {
  const row = rowOf();
  const harness = start([row]);
  await harness.deleting.one(session, row.id, trace);
  expect([harness.aborted, harness.turns]).toEqual([[row.id], ['network']]);
  expect(harness.events).toMatchObject([
    { assessment_id: row.id, session_id: session.id, status: 'deleted', version: 3 },
  ]);
  const proof = proofOfPayload(JSON.stringify(harness.events[0])) ?? '';
  const proofs = deletionProofs('a secret');
  expect(proofs.isOf(proof, session.id, row.id)).toBe(true);
  expect(proofs.isOf(proof, session.id, randomUUID())).toBe(false);
  expect(proofs.isOf(proof, randomUUID(), row.id)).toBe(false);
  expect(deletionProofs('another').isOf(proof, session.id, row.id)).toBe(false);
});

test('of an ended one nobody works, and no turn is due', async () => {
  const row = rowOf({ status: 'completed', network: null });
  const harness = start([row]);
  await harness.deleting.one(session, row.id, trace);
  expect([harness.aborted, harness.turns, harness.events.length]).toEqual([[], [], 1]);
  await expect(harness.deleting.one(session, row.id, trace)).rejects.toBeInstanceOf(NotFoundError);
});

test('a deletion succeeds without the broker', async () => {
  const row = rowOf();
  const harness = start([row]);
  harness.publish = async () => {
    throw new UnavailableError('broker', 'not-done');
  };
  await harness.deleting.one(session, row.id, trace);
  expect(harness.rows).toEqual([]);
});

test('all of a session are deleted page by page, and what is submitted meanwhile a little later', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const harness = start(Array.from({ length: 2 * DELETED_PAGE + 1 }, () => rowOf()));
  expect(await harness.deleting.all(session, trace)).toBe(2 * DELETED_PAGE + 1);
  expect([harness.statements, harness.events.length]).toEqual([3, 2 * DELETED_PAGE + 1]);
  harness.deleting.later(session, trace);
  harness.rows.push(rowOf());
  await vi.advanceTimersByTimeAsync(999);
  expect(harness.rows).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(harness.rows).toEqual([]);
});

test('a process that stops deletes at once what it would delete later, and survives a failure of it', async () => {
  const harness = start([]);
  harness.deleting.later(session, trace);
  harness.rows.push(rowOf());
  await harness.deleting.stop();
  expect(harness.rows).toEqual([]);
  harness.some = async () => {
    throw new UnavailableError('database', 'not-done');
  };
  harness.deleting.later(session, trace);
  await harness.deleting.stop();
  await until(() => harness.statements === 2);
});

test('a payload has a proof only if it says that something was deleted', () => {
  for (const payload of [
    '',
    '{',
    '"deleted"',
    'null "deleted"',
    '{"status":"deleted"}',
    '{"status":"deleted","proof":1}',
  ])
    expect(proofOfPayload(payload)).toBeUndefined();
  expect(proofOfPayload('{"status":"completed","proof":"a","x":"deleted"}')).toBeUndefined();
  expect(proofOfPayload('{"status":"deleted","proof":"a"}')).toBe('a');
});
