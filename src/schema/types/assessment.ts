import type { Draft, LiveAssessment, Place } from '../../delivery/live-assessment.ts';
import { failureText } from '../../entities/failure.ts';
import { UnavailableError, type FailureCode } from '../../errors.ts';
import { builder } from '../builder.ts';
import { nextTryAt } from '../next-try-at.ts';
import { helpOf } from '../help-of.ts';
import { contentOf, scoresOf } from '../scores-of.ts';
import { QuestionnaireType } from './questionnaire.ts';
import type { Context } from '../context.ts';
import { HelpType } from './texts.ts';
import { AssessmentResultType, RecommendationType, ScoreType } from './result.ts';

const FAILURE_CODES: Record<FailureCode, { description: string }> = {
  AI_INVALID_OUTPUT: {
    description: 'The reply of the model did not fit, nor did its repair. Another round usually helps.',
  },
  AI_REFUSED: { description: "The model or the provider's filter refused these answers. Other free text may help." },
  AI_REJECTED: { description: 'The provider rejected the request as such. It is for the operator to mend.' },
  ATTEMPTS_EXHAUSTED: { description: 'Every attempt failed for a temporary reason. Try again later.' },
};

export const AssessmentStatusType = builder.enumType('AssessmentStatus', {
  description:
    'The state of an assessment. COMPLETED, FAILED and CANCELLED are ends; `retryAssessment` leads out of the last two.',
  values: {
    SUBMITTED: { value: 'submitted', description: 'Stored; waits for a worker.' },
    PROCESSING: { value: 'processing', description: 'A worker calls the model.' },
    COMPLETED: { value: 'completed', description: '`result` has the recommendations.' },
    FAILED: { value: 'failed', description: 'Not tried again automatically; see `failure`.' },
    CANCELLED: { value: 'cancelled', description: 'Cancelled by its owner.' },
  } as const,
});

export const FailureCodeType = builder.enumType('FailureCode', {
  description:
    'Why a round failed for good. More may come: treat one that you do not know by `AssessmentFailure.retryable`.',
  values: FAILURE_CODES,
});

const AssessmentFailureType = builder.objectRef<{ code: FailureCode }>('AssessmentFailure').implement({
  description: 'Why an assessment is FAILED.',
  fields: (t) => ({
    code: t.field({ type: FailureCodeType, description: 'The code to switch on.', resolve: ({ code }) => code }),
    message: t.string({
      description: 'A sentence in English to show to people.',
      resolve: ({ code }) => failureText[code].message,
    }),
    retryable: t.boolean({
      description: 'Whether another round with the same answers may succeed: offer `retryAssessment`.',
      resolve: ({ code }) => failureText[code].retryable,
    }),
  }),
});

const ResultDraftType = builder.objectRef<Draft>('ResultDraft').implement({
  description: 'The complete parts of a reply that the model still writes. Provisional: the result replaces it.',
  fields: (t) => ({
    summary: t.exposeString('summary', { nullable: true, description: 'Null until the model has written all of it.' }),
    recommendations: t.field({
      type: [RecommendationType],
      description: 'The recommendations that are written so far; empty at first.',
      resolve: ({ recommendations }) => recommendations,
    }),
  }),
});

/** Scores of up to 200 areas are computed, and each has some twenty fields. */
const SCORES_COMPLEXITY = { field: 5, multiplier: 10 };

/** Answers with 256 KB of free text take some 100 ms. src/server/graphql/response-size.ts limits the size of the texts. */
const HELP_COMPLEXITY = 10;

/** Some KB of JSON, where other fields have a few bytes; src/server/graphql/response-size.ts limits those of 256 KB. */
const ANSWERS_COMPLEXITY = 3;

export const AssessmentType = builder.objectRef<LiveAssessment>('Assessment').implement({
  description: 'One submission of answers to one questionnaire version. Only its own session can see it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A UUID, unique among all assessments.' }),
    questionnaire: t.field({
      type: QuestionnaireType,
      description: 'The version that was filled in.',
      resolve: (assessment, _args, { services }) => contentOf(assessment, services),
    }),
    language: t.string({
      description: 'Of the texts that the person saw. `questionnaire`, the titles of scores and the result are in it.',
      resolve: async (assessment, _args, { services }) =>
        assessment.language ?? (await contentOf(assessment, services)).language,
    }),
    answers: t.field({
      type: 'JSON',
      complexity: ANSWERS_COMPLEXITY,
      description: 'The answers as they were submitted, by the ids of the questions.',
      resolve: ({ answers }) => answers,
    }),
    status: t.field({
      type: AssessmentStatusType,
      description: 'Its state now.',
      resolve: ({ status }) => status,
    }),
    version: t.exposeInt('version', {
      description:
        'From 1. Rises with each change of `status`: of two states that you have, keep the one with the higher version.',
    }),
    round: t.exposeInt('round', { description: 'From 1. Each retry adds 1.' }),
    queuePosition: t.int({
      nullable: true,
      description:
        'Its place among those that wait, from 1. Null if it does not wait for a worker, or the place can not be read now.',
      resolve: async (assessment, _args, context) => (await placeOf(assessment, context))?.position,
    }),
    estimatedWaitSeconds: t.int({
      nullable: true,
      description:
        'Time until a worker begins, in seconds, such as 40; estimated by the duration of recent assessments. Null if it does not wait, or there is nothing to estimate it by.',
      resolve: async (assessment, _args, context) => (await placeOf(assessment, context))?.waitSeconds,
    }),
    estimatedResultSeconds: t.int({
      nullable: true,
      description:
        'Estimated seconds until the result: the wait and the work. Null while it does not wait, or if there is nothing to estimate it by.',
      resolve: async (assessment, _args, context) => (await placeOf(assessment, context))?.resultSeconds,
    }),
    nextTryAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The model is not called for it before this time. Null if it does not wait, or only for a worker to be free.',
      resolve: (assessment, _args, { services }) => nextTryAt(assessment, services),
    }),
    draft: t.field({
      type: ResultDraftType,
      nullable: true,
      description:
        'The parts that the model has written so far. Null except in `assessmentUpdated`, while PROCESSING, for an assessment that was submitted with `watch`.',
      resolve: ({ draft }) => draft,
    }),
    scores: t.field({
      type: [ScoreType],
      complexity: SCORES_COMPLEXITY,
      description:
        'Computed from the answers alone, so they are there in every state: before the model has answered, and after a failure.',
      resolve: (assessment, _args, { services }) => scoresOf(assessment, services),
    }),
    help: t.field({
      type: HelpType,
      nullable: true,
      complexity: HELP_COMPLEXITY,
      description:
        "Whom to talk to, where the answers call for help by a flag of the questionnaire or by the person's own words; else null. From the answers alone, so it is there in every state: show it first.",
      resolve: (assessment, _args, { services }) => helpOf(assessment, services),
    }),
    result: t.field({
      type: AssessmentResultType,
      nullable: true,
      description: 'The recommendations and scores. Null unless it is COMPLETED.',
      resolve: ({ result, questionnaireId, language, answers }) =>
        result && { ...result, questionnaireId, language, answers },
    }),
    failure: t.field({
      type: AssessmentFailureType,
      nullable: true,
      description: 'Why it failed. Null unless it is FAILED.',
      resolve: ({ failureCode }) => (failureCode === null ? null : { code: failureCode }),
    }),
    submittedAt: t.field({
      type: 'DateTime',
      description: 'When its answers were stored.',
      resolve: ({ submittedAt }) => submittedAt,
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When a worker began the present round. Null before.',
      resolve: ({ startedAt }) => startedAt,
    }),
    endedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it became COMPLETED, FAILED or CANCELLED. Null before.',
      resolve: ({ endedAt }) => endedAt,
    }),
  }),
});

/** From the event of a subscription, or read for a query. */
async function placeOf({ id, status, place }: LiveAssessment, { services }: Context): Promise<Place | undefined> {
  if (status !== 'submitted') return undefined;
  return place ?? (await services.placeOf(id).catch(unknownPlace));
}

/** A place that can't be read now is null: the rest of the response does not depend on it. */
function unknownPlace(error: unknown): undefined {
  if (!(error instanceof UnavailableError)) throw error;
}
