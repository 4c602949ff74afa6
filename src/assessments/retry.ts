import type { Broker } from '../adapters/broker.ts';
import type { DeadLetterCursor, DeadLetterQuery, ReadStore, Retried, RetryStore } from '../adapters/database.ts';
import type { StoredDeadLetter } from '../entities/dead-letter.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { NotFoundError, NotRetryableError, TooManyAssessmentsError } from '../errors.ts';
import type { Log } from '../log.ts';
import { formatTraceparent, type Trace } from '../trace.ts';
import { publishBehind } from './publish-behind.ts';
import { QUEUE_FULL_RETRY_SECONDS, type QueueDepth } from './queue-depth.ts';
import type { CountSubmission } from './submit-rate.ts';
import type { Submitter } from './submit.ts';

export type RetryDeps = {
  retrying: Pick<RetryStore, 'retry' | 'replay' | 'deadLetters'>;
  reading: Pick<ReadStore, 'byId'>;
  broker: Pick<Broker, 'publishSubmitted'>;
  countSubmission: CountSubmission;
  queueDepth: QueueDepth;
  log: Log;
};

export type Retry = ReturnType<typeof createRetry>;

/** Cap of assessments that one call replays; for more, an operator repeats the call. */
export const REPLAY_MAX = 1_000;

/** New rounds for assessments that ended without a result. Earlier rounds are kept. */
export function createRetry({ retrying, reading, broker, countSubmission, queueDepth, log }: RetryDeps) {
  const dispatch = async (retried: Retried[], trace: Trace): Promise<void> => {
    const traceparent = formatTraceparent(trace);
    const outcomes = await Promise.allSettled(
      retried.map(({ id, sessionId, dispatchNo }) =>
        publishBehind(() => broker.publishSubmitted({ assessmentId: id, sessionId, dispatchNo, traceparent })),
      ),
    );
    const missing = outcomes.filter(({ status }) => status === 'rejected').length;
    if (missing > 0) log.warn({ count: missing }, 'new rounds were not dispatched: the reconciler will dispatch them');
  };

  return {
    /**
     * By the owner, for a failed or cancelled assessment. Counts as a submission.
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

    /** By an operator; at most REPLAY_MAX, oldest first. Resolves to their number. @throws UnavailableError */
    async replay(query: DeadLetterQuery, trace: Trace, operator: string): Promise<number> {
      const retried = await retrying.replay(query, REPLAY_MAX);
      const fields = { operator, filter: shown(query), count: retried.length, traceId: trace.traceId };
      log.warn(fields, 'dead letters were replayed by an operator');
      void dispatch(retried, trace);
      return retried.length;
    },

    /** By an operator: newest first. @throws UnavailableError */
    async deadLetters(
      query: DeadLetterQuery,
      { place, limit }: { place: DeadLetterCursor | null; limit: number },
      operator: string,
    ): Promise<StoredDeadLetter[]> {
      const letters = await retrying.deadLetters(query, place, limit);
      log.info({ operator, filter: shown(query), count: letters.length }, 'dead letters were listed by an operator');
      return letters;
    },
  };
}

/** For the log: a long list of ids by its length. */
const shown = ({ ids, ...filter }: DeadLetterQuery) => ({ ...filter, ids: ids?.length ?? null });
