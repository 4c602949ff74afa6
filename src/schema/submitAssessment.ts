import {
  IdempotencyConflictError,
  InvalidAnswersError,
  RequestError,
  TooManyAssessmentsError,
  UnknownQuestionnaireError,
} from '../errors.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { AssessmentType } from './types/assessment.ts';

const SubmitAssessmentInput = builder.inputType('SubmitAssessmentInput', {
  fields: (t) => ({
    questionnaire: t.string({ required: true, description: 'Its slug.' }),
    questionnaireVersion: t.int({ description: 'The version that was filled in; the newest if left out.' }),
    answers: t.field({ type: 'JSON', required: true, description: "Fits the questionnaire's `schema`." }),
    idempotencyKey: t.string({
      description:
        'Chosen once for each filled-in form: however often it is sent, one assessment comes of it. The HTTP header `Idempotency-Key` counts as well.',
    }),
    watch: t.boolean({ defaultValue: false, description: 'I will follow its progress, write drafts.' }),
  }),
});

/** @throws RequestError (BAD_USER_INPUT) */
function keyOf({ idempotencyKey }: { idempotencyKey?: string | null }, context: Context): string | undefined {
  const { idempotencyKey: header } = context;
  if (idempotencyKey != null && header !== undefined && idempotencyKey !== header)
    throw new RequestError(
      'BAD_USER_INPUT',
      'The header "Idempotency-Key" and "idempotencyKey" differ. Send one of them.',
    );
  return idempotencyKey ?? header;
}

builder.mutationField('submitAssessment', (t) =>
  t.field({
    type: AssessmentType,
    description: 'Stores the answers and starts the work; the result arrives by `recommendationCompleted`.',
    args: { input: t.arg({ type: SubmitAssessmentInput, required: true }) },
    errors: {
      types: [InvalidAnswersError, UnknownQuestionnaireError, IdempotencyConflictError, TooManyAssessmentsError],
      union: { name: 'SubmitAssessmentResult' },
    },
    resolve: async (_root, { input }, context) => {
      const submitter = { session: await context.requireSession(), networks: context.networks() };
      return context.services.submit(submitter, { ...input, idempotencyKey: keyOf(input, context) }, context.trace);
    },
  }),
);
