import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';
import { assessmentPayload, payloadOf } from './payload.ts';

const CancelAssessmentPayload = assessmentPayload(
  'CancelAssessmentPayload',
  'The outcome of a cancellation.',
  'The assessment, which is CANCELLED. Null where `errors` says why not.',
);

builder.mutationField('cancelAssessment', (t) =>
  t.field({
    type: CancelAssessmentPayload,
    nullable: true,
    description:
      'Cancels an assessment that is SUBMITTED or PROCESSING. It can be retried later. An assessment that is CANCELLED already is returned unchanged.',
    args: { id: t.arg.id(ASSESSMENT_ID) },
    resolve: async (_root, { id }, context) => {
      const session = await context.requireSession();
      const assessmentId = checkId(id);
      return payloadOf(() => context.services.cancel(session, assessmentId, context.trace));
    },
  }),
);
