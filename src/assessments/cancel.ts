import type { Broker } from '../adapters/broker.ts';
import type { CancelStore, ReadStore } from '../adapters/database.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { NotCancellableError, NotFoundError } from '../errors.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { OwnError } from '../own-error.ts';
import { formatTraceparent, type Trace } from '../trace.ts';
import { publishBehind } from './publish-behind.ts';
import type { Session } from './sessions.ts';

export type CancelDeps = {
  cancelling: CancelStore;
  reading: Pick<ReadStore, 'byId'>;
  broker: Pick<Broker, 'publishCompleted' | 'announceCancelled'>;
  metrics: Metrics;
  log: Log;
};

export type Cancel = (session: Session, id: string, trace: Trace) => Promise<AssessmentView>;

/**
 * Ends an assessment by its owner's wish, whether it waits or is worked on. Resolves once that is committed; those who
 * wait for the end, and the worker that may have it, are told behind the answer.
 * @throws NotFoundError, NotCancellableError, UnavailableError
 */
export function createCancel(deps: CancelDeps): Cancel {
  const { cancelling, metrics, log } = deps;
  return async (session, id, trace) => {
    try {
      const cancelled = await cancelling.cancel(id, session.id);
      const view = cancelled ?? (await cancelledBefore(deps, session, id));
      metrics.cancelled.inc({ outcome: cancelled === undefined ? 'repeated' : 'accepted' });
      if (cancelled !== undefined) {
        log.info({ assessmentId: id, sessionId: session.id, traceId: trace.traceId }, 'assessment cancelled');
        void tell(deps, cancelled, trace);
      }
      return view;
    } catch (error) {
      metrics.cancelled.inc({ outcome: error instanceof OwnError ? error.name : 'unknown' });
      throw error;
    }
  };
}

/** By an earlier call, perhaps by one whose answer was lost: then this is what it would have been. */
async function cancelledBefore({ reading }: CancelDeps, session: Session, id: string): Promise<AssessmentView> {
  const view = await reading.byId(id);
  if (view?.sessionId !== session.id) throw new NotFoundError();
  if (view.status !== 'cancelled') throw new NotCancellableError();
  return view;
}

/** First the worker, whose call of the model costs more with every moment, and then everybody who waits for the end. */
async function tell({ broker, metrics, log }: CancelDeps, view: AssessmentView, trace: Trace): Promise<void> {
  const { id, sessionId, version } = view;
  const traceparent = formatTraceparent(trace);
  const timestamp = new Date().toISOString();
  const ids = { v: PAYLOAD_VERSION, assessment_id: id, session_id: sessionId } as const;
  try {
    broker.announceCancelled(id, traceparent);
    await publishBehind(() =>
      broker.publishCompleted({ ...ids, status: 'cancelled', version, timestamp }, traceparent),
    );
  } catch (error) {
    metrics.errors.inc({ part: 'cancel', code: 'SERVICE_UNAVAILABLE' });
    log.warn({ err: error, assessmentId: id }, 'not told of the cancellation yet: sweeps and the work message will');
  }
}
