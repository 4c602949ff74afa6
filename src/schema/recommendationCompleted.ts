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
      'The end of an assessment (completed, failed or cancelled), at once if it is there; then it completes.',
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
