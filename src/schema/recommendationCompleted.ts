import { assessmentEvent, toEvent } from './assessment-event.ts';
import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';

const RecommendationCompletedType = assessmentEvent(
  'RecommendationCompleted',
  'The end of an assessment.',
  'The assessment, which is COMPLETED, FAILED or CANCELLED.',
);

builder.subscriptionField('recommendationCompleted', (t) =>
  t.field({
    type: RecommendationCompletedType,
    nullable: true,
    description:
      'One event: the end of an assessment (COMPLETED, FAILED or CANCELLED), at once if it has ended already. Then the subscription completes.',
    args: { assessmentId: t.arg.id(ASSESSMENT_ID) },
    subscribe: async (_root, { assessmentId }, context) => {
      const session = await context.requireSession();
      return context.services.hub.followToEnd(checkId(assessmentId), session.id);
    },
    resolve: (view, _args, context) => toEvent(view, context),
  }),
);
