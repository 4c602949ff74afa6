import type { Draft, LiveAssessment, Place } from '../../delivery/live-assessment.ts';
import { failureText } from '../../entities/failure.ts';
import { failureCodes, UnavailableError, type FailureCode } from '../../errors.ts';
import { builder } from '../builder.ts';
import { nextTryAt } from '../next-try-at.ts';
import { contentOf, scoresOf } from '../scores-of.ts';
import { QuestionnaireType } from './questionnaire.ts';
import type { Context } from '../context.ts';
import { AssessmentResultType, RecommendationType, ScoreType } from './result.ts';

export const AssessmentStatusType = builder.enumType('AssessmentStatus', {
  values: {
    SUBMITTED: { value: 'submitted', description: 'Stored; waits for a worker.' },
    PROCESSING: { value: 'processing', description: 'A worker calls the model.' },
    COMPLETED: { value: 'completed', description: '`result` has the recommendations.' },
    FAILED: { value: 'failed', description: 'Not tried again automatically; see `failure`.' },
    CANCELLED: { value: 'cancelled', description: 'Cancelled by its owner.' },
  } as const,
});

export const FailureCodeType = builder.enumType('FailureCode', { values: failureCodes });

const AssessmentFailureType = builder.objectRef<{ code: FailureCode }>('AssessmentFailure').implement({
  fields: (t) => ({
    code: t.field({ type: FailureCodeType, resolve: ({ code }) => code }),
    message: t.string({ description: 'A text to show to people.', resolve: ({ code }) => failureText[code].message }),
    retryable: t.boolean({
      description: 'Whether another round with the same answers may succeed.',
      resolve: ({ code }) => failureText[code].retryable,
    }),
  }),
});

const ResultDraftType = builder.objectRef<Draft>('ResultDraft').implement({
  description: 'The complete parts of a reply that the model still writes. Provisional: the result replaces it.',
  fields: (t) => ({
    summary: t.exposeString('summary', { nullable: true }),
    recommendations: t.field({ type: [RecommendationType], resolve: ({ recommendations }) => recommendations }),
  }),
});

/** Scores of up to 200 areas are computed, and each has some twenty fields. */
const SCORES_COMPLEXITY = { field: 5, multiplier: 10 };

/** Some KB of JSON, where other fields have a few bytes. */
const ANSWERS_COMPLEXITY = 3;

export const AssessmentType = builder.objectRef<LiveAssessment>('Assessment').implement({
  description: 'One submission of answers to one questionnaire version. Only its own session can see it.',
  fields: (t) => ({
    id: t.exposeID('id'),
    questionnaire: t.field({
      type: QuestionnaireType,
      resolve: (assessment, _args, { services }) => contentOf(assessment, services),
    }),
    answers: t.field({ type: 'JSON', complexity: ANSWERS_COMPLEXITY, resolve: ({ answers }) => answers }),
    status: t.field({ type: AssessmentStatusType, resolve: ({ status }) => status }),
    version: t.exposeInt('version', {
      description: 'Rises with each change of `status`, so a newer state has a higher version.',
    }),
    round: t.exposeInt('round', { description: '1 at first; each retry adds 1.' }),
    queuePosition: t.int({
      nullable: true,
      description: 'From 1. Null if it does not wait for a worker.',
      resolve: async (assessment, _args, context) => (await placeOf(assessment, context))?.position,
    }),
    estimatedWaitSeconds: t.int({
      nullable: true,
      description:
        'Until the work begins, estimated by the duration of recent assessments. Null if there is nothing to estimate it by.',
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
      description: 'Only in `assessmentUpdated`, while PROCESSING, for an assessment that was submitted with `watch`.',
      resolve: ({ draft }) => draft,
    }),
    scores: t.field({
      type: [ScoreType],
      complexity: SCORES_COMPLEXITY,
      description:
        'Computed from the answers alone, so they are there in every state: before the model has answered, and after a failure.',
      resolve: (assessment, _args, { services }) => scoresOf(assessment, services),
    }),
    result: t.field({
      type: AssessmentResultType,
      nullable: true,
      resolve: ({ result, questionnaireId, answers }) => result && { ...result, questionnaireId, answers },
    }),
    failure: t.field({
      type: AssessmentFailureType,
      nullable: true,
      resolve: ({ failureCode }) => (failureCode === null ? null : { code: failureCode }),
    }),
    submittedAt: t.field({ type: 'DateTime', resolve: ({ submittedAt }) => submittedAt }),
    startedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ startedAt }) => startedAt }),
    endedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ endedAt }) => endedAt }),
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
