import type { ReadStore, RetryStore } from '../adapters/database.ts';
import type { Cancel } from '../assessments/cancel.ts';
import type { Retry } from '../assessments/retry.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import type { Network } from '../assessments/networks.ts';
import type { Session } from '../assessments/sessions.ts';
import type { Submit } from '../assessments/submit.ts';
import type { Hub } from '../delivery/hub.ts';
import type { Place } from '../delivery/live-assessment.ts';
import type { SessionFeeds } from '../delivery/session-feeds.ts';
import type { Trace } from '../trace.ts';

/** What resolvers may use, whatever way the operation came in. */
export type Services = {
  submit: Submit;
  cancel: Cancel;
  retry: Retry;
  deadLetters: Pick<RetryStore, 'deadLetters'>;
  reading: ReadStore;
  questionnaires: Questionnaires;
  hub: Hub;
  feeds: SessionFeeds;
  /** Where in the queue an assessment stands; undefined where there is none. @throws UnavailableError */
  placeOf: (assessmentId: string) => Promise<Place | undefined>;
};

export type SessionTransport = 'cookie' | 'bearer';

/** One operation. Made by the edge (src/server/), which alone knows of cookies and headers. */
export type Context = {
  requestId: string;
  trace: Trace;
  services: Services;
  /** The caller's session; null if there is none. @throws UnavailableError */
  session: () => Promise<Session | null>;
  /** @throws RequestError (UNAUTHENTICATED), UnavailableError */
  requireSession: () => Promise<Session>;
  /** Of the client's address, for limits. */
  networks: () => readonly Network[];
  /** @throws RequestError (FORBIDDEN) unless the caller showed the operators' token */
  requireOperator: () => void;
  /** `token` only for bearers: a cookie's token is no business of scripts. */
  startSession: (transport: SessionTransport) => Promise<{ session: Session; token: string | null }>;
  endSession: () => Promise<boolean>;
  /** To be awaited before an event is made: a reader that does not read must not make results pile up. */
  readyToSend: () => Promise<void>;
  /** The header `Idempotency-Key`, for a submission that names none. */
  idempotencyKey?: string | undefined;
  /** Where a client over an event stream left off (`Last-Event-ID`). */
  lastEventId?: string | undefined;
  /** The event that is being made; an event stream sends its `id`. */
  event: { id?: string };
};
