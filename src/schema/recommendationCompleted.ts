import type { LiveAssessment } from '../delivery/live-assessment.ts';
import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

const RecommendationCompletedType = builder.objectRef<LiveAssessment>('RecommendationCompleted').implement({
  description: 'The end of an assessment.',
  fields: (t) => ({
    assessment: t.field({
      type: AssessmentType,
      description: 'The assessment, which is COMPLETED, FAILED or CANCELLED.',
      resolve: (view) => view,
    }),
  }),
});

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
    resolve: async (view, _args, context) => {
      await context.readyToSend();
      context.event.id = String(view.version);
      return view;
    },
  }),
);
