/**
 * The wire between api and worker: subjects, streams and payloads. Every message is a hint: it may be lost, repeated,
 * late or forged, and the row decides what happened.
 */

export type AssessmentSubmitted = {
  v: 1;
  assessment_id: string;
  session_id: string;
  dispatch_no: number;
  timestamp: string;
};

export type RecommendationCompleted = {
  v: 1;
  assessment_id: string;
  session_id: string;
  /** `deleted`: its owner has deleted it, so its row is gone. */
  status: 'completed' | 'failed' | 'cancelled' | 'deleted';
  version: number;
  timestamp: string;
  /** Of a deletion alone, keyed by a secret of the fleet. */
  proof?: string;
};

export type DeadLetterNotice = {
  v: 1;
  assessment_id: string;
  session_id: string;
  version: number;
  round: number;
  code: string;
  attempts: number;
  last_error: string;
  timestamp: string;
};

/**
 * Progress of a claimed assessment: the only message whose content is shown. It goes by core NATS and may be lost. It is
 * shown only where the row says `watch`, for the row's current version and a rising `seq`; the row then replaces it.
 */
export type AssessmentProgress = {
  v: 1;
  /** Version of the row after the claim. */
  version: number;
  /** Rises within a version; 0 announces the claim itself. */
  seq: number;
  /** `writing`: the draft has the complete parts of the reply so far. `waiting`: a retry is due later. */
  phase: 'started' | 'writing' | 'waiting';
  draft?: { summary: string | null; recommendations: unknown[] };
};

export const PAYLOAD_VERSION = 1;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Lower-case UUID in its canonical form. Only such ids may enter a subject or a `uuid` parameter. */
export const isUuid = (value: string): boolean => UUID.test(value);

/** Names of subjects, streams and consumer below one prefix, so that several installations can share a server. */
export type Wire = ReturnType<typeof wire>;

export function wire(prefix: string) {
  const upper = prefix.toUpperCase();
  return {
    workStream: `${upper}_WORK`,
    eventsStream: `${upper}_EVENTS`,
    deadStream: `${upper}_DEAD`,
    consumer: 'recommender',
    submitted: (assessmentId: string) => `${prefix}.assessment_submitted.${assessmentId}`,
    submittedAll: `${prefix}.assessment_submitted.*`,
    completed: (sessionId: string, assessmentId: string) =>
      `${prefix}.recommendation_completed.${sessionId}.${assessmentId}`,
    completedAll: `${prefix}.recommendation_completed.*.*`,
    progress: (sessionId: string, assessmentId: string) => `${prefix}.assessment_progress.${sessionId}.${assessmentId}`,
    progressAll: `${prefix}.assessment_progress.*.*`,
    cancelled: (assessmentId: string) => `${prefix}.assessment_cancelled.${assessmentId}`,
    cancelledAll: `${prefix}.assessment_cancelled.*`,
    sessionEnded: (sessionId: string) => `${prefix}.session_ended.${sessionId}`,
    sessionEndedAll: `${prefix}.session_ended.*`,
    deadLetter: `${prefix}.dead_letter`,
  };
}

/** The id of the assessment or session that a subject names: its last token, if that is a UUID. */
export function idOfSubject(subject: string): string | undefined {
  const id = subject.slice(subject.lastIndexOf('.') + 1);
  return isUuid(id) ? id : undefined;
}

/** The proof in a message about a deletion; undefined for other messages. It may be forged. */
export function proofOfPayload(payload: string): string | undefined {
  if (!payload.includes('"deleted"')) return undefined;
  try {
    const { status, proof } = JSON.parse(payload) as { status?: unknown; proof?: unknown };
    return status === 'deleted' && typeof proof === 'string' ? proof : undefined;
  } catch {
    return undefined;
  }
}

/** The payload's version; undefined where it is no JSON object with a number `v`. */
export function versionOfPayload(payload: string): number | undefined {
  try {
    const v = (JSON.parse(payload) as { v?: unknown } | null)?.v;
    return typeof v === 'number' ? v : undefined;
  } catch {
    return undefined;
  }
}
