import type { AssessmentView } from '../entities/assessment-view.ts';
import type { Recommendation } from '../entities/result.ts';

/** What is whole of an answer that the model still writes. Provisional: the result replaces it. */
export type Draft = { summary: string | null; recommendations: Recommendation[] };

/** Where an assessment stands among those that wait. */
export type Place = {
  /** From 1; null where it does not wait for a worker right now. */
  position: number | null;
  /** Null where nobody can tell. */
  waitSeconds: number | null;
};

/** An assessment as it stands: the row, and what happens within one version of it. */
export type LiveAssessment = AssessmentView & { draft?: Draft | undefined; place?: Place | undefined };
