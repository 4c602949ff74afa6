import type { Draft, LiveAssessment, Place } from '../../delivery/live-assessment.ts';
import { failureText } from '../../entities/failure.ts';
import { failureCodes, type FailureCode } from '../../errors.ts';
import { OwnError } from '../../own-error.ts';
import { builder } from '../builder.ts';
import { QuestionnaireType } from './questionnaire.ts';
import type { Context } from '../context.ts';
import { AssessmentResultType, RecommendationType } from './result.ts';

export const AssessmentStatusType = builder.enumType('AssessmentStatus', {
  values: {
    SUBMITTED: { value: 'submitted', description: 'Stored; waits for a worker.' },
    PROCESSING: { value: 'processing', description: 'A worker asks the model.' },
    COMPLETED: { value: 'completed', description: 'The result is there.' },
    FAILED: { value: 'failed', description: 'It will not be tried again by itself; see `failure`.' },
    CANCELLED: { value: 'cancelled', description: 'Its owner cancelled it.' },
  } as const,
});

export const FailureCodeType = builder.enumType('FailureCode', { values: failureCodes });

const AssessmentFailureType = builder.objectRef<{ code: FailureCode }>('AssessmentFailure').implement({
  fields: (t) => ({
    code: t.field({ type: FailureCodeType, resolve: ({ code }) => code }),
    message: t.string({ description: 'For a person.', resolve: ({ code }) => failureText[code].message }),
    retryable: t.boolean({
      description: 'Whether submitting the same answers once more may well succeed.',
      resolve: ({ code }) => failureText[code].retryable,
    }),
  }),
});

const ResultDraftType = builder.objectRef<Draft>('ResultDraft').implement({
  description: 'What is whole of the answer that the model still writes. Provisional: the result replaces it.',
  fields: (t) => ({
    summary: t.exposeString('summary', { nullable: true }),
    recommendations: t.field({ type: [RecommendationType], resolve: ({ recommendations }) => recommendations }),
  }),
});

export const AssessmentType = builder.objectRef<LiveAssessment>('Assessment').implement({
  description: 'One submission of answers to one questionnaire version. Only its own session can see it.',
  fields: (t) => ({
    id: t.exposeID('id'),
    questionnaire: t.field({
      type: QuestionnaireType,
      resolve: async ({ questionnaireId }, _args, { services }) => {
        const content = await services.questionnaires.byId(questionnaireId);
        if (content === undefined) throw new OwnError(`questionnaire ${questionnaireId} is not stored`);
        return content;
      },
    }),
    answers: t.field({ type: 'JSON', resolve: ({ answers }) => answers }),
    status: t.field({ type: AssessmentStatusType, resolve: ({ status }) => status }),
    version: t.exposeInt('version', {
      description: 'Rises with each change of the status: a newer state has a higher one.',
    }),
    round: t.exposeInt('round', { description: '1, and one more for each retry.' }),
    queuePosition: t.int({
      nullable: true,
      description: 'From 1; null where it does not wait for a worker right now.',
      resolve: async (assessment, _args, context) => (await placeOf(assessment, context))?.position,
    }),
    estimatedWaitSeconds: t.int({
      nullable: true,
      description: 'By how long the last ones took; null where nobody can tell.',
      resolve: async (assessment, _args, context) => (await placeOf(assessment, context))?.waitSeconds,
    }),
    draft: t.field({
      type: ResultDraftType,
      nullable: true,
      description: 'Only by `assessmentUpdated`, while it is PROCESSING, and if it was submitted with `watch`.',
      resolve: ({ draft }) => draft,
    }),
    result: t.field({ type: AssessmentResultType, nullable: true, resolve: ({ result }) => result }),
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

/** A subscriber's state carries it; whoever asks by a query gets it looked up. */
async function placeOf({ id, status, place }: LiveAssessment, { services }: Context): Promise<Place | undefined> {
  if (status !== 'submitted') return undefined;
  return place ?? (await services.placeOf(id));
}
