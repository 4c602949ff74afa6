import type { Broker } from '../adapters/broker.ts';
import type { ReadStore, RetryStore, DeadLetterQuery, Retried } from '../adapters/database.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { NotFoundError, NotRetryableError, TooManyAssessmentsError } from '../errors.ts';
import type { Log } from '../log.ts';
import { formatTraceparent, type Trace } from '../trace.ts';
import { publishBehind } from './publish-behind.ts';
import type { QueueDepth } from './queue-depth.ts';
import type { CountSubmission } from './submit-rate.ts';
import type { Submitter } from './submit.ts';

export type RetryDeps = {
  retrying: Pick<RetryStore, 'retry' | 'replay'>;
  reading: Pick<ReadStore, 'byId'>;
  broker: Pick<Broker, 'publishSubmitted'>;
  countSubmission: CountSubmission;
  queueDepth: QueueDepth;
  log: Log;
};

export type Retry = ReturnType<typeof createRetry>;

/** What one call may begin again: an operator with more repeats the call. */
export const REPLAY_MAX = 1_000;

const QUEUE_FULL_RETRY_SECONDS = 30;

/** New rounds for assessments that have ended without a result. History is kept. */
export function createRetry({ retrying, reading, broker, countSubmission, queueDepth, log }: RetryDeps) {
  const dispatch = async (retried: Retried[], trace: Trace): Promise<void> => {
    const traceparent = formatTraceparent(trace);
    const outcomes = await Promise.allSettled(
      retried.map(({ id, sessionId, dispatchNo }) =>
        publishBehind(() => broker.publishSubmitted({ assessmentId: id, sessionId, dispatchNo, traceparent })),
      ),
    );
    const missing = outcomes.filter(({ status }) => status === 'rejected').length;
    if (missing > 0) log.warn({ count: missing }, 'not dispatched yet: the reconciler will do it');
  };

  return {
    /**
     * By the owner, for a failed or cancelled one. Counts as a submission.
     * @throws NotFoundError, NotRetryableError, TooManyAssessmentsError, UnavailableError
     */
    async retry({ session, networks }: Submitter, id: string, trace: Trace): Promise<AssessmentView> {
      const view = await reading.byId(id);
      if (view?.sessionId !== session.id) throw new NotFoundError();
      countSubmission(session.id, networks);
      if (queueDepth.isFull()) throw new TooManyAssessmentsError('queue', QUEUE_FULL_RETRY_SECONDS);
      const retried = await retrying.retry(id, session.id);
      if (retried === undefined) throw new NotRetryableError();
      queueDepth.countOne();
      log.info({ assessmentId: id, sessionId: session.id, traceId: trace.traceId }, 'assessment retried');
      void dispatch([{ id, sessionId: session.id, dispatchNo: retried.dispatchNo }], trace);
      return retried.view;
    },

    /** By an operator; at most REPLAY_MAX at once, oldest first. Resolves to how many. @throws UnavailableError */
    async replay(query: DeadLetterQuery, trace: Trace): Promise<number> {
      const retried = await retrying.replay(query, REPLAY_MAX);
      log.warn({ count: retried.length, traceId: trace.traceId }, 'dead letters replayed by an operator');
      void dispatch(retried, trace);
      return retried.length;
    },
  };
}
