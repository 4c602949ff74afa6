import {
  IdempotencyConflictError,
  InvalidAnswersError,
  TooManyAssessmentsError,
  UnknownQuestionnaireError,
} from '../errors.ts';
import { builder } from './builder.ts';
import { AssessmentType } from './types/assessment.ts';

const SubmitAssessmentInput = builder.inputType('SubmitAssessmentInput', {
  fields: (t) => ({
    questionnaire: t.string({ required: true, description: 'Its slug.' }),
    questionnaireVersion: t.int({ description: 'The version that was filled in; the newest if left out.' }),
    answers: t.field({ type: 'JSON', required: true, description: "Fits the questionnaire's `schema`." }),
    idempotencyKey: t.string({
      description: 'Chosen once for each filled-in form: however often it is sent, one assessment comes of it.',
    }),
    watch: t.boolean({ defaultValue: false, description: 'I will follow its progress, write drafts.' }),
  }),
});

builder.mutationField('submitAssessment', (t) =>
  t.field({
    type: AssessmentType,
    description: 'Stores the answers and starts the work; the result arrives by `recommendationCompleted`.',
    args: { input: t.arg({ type: SubmitAssessmentInput, required: true }) },
    errors: {
      types: [InvalidAnswersError, UnknownQuestionnaireError, IdempotencyConflictError, TooManyAssessmentsError],
      union: { name: 'SubmitAssessmentResult' },
    },
    resolve: async (_root, { input }, context) =>
      context.services.submit(await context.requireSession(), input, context.trace),
  }),
);
