import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';
import { payloadOf, withErrors, type Payload } from './payload.ts';

const DeleteAssessmentPayload = builder.objectRef<Payload<{ id: string }>>('DeleteAssessmentPayload');
DeleteAssessmentPayload.implement({
  description: 'The outcome of a deletion.',
  fields: (t) => ({
    assessmentId: t.id({
      nullable: true,
      description: 'The id that the assessment had. Null where `errors` says why it is not gone.',
      resolve: ({ value }) => value?.id,
    }),
  }),
});
withErrors(DeleteAssessmentPayload);

builder.mutationField('deleteAssessment', (t) =>
  t.field({
    type: DeleteAssessmentPayload,
    nullable: true,
    description:
      'Deletes an assessment in any state, with its answers and results, for good. A call of the model for it is ended, its subscriptions end with NOT_FOUND, and open `assessmentFinished` subscriptions end with InvalidCursorError. Its idempotency key is free again.',
    args: { id: t.arg.id(ASSESSMENT_ID) },
    resolve: async (_root, { id }, context) => {
      const [session, assessmentId] = [await context.requireSession(), checkId(id)];
      return payloadOf(async () => {
        await context.services.deleting.one(session, assessmentId, context.trace);
        return { id: assessmentId };
      });
    },
  }),
);
