import type { LiveAssessment } from '../delivery/live-assessment.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { AssessmentType } from './types/assessment.ts';

/** The type of a subscription's events about one assessment. */
export const assessmentEvent = (name: string, description: string, assessment: string) =>
  builder.objectRef<LiveAssessment>(name).implement({
    description,
    fields: (t) => ({
      assessment: t.field({ type: AssessmentType, description: assessment, resolve: (view) => view }),
    }),
  });

/** Waits for room at the client, and gives the event its id. */
export async function toEvent(view: LiveAssessment, context: Context): Promise<LiveAssessment> {
  await context.readyToSend();
  context.event.id = String(view.version);
  return view;
}
