import { assessmentEvent, toEvent } from './assessment-event.ts';
import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';

const AssessmentUpdatedType = assessmentEvent(
  'AssessmentUpdated',
  'A change of an assessment, or its present state.',
  'The assessment after the change.',
);

builder.subscriptionField('assessmentUpdated', (t) =>
  t.field({
    type: AssessmentUpdatedType,
    nullable: true,
    description:
      'The present state of an assessment, then every change: its place in the queue, its start, its draft while the model writes, its end. Then the subscription completes.',
    args: { assessmentId: t.arg.id(ASSESSMENT_ID) },
    subscribe: async (_root, { assessmentId }, context) => {
      const session = await context.requireSession();
      return context.services.hub.follow(checkId(assessmentId), session.id);
    },
    resolve: (view, _args, context) => toEvent(view, context),
  }),
);
