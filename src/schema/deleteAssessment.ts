import { NotFoundError } from '../errors.ts';
import { builder } from './builder.ts';
import { checkId } from './ids.ts';

const DeleteAssessmentPayload = builder.objectRef<{ id: string }>('DeleteAssessmentPayload').implement({
  description: 'An assessment that is gone.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id that it had.' }) }),
});

builder.mutationField('deleteAssessment', (t) =>
  t.field({
    type: DeleteAssessmentPayload,
    description:
      'Deletes an assessment in any state, with its answers and results, for good. A call of the model for it is ended, its subscriptions end with NOT_FOUND, and open `assessmentFinished` subscriptions end with InvalidCursorError. Its idempotency key is free again.',
    args: { id: t.arg.id({ required: true }) },
    errors: { types: [NotFoundError], union: { name: 'DeleteAssessmentResult' } },
    resolve: async (_root, { id }, context) => {
      const [session, assessmentId] = [await context.requireSession(), checkId(id)];
      await context.services.deleting.one(session, assessmentId, context.trace);
      return { id: assessmentId };
    },
  }),
);
