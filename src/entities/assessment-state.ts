export const assessmentStatuses = ['submitted', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type AssessmentStatus = (typeof assessmentStatuses)[number];

export type AssessmentEvent = 'claimed' | 'saved' | 'retryLater' | 'failedForGood' | 'cancelled' | 'retried';

/**
 * Which event leads from which state to which; null: it does not happen there. Every statement that changes a status
 * names its `from` states by this table. A claim on `processing` needs the lease to be over, and a claim on
 * `submitted` needs `not_before` to be over; `retried` starts a new round.
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

/** The states in which an event is legal, for the WHERE of the statement that carries it out. */
export const statesThatTake = (event: AssessmentEvent): AssessmentStatus[] =>
  assessmentStatuses.filter((status) => transitions[status][event] !== null);

/** Nothing but a retry leads out of it, and a subscriber is told of it. */
export type EndedStatus = 'completed' | 'failed' | 'cancelled';
export const hasEnded = (status: AssessmentStatus): status is EndedStatus =>
  status === 'completed' || status === 'failed' || status === 'cancelled';
