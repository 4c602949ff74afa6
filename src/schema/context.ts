import type { ReadStore } from '../adapters/database.ts';
import type { Cancel } from '../assessments/cancel.ts';
import type { Deleting } from '../assessments/deleting.ts';
import type { Retry } from '../assessments/retry.ts';
import type { Images } from '../assessments/images.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import type { Network } from '../assessments/networks.ts';
import type { Session } from '../assessments/sessions.ts';
import type { Translations } from '../assessments/translations.ts';
import type { Submit } from '../assessments/submit.ts';
import type { Hub } from '../delivery/hub.ts';
import type { Room } from '../memory/room.ts';
import type { Place } from '../delivery/live-assessment.ts';
import type { SessionFeeds } from '../delivery/session-feeds.ts';
import type { TextsByLanguage } from '../entities/texts.ts';
import type { Trace } from '../trace.ts';

/** The services that resolvers use, the same for all transports. */
export type Services = {
  submit: Submit;
  cancel: Cancel;
  deleting: Pick<Deleting, 'one' | 'all' | 'later'>;
  retry: Retry;
  reading: ReadStore;
  questionnaires: Questionnaires;
  /** The operator's texts by language: help, privacy and contact. */
  operatorTexts: TextsByLanguage;
  /** The questionnaires in further languages. */
  translations: Translations;
  images: Images;
  hub: Hub;
  feeds: SessionFeeds;
  /** The place of an assessment in the queue; undefined if there is no such assessment. @throws UnavailableError */
  placeOf: (assessmentId: string) => Promise<Place | undefined>;
  /** When calls of the model are begun again after a budget was used up; undefined while there is some left. */
  budgetResetsAt: () => Date | undefined;
};

export type SessionTransport = 'cookie' | 'bearer';

export type SessionEnd = 'end' | 'remove';

/** The context of one operation. src/server/ makes it, so that resolvers need not know cookies and headers. */
export type Context = {
  requestId: string;
  trace: Trace;
  services: Services;
  /** The caller's session; null if there is none. @throws UnavailableError */
  session: () => Promise<Session | null>;
  /** @throws RequestError (UNAUTHENTICATED), UnavailableError */
  requireSession: () => Promise<Session>;
  /** The networks of the client's address, which limits count. */
  networks: () => readonly Network[];
  /** The language ranges that the client accepts, the preferred one first. Called only where the response depends on them. */
  languages: () => readonly string[];
  /** @returns the operator's name. @throws RequestError (FORBIDDEN, RATE_LIMITED) unless the request has an operator's token */
  requireOperator: () => string;
  /** `token` is null for a cookie, whose token scripts must not read. */
  startSession: (transport: SessionTransport) => Promise<{ session: Session; token: string | null }>;
  /** False if there was no session. @param how `remove` leaves nothing of it */
  endSession: (how?: SessionEnd) => Promise<boolean>;
  /** Back-pressure: resolvers of subscriptions await it before each event, so that a slow client's results do not pile up. */
  readyToSend: () => Promise<void>;
  /** For what a subscription makes the process hold until its client reads it. */
  room: () => Room;
  /** The header `Idempotency-Key`. It counts if the input of a submission has no key. */
  idempotencyKey?: string | undefined;
  /** The header `Last-Event-ID`, with which an event stream resumes. */
  lastEventId?: string | undefined;
  /** Resolvers set the `id` of the event, which an event stream sends. */
  event: { id?: string };
};
