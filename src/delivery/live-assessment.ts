import type { AssessmentView } from '../entities/assessment-view.ts';
import type { Recommendation } from '../entities/result.ts';

/** The complete parts of a reply that the model still writes. Provisional: the result replaces it. */
export type Draft = { summary: string | null; recommendations: Recommendation[] };

/** The place of an assessment in the queue. */
export type Place = {
  /** From 1; null if it does not wait for a worker, for example before a retry. */
  position: number | null;
  /** Estimated seconds until a worker begins; null if there is nothing to estimate it by. */
  waitSeconds: number | null;
  /** Estimated seconds until its result: the wait and a run; null if there is nothing to estimate it by. */
  resultSeconds: number | null;
};

/** The row of an assessment, with the draft or place that belong to its version. */
export type LiveAssessment = AssessmentView & { draft?: Draft | undefined; place?: Place | undefined };
