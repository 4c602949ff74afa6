import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

builder.subscriptionField('assessmentUpdated', (t) =>
  t.field({
    type: AssessmentType,
    nullable: true,
    description:
      'The present state of an assessment, then every change: its place in the queue, its start, its draft while the model writes, its end. Then the subscription completes.',
    args: { id: t.arg.id(ASSESSMENT_ID) },
    subscribe: async (_root, { id }, context) => {
      const session = await context.requireSession();
      return context.services.hub.follow(checkId(id), session.id);
    },
    resolve: async (assessment, _args, context) => {
      await context.readyToSend();
      context.event.id = String(assessment.version);
      return assessment;
    },
  }),
);
