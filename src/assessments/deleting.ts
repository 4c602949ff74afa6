import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Broker } from '../adapters/broker.ts';
import { DELETED_PAGE, type Deleted, type DeleteStore } from '../adapters/database.ts';
import { hasEnded } from '../entities/assessment-state.ts';
import { NotFoundError } from '../errors.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { formatTraceparent, type Trace } from '../trace.ts';
import { publishBehind } from './publish-behind.ts';
import type { Session } from './sessions.ts';
import type { Turns } from './turns.ts';

export type DeleteDeps = {
  deleting: DeleteStore;
  proofs: Pick<DeletionProofs, 'of'>;
  broker: Pick<Broker, 'publishCompleted' | 'announceCancelled'>;
  turns: Pick<Turns, 'next'>;
  metrics: Metrics;
  log: Log;
  /** @defaultValue LATE_MS */
  lateMs?: number;
};

export type Deleting = ReturnType<typeof createDeleting>;

/**
 * Longer than a session that has ended stays in the caches of other processes, and than a submission may be in work: what
 * was submitted at the moment of the deletion is stored by then.
 */
const LATE_MS = 15_000;
/** Sessions that wait for their late deletion. Beyond it the oldest waits no longer. */
const LATE_MAX = 10_000;

/** Deletes assessments for their owner: rows first, then the workers and all others are told. */
export function createDeleting(deps: DeleteDeps) {
  const { deleting, log, lateMs = LATE_MS } = deps;
  const late = new Map<string, { timer: NodeJS.Timeout; trace: Trace }>();
  const running = new Set<Promise<void>>();

  const all = async (sessionId: string, trace: Trace): Promise<number> => {
    for (let count = 0; ;) {
      const rows = await deleting.some(sessionId);
      await Promise.all(rows.map((row) => tell(deps, sessionId, row, trace)));
      count += rows.length;
      if (rows.length < DELETED_PAGE) return count;
    }
  };
  const runLate = (sessionId: string): void => {
    const { timer, trace } = late.get(sessionId) ?? {};
    clearTimeout(timer);
    late.delete(sessionId);
    if (trace === undefined) return;
    const work = all(sessionId, trace)
      .then(() => {})
      .catch((error: unknown) => log.error({ err: error, sessionId }, LEFT_OVER))
      .finally(() => running.delete(work));
    running.add(work);
  };

  return {
    /** Resolves after the commit. @throws NotFoundError, UnavailableError */
    async one({ id: sessionId }: Session, id: string, trace: Trace): Promise<void> {
      const row = await deleting.one(sessionId, id);
      if (row === undefined) throw new NotFoundError();
      log.info({ assessmentId: id, sessionId, traceId: trace.traceId }, 'assessment deleted');
      void tell(deps, sessionId, row, trace);
    },

    /** Resolves to the number of assessments that were deleted. @throws UnavailableError */
    async all({ id: sessionId }: Session, trace: Trace): Promise<number> {
      const count = await all(sessionId, trace);
      log.info({ sessionId, count, traceId: trace.traceId }, 'all assessments of a session deleted');
      return count;
    },

    /** To be called once the session is gone: what was submitted meanwhile is deleted a little later. */
    later({ id: sessionId }: Session, trace: Trace): void {
      const timer = setTimeout(runLate, lateMs, sessionId);
      timer.unref();
      late.set(sessionId, { timer, trace });
      const [oldest] = late.size > LATE_MAX ? late.keys() : [];
      if (oldest !== undefined) runLate(oldest);
    },

    /** Deletes at once what would be deleted later. Never rejects. */
    async stop(): Promise<void> {
      for (const sessionId of late.keys()) runLate(sessionId);
      await Promise.all(running);
    },
  };
}

const LEFT_OVER =
  'could not look for assessments that were submitted while their session was deleted: see "Personal data" in docs/OPERATING.md';

/** Never rejects. The worker first, since its call of the model costs money. */
async function tell(
  { broker, turns, proofs, metrics, log }: DeleteDeps,
  sessionId: string,
  { id, version, status, network }: Deleted,
  trace: Trace,
): Promise<void> {
  const traceparent = formatTraceparent(trace);
  if (!hasEnded(status)) broker.announceCancelled(id, traceparent);
  if (network !== null) turns.next(network);
  const about = { v: PAYLOAD_VERSION, assessment_id: id, session_id: sessionId, version: version + 1 } as const;
  const proof = proofs.of(sessionId, id);
  const event = { ...about, status: 'deleted', timestamp: new Date().toISOString(), proof } as const;
  try {
    await publishBehind(() => broker.publishCompleted(event, traceparent));
  } catch (error) {
    metrics.errors.inc({ part: 'delete', code: 'SERVICE_UNAVAILABLE' });
    log.warn(
      { err: error, assessmentId: id },
      'other services were not told of a deletion: they may keep what they have',
    );
  }
}

export type DeletionProofs = ReturnType<typeof deletionProofs>;

/**
 * Proofs that a message about a deletion comes from this fleet: the row that would show it is gone.
 * @param secret of the fleet
 */
export function deletionProofs(secret: string) {
  const digest = (sessionId: string, id: string): Buffer =>
    createHmac('sha256', secret).update(`${sessionId} ${id}`).digest();
  return {
    of: (sessionId: string, id: string): string => digest(sessionId, id).toString('base64url'),
    isOf(proof: string, sessionId: string, id: string): boolean {
      const [given, right] = [Buffer.from(proof, 'base64url'), digest(sessionId, id)];
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
