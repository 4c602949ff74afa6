import type { FailureCode } from '../errors.ts';
import type { AssessmentStatus } from './assessment-state.ts';
import type { Recommendation } from './result.ts';

export type StoredResult = {
  summary: string;
  recommendations: Recommendation[];
  model: string;
  promptVersion: string;
};

/** An assessment as its owner may see it, with the result of its current round. */
export type AssessmentView = {
  id: string;
  sessionId: string;
  questionnaireId: string;
  /** Null: the questionnaire's own. */
  language: string | null;
  answers: Record<string, unknown>;
  status: AssessmentStatus;
  version: number;
  round: number;
  /** The submission asked for drafts. */
  watch: boolean;
  failureCode: FailureCode | null;
  submittedAt: Date;
  /** Not claimed before this time; null if it never had to wait for another attempt. */
  notBefore: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  result: StoredResult | null;
};
