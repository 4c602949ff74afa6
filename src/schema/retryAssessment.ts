import { NotFoundError, NotRetryableError, TooManyAssessmentsError } from '../errors.ts';
import { builder } from './builder.ts';
import { checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

builder.mutationField('retryAssessment', (t) =>
  t.field({
    type: AssessmentType,
    description:
      'Begins a new round, with the same answers, for an assessment that is FAILED or CANCELLED. Counts as a submission.',
    args: { id: t.arg.id({ required: true }) },
    errors: {
      types: [NotFoundError, NotRetryableError, TooManyAssessmentsError],
      union: { name: 'RetryAssessmentResult' },
    },
    resolve: async (_root, { id }, context) => {
      const submitter = { session: await context.requireSession(), networks: context.networks() };
      return context.services.retry.retry(submitter, checkId(id), context.trace);
    },
  }),
);
