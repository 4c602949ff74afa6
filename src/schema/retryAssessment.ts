import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';
import { assessmentPayload, payloadOf } from './payload.ts';

const RetryAssessmentPayload = assessmentPayload(
  'RetryAssessmentPayload',
  'The outcome of a retry.',
  'The assessment in its new round, SUBMITTED. Null where `errors` says why not. Subscribe to it anew.',
);

builder.mutationField('retryAssessment', (t) =>
  t.field({
    type: RetryAssessmentPayload,
    nullable: true,
    description:
      'Begins a new round, with the same answers, for an assessment that is FAILED or CANCELLED. Counts as a submission.',
    args: { id: t.arg.id(ASSESSMENT_ID) },
    resolve: async (_root, { id }, context) => {
      const submitter = { session: await context.requireSession(), networks: context.networks() };
      const assessmentId = checkId(id);
      return payloadOf(() => context.services.retry.retry(submitter, assessmentId, context.trace));
    },
  }),
);
