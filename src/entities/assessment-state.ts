export const assessmentStatuses = ['submitted', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type AssessmentStatus = (typeof assessmentStatuses)[number];

export type AssessmentEvent = 'claimed' | 'saved' | 'retryLater' | 'failedForGood' | 'cancelled' | 'retried';

/**
 * The next state for each state and event; null: the event is illegal in that state. Every statement that changes a status
 * takes its `from` states from this table. A claim on `processing` needs an expired lease, and a claim on `submitted` a
 * passed `not_before`; `retried` starts a new round.
 */
export const transitions: Record<AssessmentStatus, Record<AssessmentEvent, AssessmentStatus | null>> = {
  submitted: {
    claimed: 'processing',
    saved: null,
    retryLater: null,
    failedForGood: null,
    cancelled: 'cancelled',
    retried: null,
  },
  processing: {
    claimed: 'processing',
    saved: 'completed',
    retryLater: 'submitted',
    failedForGood: 'failed',
    cancelled: 'cancelled',
    retried: null,
  },
  completed: {
    claimed: null,
    saved: null,
    retryLater: null,
    failedForGood: null,
    cancelled: null,
    retried: null,
  },
  failed: {
    claimed: null,
    saved: null,
    retryLater: null,
    failedForGood: null,
    cancelled: null,
    retried: 'submitted',
  },
  cancelled: {
    claimed: null,
    saved: null,
    retryLater: null,
    failedForGood: null,
    cancelled: null,
    retried: 'submitted',
  },
};

/** The states in which an event is legal, for the WHERE of its statement. */
export const statesThatTake = (event: AssessmentEvent): AssessmentStatus[] =>
  assessmentStatuses.filter((status) => transitions[status][event] !== null);

/** A final state of a round, which subscribers are notified of. Only a retry leads out of it. */
export type EndedStatus = 'completed' | 'failed' | 'cancelled';
export const hasEnded = (status: AssessmentStatus): status is EndedStatus =>
  status === 'completed' || status === 'failed' || status === 'cancelled';
