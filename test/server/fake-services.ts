import { inspect } from 'node:util';
import { createQuestionnaires } from '../../src/assessments/questionnaires.ts';
import type { Hub } from '../../src/delivery/hub.ts';
import type { LiveAssessment } from '../../src/delivery/live-assessment.ts';
import type { Finished, InvalidCursor, SessionFeeds } from '../../src/delivery/session-feeds.ts';
import type { AssessmentView, StoredResult } from '../../src/entities/assessment-view.ts';
import type { StoredDeadLetter } from '../../src/entities/dead-letter.ts';
import {
  InvalidAnswersError,
  NotCancellableError,
  NotFoundError,
  NotRetryableError,
  RequestError,
  TooManyAssessmentsError,
  UnavailableError,
  UnknownQuestionnaireError,
} from '../../src/errors.ts';
import type { Services } from '../../src/schema/context.ts';
import { storeOf, texts as operatorTexts, versionsOf, wellbeing } from '../support/questionnaires.ts';
import { german, translationsOf } from '../support/translations.ts';
import { SESSION, viewOf } from './fake-server.ts';

const idOf = (number: number): string => `0190a000-0000-7000-8000-00000000000${number}`;
const SLUG = 'small';
const PLACE = { position: 3, waitSeconds: null, resultSeconds: null };
const RESULT: StoredResult = {
  summary: 'You sleep well.',
  recommendations: [
    { title: 'Walk', rationale: 'It helps.', action: 'Walk today.', area: 'energy', priority: 'HIGH' },
    { title: 'Rest', rationale: 'It helps too.', action: 'Rest today.', area: null, priority: 'LOW' },
  ],
  model: 'a-model',
  promptVersion: '1',
};

const row = (number: number, change: Partial<AssessmentView> = {}): [string, AssessmentView] => [
  idOf(number),
  { ...viewOf('submitted'), id: idOf(number), questionnaireId: `${SLUG}@1`, version: number + 1, ...change },
];
const END = new Date(1_000);
/** One row of each kind. Two can't be resolved in full: an unknown questionnaire (5) and an invalid priority (6). */
const ROWS: ReadonlyMap<string, AssessmentView> = new Map([
  row(0),
  row(1, { status: 'processing', startedAt: new Date(1) }),
  row(2, { status: 'completed', result: RESULT, endedAt: END, questionnaireId: `${SLUG}@2` }),
  row(3, { status: 'failed', failureCode: 'AI_REFUSED', endedAt: END }),
  row(4, { status: 'cancelled', endedAt: END }),
  row(5, { questionnaireId: 'gone@1' }),
  row(6, {
    status: 'completed',
    endedAt: END,
    result: { ...RESULT, recommendations: [{ ...RESULT.recommendations[0], priority: 'NONE' } as never] },
  }),
]);
const AWAY = idOf(8);
const BROKEN = idOf(9);

/** The ids of `ROWS`, an unknown one, one with the database unavailable, and one that causes an unexpected error. */
export const IDS = [...ROWS.keys(), idOf(7), AWAY, BROKEN];
export const SLUGS = [SLUG, 'other', 'no-such', 'invalid', 'many', 'away'];
export const CURSORS = [Buffer.from(idOf(2)).toString('base64url'), 'nonsense', 'breaks'];

type Note = (service: string, ...given: unknown[]) => void;
/** Calls are compared as texts: Vitest treats some names of fields, such as `__proto__`, in a special way. */
const WHOLE = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity };
export const noted = (service: string, ...given: unknown[]): string => `${service} ${inspect(given, WHOLE)}`;

function find(id: string): AssessmentView | undefined {
  if (id === AWAY) throw new UnavailableError('database', 'unknown');
  if (id === BROKEN) throw new Error('an unexpected error');
  return ROWS.get(id);
}

function known(id: string): AssessmentView {
  const found = find(id);
  if (found === undefined) throw new NotFoundError();
  return found;
}

/** The only image. */
export const IMAGE = {
  sha256: 'a'.repeat(64),
  type: 'image/png',
  bytes: Buffer.from('the bytes of an image'),
} as const;

const CONTENT = { ...wellbeing, slug: SLUG };
const PUBLISHED = versionsOf(CONTENT, { ...CONTENT, version: 2, title: 'Newer' }, { ...CONTENT, slug: 'other' });

/** Services in memory. The same call always has the same result, and all calls are noted. */
export function fakeServices() {
  let calls: string[] = [];
  const note: Note = (...call) => void calls.push(noted(...call));
  const questionnaires = createQuestionnaires(
    PUBLISHED,
    storeOf(() => PUBLISHED),
  );
  const services: Services = {
    operatorTexts,
    questionnaires: {
      ...questionnaires,
      find: (slug, version) => {
        note('find', slug, version);
        return questionnaires.find(slug, version);
      },
    },
    // The languages come from the header of the transport.
    submit: async (_session, { accepted: _accepted, ...input }) => {
      note('submit', input);
      refuseSubmission(input.questionnaire);
      return {
        ...viewOf('submitted'),
        questionnaireId: `${SLUG}@1`,
        answers: input.answers as AssessmentView['answers'],
      };
    },
    deleting: {
      one: async (_session, id) => {
        note('deleteOne', id);
        known(id);
      },
      all: async () => {
        note('deleteAll');
        return ROWS.size;
      },
      later: () => note('deleteLater'),
    },
    cancel: async (_session, id) => {
      note('cancel', id);
      if (known(id).endedAt !== null) throw new NotCancellableError();
      return known(id);
    },
    retry: {
      retry: async (_session, id) => {
        note('retry', id);
        if (known(id).endedAt === null) throw new NotRetryableError();
        return known(id);
      },
      replay: async (query) => {
        note('replay', query);
        return query.ids?.length ?? 7;
      },
      deadLetters: async (query, { place, limit }) => {
        note('deadLetters', query, place, limit);
        return LETTERS.filter(({ code }) => query.code === null || code === query.code).slice(0, limit);
      },
    },
    translations: translationsOf(questionnaires, { ...german, slug: SLUG }),
    images: { find: async (sha256) => (sha256 === IMAGE.sha256 ? IMAGE : undefined) },
    reading: fakeReading(note),
    placeOf: async (id) => {
      note('placeOf', id);
      return PLACE;
    },
    budgetResetsAt: () => undefined,
    ...live(note),
  };
  return {
    services,
    /** The calls since the last `taken`. */
    taken(): string[] {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

const fakeReading = (note: Note): Services['reading'] => ({
  byId: async (id) => {
    note('byId', id);
    return find(id);
  },
  ofSession: async (filter) => {
    note('ofSession', filter);
    return [...ROWS.values()].filter(({ status }) => status === (filter.status ?? status)).slice(0, filter.limit);
  },
});

const LETTERS: StoredDeadLetter[] = (['AI_REFUSED', 'ATTEMPTS_EXHAUSTED'] as const).map((code, index) => ({
  assessmentId: idOf(3),
  sessionId: SESSION.id,
  round: index + 1,
  code,
  attempts: 3,
  lastError: 'the model refused',
  createdAt: new Date(index),
  replayable: index === 0,
}));

function refuseSubmission(questionnaire: string): void {
  if (questionnaire === 'invalid')
    throw new InvalidAnswersError([{ path: '/mood', rule: 'required', message: 'It is missing.' }]);
  if (questionnaire === 'many') throw new TooManyAssessmentsError('session', 12);
  if (questionnaire === 'away') throw new UnavailableError('database', 'not-done');
  if (questionnaire !== SLUG && questionnaire !== 'other') throw new UnknownQuestionnaireError();
}

/** Sequences that end by themselves, or throw. */
function live(note: Note) {
  const seen = (id: string): AssessmentView => {
    const view = find(id);
    if (view === undefined) throw new RequestError('NOT_FOUND', 'There is no such assessment in this session.');
    return view;
  };
  async function* changes(view: LiveAssessment): AsyncGenerator<LiveAssessment> {
    yield { ...view, status: 'submitted', place: PLACE };
    yield { ...view, status: 'processing', draft: { summary: null, recommendations: RESULT.recommendations } };
    yield view;
  }
  async function* ends(after: string | undefined): AsyncGenerator<Finished | InvalidCursor> {
    if (after === 'nonsense') yield { kind: 'invalid-cursor' };
    for (const assessment of after === 'nonsense' ? [] : ROWS.values())
      if (assessment.endedAt !== null) yield { kind: 'finished', cursor: `after ${assessment.id}`, assessment };
    if (after === 'breaks') throw new UnavailableError('database', 'not-done');
  }
  const hub: Pick<Hub, 'follow' | 'followToEnd'> = {
    follow: async (id, sessionId) => {
      note('follow', id, sessionId);
      return changes(seen(id));
    },
    followToEnd: async (id, sessionId) => {
      note('followToEnd', id, sessionId);
      const view = seen(id);
      return (async function* () {
        yield view;
      })();
    },
  };
  const feeds: Pick<SessionFeeds, 'cursor' | 'open'> = {
    cursor: 'now',
    open: (sessionId, after) => {
      note('open', sessionId, after);
      return ends(after);
    },
  };
  return { hub: hub as Hub, feeds: feeds as SessionFeeds };
}
