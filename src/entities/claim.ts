import type { FailureCode } from '../errors.ts';
import type { RejectedAnswer } from './assessment.ts';
import type { EndedStatus } from './assessment-state.ts';
import type { StoredResult } from './assessment-view.ts';

/** What a worker holds once it has an assessment: nobody else may work on it while the lease lasts. */
export type Claim = {
  id: string;
  token: string;
  sessionId: string;
  questionnaireId: string;
  answers: Record<string, unknown>;
  version: number;
  round: number;
  /** Claims of this round, this one included, whose request the model may have charged for. */
  attempts: number;
  watch: boolean;
  /** What an earlier attempt of this round was answered, and paid for: only its repair is asked for. */
  rejectedAnswer: RejectedAnswer | null;
  /** From submitted, or retried, to the first claim of the round, in milliseconds; null for a later claim. */
  waitedMs: number | null;
};

/** What stands in the row that could not be claimed, and so what to do with its message. */
export type ClaimRefusal =
  | { kind: 'unknown' }
  | { kind: 'ended'; end: End }
  /** Claimable only after this many milliseconds: a live lease, or not due yet. */
  | { kind: 'later'; delayMs: number };

/** How an assessment ended. */
export type End = {
  id: string;
  sessionId: string;
  status: EndedStatus;
  version: number;
  round: number;
  attempts: number;
  failureCode: FailureCode | null;
  /** For operators, without personal data; null unless it failed. */
  lastError: string | null;
};

export type Outcome = Completed | Failed;
export type Completed = {
  status: 'completed';
  result: StoredResult;
  promptTokens: number | null;
  completionTokens: number | null;
};
export type Failed = { status: 'failed'; code: FailureCode; lastError: string };
