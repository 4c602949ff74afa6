import type { Broker } from '../adapters/broker.ts';
import type { CancelStore, ReadStore, UntoldStore } from '../adapters/database.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { NotCancellableError, NotFoundError } from '../errors.ts';
import { PAYLOAD_VERSION } from '../events.ts';
import type { Log } from '../log.ts';
import { refusedAs, type Metrics } from '../metrics.ts';
import { formatTraceparent, type Trace } from '../trace.ts';
import type { Turns } from './turns.ts';
import { publishBehind } from './publish-behind.ts';
import type { Session } from './sessions.ts';

export type CancelDeps = {
  cancelling: CancelStore;
  reading: Pick<ReadStore, 'byId'>;
  untold: Pick<UntoldStore, 'add'>;
  broker: Pick<Broker, 'publishCompleted' | 'announceCancelled'>;
  turns: Pick<Turns, 'next'>;
  metrics: Metrics;
  log: Log;
};

export type Cancel = (session: Session, id: string, trace: Trace) => Promise<AssessmentView>;

/**
 * Cancels an open assessment for its owner. Resolves after the commit; the worker that may hold the claim and the
 * subscribers are notified after that.
 * @throws NotFoundError, NotCancellableError, UnavailableError
 */
export function createCancel(deps: CancelDeps): Cancel {
  const { cancelling, metrics, log } = deps;
  return async (session, id, trace) => {
    try {
      const cancelled = await cancelling.cancel(id, session.id);
      const view = cancelled?.view ?? (await cancelledBefore(deps, session, id));
      metrics.cancelled.inc({ outcome: cancelled === undefined ? 'repeated' : 'accepted' });
      if (cancelled !== undefined) {
        metrics.ended.inc({ status: 'cancelled', code: 'none' });
        log.info({ assessmentId: id, sessionId: session.id, traceId: trace.traceId }, 'assessment cancelled');
        if (cancelled.network !== null) deps.turns.next(cancelled.network);
        void notify(deps, view, trace);
      }
      return view;
    } catch (error) {
      metrics.cancelled.inc({ outcome: refusedAs(error) });
      throw error;
    }
  };
}

/** The view of an assessment that an earlier call has cancelled, whose response may have been lost. */
async function cancelledBefore({ reading }: CancelDeps, session: Session, id: string): Promise<AssessmentView> {
  const view = await reading.byId(id);
  if (view?.sessionId !== session.id) throw new NotFoundError();
  if (view.status !== 'cancelled') throw new NotCancellableError();
  return view;
}

/** Notifies the worker first, since its call of the model costs money, and then the subscribers. */
async function notify({ broker, untold, metrics, log }: CancelDeps, view: AssessmentView, trace: Trace): Promise<void> {
  const { id, sessionId, version, round } = view;
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
    log.warn(
      { err: error, assessmentId: id },
      'the cancellation was not confirmed: sweeps deliver it to people, and the reconciler to other services',
    );
    // A deferred one has no work message that would tell its end.
    await untold.add({ id, sessionId, status: 'cancelled', version, round, stream: 'events' }).catch(() => {}); // a work message tells it as well
  }
}
