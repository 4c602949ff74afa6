import { NotCancellableError, NotFoundError } from '../errors.ts';
import { builder } from './builder.ts';
import { checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

builder.mutationField('cancelAssessment', (t) =>
  t.field({
    type: AssessmentType,
    description:
      'Ends one that waits or is worked on, for good unless it is retried. One that was cancelled before is given as it is.',
    args: { id: t.arg.id({ required: true }) },
    errors: { types: [NotFoundError, NotCancellableError], union: { name: 'CancelAssessmentResult' } },
    resolve: async (_root, { id }, context) =>
      context.services.cancel(await context.requireSession(), checkId(id), context.trace),
  }),
);
