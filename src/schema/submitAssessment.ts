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
    questionnaire: t.string({ required: true, description: 'The slug of the questionnaire.' }),
    questionnaireVersion: t.int({ description: 'The version that was filled in. Default: the newest.' }),
    language: t.string({
      description:
        'The language of the texts that were filled in, as in `Questionnaire.language`; the result is written in it. Default: by `Accept-Language`, otherwise that of the questionnaire.',
    }),
    answers: t.field({
      type: 'JSON',
      required: true,
      description: "An object that is valid by the questionnaire's `schema`.",
    }),
    idempotencyKey: t.string({
      description:
        'Choose one for each filled-in form: repeated submissions with it create one assessment. The HTTP header `Idempotency-Key` may be used instead.',
    }),
    watch: t.boolean({
      defaultValue: false,
      description: 'Stream drafts while the model writes. Set it if you subscribe to `assessmentUpdated`.',
    }),
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
    description: 'Stores the answers and queues the assessment. Subscribe to `recommendationCompleted` for its result.',
    args: { input: t.arg({ type: SubmitAssessmentInput, required: true }) },
    errors: {
      types: [InvalidAnswersError, UnknownQuestionnaireError, IdempotencyConflictError, TooManyAssessmentsError],
      union: { name: 'SubmitAssessmentResult' },
    },
    resolve: async (_root, { input }, context) => {
      const submitter = { session: await context.requireSession(), networks: context.networks() };
      const rest = { idempotencyKey: keyOf(input, context), accepted: context.languages() };
      return context.services.submit(submitter, { ...input, ...rest }, context.trace);
    },
  }),
);
