import {
  REPLAYED,
  type DeadLetterCursor,
  type DeadLetterQuery,
  type ReadStore,
  type RetryStore,
  type OpenMax,
  type TurnStore,
} from '../adapters/database.ts';
import type { StoredDeadLetter } from '../entities/dead-letter.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { NotFoundError, NotRetryableError, OPEN_RETRY_SECONDS, TooManyAssessmentsError } from '../errors.ts';
import type { Log } from '../log.ts';
import { formatTraceparent, type Trace } from '../trace.ts';
import { largestOf, openMaxOf } from './networks.ts';
import { QUEUE_FULL_RETRY_SECONDS, type QueueDepth } from './queue-depth.ts';
import type { CountSubmission } from './submit-rate.ts';
import type { Submitter } from './submit.ts';
import type { Turns } from './turns.ts';

export type RetryDeps = {
  retrying: Pick<RetryStore, 'retry' | 'replay' | 'deadLetters'>;
  reading: Pick<ReadStore, 'byId'>;
  turns: Pick<Turns, 'begin'>;
  caps: Pick<TurnStore, 'capReached'>;
  openMax: OpenMax;
  countSubmission: CountSubmission;
  queueDepth: QueueDepth;
  log: Log;
};

export type Retry = ReturnType<typeof createRetry>;

/** Cap of assessments that one call replays; for more, an operator repeats the call. */
export const REPLAY_MAX = 1_000;

/** New rounds for assessments that ended without a result. Earlier rounds are kept. */
export function createRetry({ retrying, reading, turns, caps, openMax, countSubmission, queueDepth, log }: RetryDeps) {
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
      const network = largestOf(networks);
      const cap = await caps.capReached(network.key, session.id, openMaxOf(network, openMax));
      if (cap !== undefined) throw new TooManyAssessmentsError(`open-${cap}`, OPEN_RETRY_SECONDS);
      const retried = await retrying.retry(id, session.id, network.key);
      if (retried === undefined) throw new NotRetryableError();
      queueDepth.countOne();
      log.info({ assessmentId: id, sessionId: session.id, traceId: trace.traceId }, 'assessment retried');
      void turns.begin(network.key, 1, { ids: new Set([id]), traceparent: formatTraceparent(trace) });
      return retried;
    },

    /** By an operator; at most REPLAY_MAX, oldest first. Resolves to their number. @throws UnavailableError */
    async replay(query: DeadLetterQuery, trace: Trace, operator: string): Promise<number> {
      const count = await retrying.replay(query, REPLAY_MAX);
      const fields = { operator, filter: shown(query), count, traceId: trace.traceId };
      log.warn(fields, 'dead letters were replayed by an operator');
      void turns.begin(REPLAYED, count);
      return count;
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
