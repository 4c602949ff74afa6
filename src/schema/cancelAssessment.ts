import { NotCancellableError, NotFoundError } from '../errors.ts';
import { builder } from './builder.ts';
import { checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

builder.mutationField('cancelAssessment', (t) =>
  t.field({
    type: AssessmentType,
    description:
      'Cancels an assessment that is SUBMITTED or PROCESSING. It can be retried later. An assessment that is CANCELLED already is returned unchanged.',
    args: { id: t.arg.id({ required: true }) },
    errors: { types: [NotFoundError, NotCancellableError], union: { name: 'CancelAssessmentResult' } },
    resolve: async (_root, { id }, context) =>
      context.services.cancel(await context.requireSession(), checkId(id), context.trace),
  }),
);
