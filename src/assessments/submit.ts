import type { Broker } from '../adapters/broker.ts';
import type { ReadStore, SubmitStore, NewAssessment, OpenMax } from '../adapters/database.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { shownAnswers } from '../entities/item.ts';
import { questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import {
  IdempotencyConflictError,
  InvalidAnswersError,
  RequestError,
  TooManyAssessmentsError,
  UnavailableError,
} from '../errors.ts';
import { isJsonObject } from '../json-object.ts';
import type { Log } from '../log.ts';
import { refusedAs, type Metrics } from '../metrics.ts';
import { formatTraceparent, type Trace } from '../trace.ts';
import { answersHash } from './answers.ts';
import { largestOf, openMaxOf, type Network } from './networks.ts';
import { newId } from './new-id.ts';
import { publishBehind } from './publish-behind.ts';
import { QUEUE_FULL_RETRY_SECONDS, type QueueDepth } from './queue-depth.ts';
import type { Questionnaires } from './questionnaires.ts';
import type { Session } from './sessions.ts';
import type { CountSubmission } from './submit-rate.ts';
import type { Translations } from './translations.ts';

export type SubmitInput = {
  questionnaire: string;
  questionnaireVersion?: number | null | undefined;
  /** Of the texts that the person saw. Without it, the one of `accepted` that fits best. */
  language?: string | null | undefined;
  /** The language ranges that the client accepts, the preferred one first. */
  accepted?: readonly string[];
  answers?: unknown;
  idempotencyKey?: string | null | undefined;
  watch?: boolean | null | undefined;
};

export type SubmitDeps = {
  submitting: SubmitStore;
  reading: ReadStore;
  broker: Pick<Broker, 'publishSubmitted'>;
  questionnaires: Questionnaires;
  translations: Pick<Translations, 'ofSubmission'>;
  countSubmission: CountSubmission;
  /** Caps of open assessments; that of a network counts once for each of its shares. */
  openMax: OpenMax;
  queueDepth: QueueDepth;
  /**
   * Announces the assessment to the delivery (`Hub.expect`) before it is stored, so that a subscription to its end needs no
   * read. Call the returned function if it was not stored.
   */
  expect: (assessmentId: string, sessionId: string) => () => void;
  metrics: Metrics;
  log: Log;
};

/** The session that submits, and the networks of the client's address, for limits. */
export type Submitter = { session: Session; networks: readonly Network[] };

export type Submit = (submitter: Submitter, input: SubmitInput, trace: Trace) => Promise<AssessmentView>;

type Submitted = { view: AssessmentView; isNew: boolean; isDeferred: boolean };

/** Cap of an idempotency key, which is in an index. */
const KEY_LENGTH_MAX = 200;

/**
 * Stores an assessment and starts its work. Resolves after the commit; the dispatch follows beside the response, so that an
 * unavailable broker neither delays nor fails a submission.
 * @throws UnknownQuestionnaireError, QuestionnaireWithdrawnError, InvalidAnswersError, IdempotencyConflictError,
 * TooManyAssessmentsError, RequestError (BAD_USER_INPUT), UnavailableError
 */
export function createSubmit(deps: SubmitDeps): Submit {
  const { metrics } = deps;
  return async (submitter, input, trace) => {
    const { session } = submitter;
    try {
      const { view, isNew, isDeferred } = await submit(deps, submitter, input);
      metrics.submitted.inc({ outcome: isNew ? 'accepted' : 'repeated' });
      if (isNew) {
        deps.log.info({ assessmentId: view.id, sessionId: session.id, traceId: trace.traceId }, 'assessment submitted');
        // fault point: stored
        // A deferred one is dispatched when it is its turn.
        if (!isDeferred) void dispatch(deps, view, trace);
      }
      return view;
    } catch (error) {
      metrics.submitted.inc({ outcome: refusedAs(error) });
      throw error;
    }
  };
}

async function submit(deps: SubmitDeps, submitter: Submitter, input: SubmitInput): Promise<Submitted> {
  const { session, networks } = submitter;
  const { idempotencyKey } = input;
  if (idempotencyKey != null) checkKey(idempotencyKey);
  // By the caller's input and not by the resolved version: a repeat after a new version was registered is still a repeat.
  const asked = [`${input.questionnaire}@${input.questionnaireVersion ?? 'newest'}`, input.language ?? []]
    .flat()
    .join(' ');
  const known = idempotencyKey == null ? undefined : await deps.submitting.findByKey(session.id, idempotencyKey);
  if (known !== undefined) {
    // Answers that are no object were never stored, so they differ from the stored ones.
    const same = isJsonObject(input.answers) && known.answersHash === answersHash(asked, input.answers);
    if (!same) throw new IdempotencyConflictError();
    return { view: await readStored(deps, known.id), isNew: false, isDeferred: false };
  }
  deps.countSubmission(session.id, networks);
  if (deps.queueDepth.isFull()) throw new TooManyAssessmentsError('queue', QUEUE_FULL_RETRY_SECONDS);

  const content = await deps.questionnaires.offered(input.questionnaire, input.questionnaireVersion);
  const issues = deps.questionnaires.check(content, input.answers);
  if (issues.length > 0) throw new InvalidAnswersError(issues);
  const language = await deps.translations.ofSubmission(content, input.language, input.accepted ?? []);
  return await store(deps, submitter, input, { content, language, asked });
}

async function store(
  deps: SubmitDeps,
  { session, networks }: Submitter,
  input: SubmitInput,
  { content, language, asked }: { content: QuestionnaireContent; language: string | null; asked: string },
): Promise<Submitted> {
  const id = newId();
  const given = input.answers as Record<string, unknown>;
  const answers = shownAnswers(content, given);
  const forget = deps.expect(id, session.id);
  const network = largestOf(networks);
  const row = {
    id,
    sessionId: session.id,
    questionnaireId: questionnaireId(content),
    language,
    answersJson: JSON.stringify(answers),
    // Compared only for a repeat with the same key.
    answersHash: input.idempotencyKey == null ? '' : answersHash(asked, given),
    idempotencyKey: input.idempotencyKey ?? id,
    watch: input.watch ?? false,
    network: network.key,
    openMax: openMaxOf(network, deps.openMax),
  };
  const stored = await deps.submitting.insert(row).catch((error: unknown) => {
    forget();
    throw error;
  });
  if (!stored.isNew) {
    forget();
    return { view: await readStored(deps, stored.id), isNew: false, isDeferred: false };
  }
  deps.queueDepth.countOne();
  return { view: newView(row, stored.submittedAt, answers), isNew: true, isDeferred: stored.isDeferred };
}

/** The view of a new assessment, without a read. */
function newView(
  { id, sessionId, questionnaireId: questionnaire, language, watch }: NewAssessment,
  submittedAt: Date,
  answers: Record<string, unknown>,
): AssessmentView {
  return {
    id,
    sessionId,
    questionnaireId: questionnaire,
    language,
    answers,
    status: 'submitted',
    version: 1,
    round: 1,
    watch,
    failureCode: null,
    submittedAt,
    notBefore: null,
    startedAt: null,
    endedAt: null,
    result: null,
  };
}

async function readStored({ reading }: SubmitDeps, id: string): Promise<AssessmentView> {
  const view = await reading.byId(id);
  // The row was deleted meanwhile: a repeat stores a new one.
  if (view === undefined) throw new UnavailableError('database', 'unknown');
  return view;
}

async function dispatch({ broker, log, metrics }: SubmitDeps, view: AssessmentView, trace: Trace): Promise<void> {
  const { id: assessmentId, sessionId } = view;
  const traceparent = formatTraceparent(trace);
  try {
    await publishBehind(() => broker.publishSubmitted({ assessmentId, sessionId, dispatchNo: 1, traceparent }));
    // fault point: dispatched
  } catch (error) {
    metrics.errors.inc({ part: 'dispatch', code: 'SERVICE_UNAVAILABLE' });
    log.warn({ err: error, assessmentId }, 'the assessment was not dispatched: the reconciler will dispatch it');
  }
}

function checkKey(key: string): void {
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > KEY_LENGTH_MAX)
    throw new RequestError(
      'BAD_USER_INPUT',
      `An idempotency key has 1 to ${KEY_LENGTH_MAX} visible ASCII characters. Use a UUID, for example.`,
    );
}
