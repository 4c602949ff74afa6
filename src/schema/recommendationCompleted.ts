import type { LiveAssessment } from '../delivery/live-assessment.ts';
import { builder } from './builder.ts';
import { checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

const RecommendationCompletedType = builder.objectRef<LiveAssessment>('RecommendationCompleted').implement({
  fields: (t) => ({ assessment: t.field({ type: AssessmentType, resolve: (view) => view }) }),
});

builder.subscriptionField('recommendationCompleted', (t) =>
  t.field({
    type: RecommendationCompletedType,
    description:
      'One event: the end of an assessment (COMPLETED, FAILED or CANCELLED), at once if it has ended already. Then the subscription completes.',
    args: { assessmentId: t.arg.id({ required: true }) },
    subscribe: async (_root, { assessmentId }, context) => {
      const session = await context.requireSession();
      return context.services.hub.followToEnd(checkId(assessmentId), session.id);
    },
    resolve: async (view, _args, context) => {
      await context.readyToSend();
      context.event.id = String(view.version);
      return view;
    },
  }),
);
