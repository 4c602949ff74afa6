import { builder } from './builder.ts';
import { checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

builder.subscriptionField('assessmentUpdated', (t) =>
  t.field({
    type: AssessmentType,
    description:
      'An assessment as it is now, then at every change: its place in the queue, its start, the draft as the model writes it, its end; then it completes.',
    args: { id: t.arg.id({ required: true }) },
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
