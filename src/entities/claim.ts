import type { FailureCode } from '../errors.ts';
import type { RejectedAnswer } from './assessment.ts';
import type { EndedStatus } from './assessment-state.ts';
import type { StoredResult } from './assessment-view.ts';
import type { Score } from './scoring.ts';

/** A result with the scores and the hash of the texts that the model was given. */
export type NewResult = StoredResult & { scores: Score[]; textHash: string | null };

/** A worker's claim on an assessment: no other worker may work on it while the lease lasts. */
export type Claim = {
  id: string;
  token: string;
  sessionId: string;
  questionnaireId: string;
  /** Null: the questionnaire's own. */
  language: string | null;
  answers: Record<string, unknown>;
  version: number;
  round: number;
  /** Claims of this round, this one included, whose call the provider may have charged for. */
  attempts: number;
  watch: boolean;
  /** Where it came from, for the turn of the next one. */
  network: string | null;
  /** A reply to an earlier attempt of this round, paid for: only its repair is requested. Named like its column. */
  rejectedAnswer: RejectedAnswer | null;
  /** Time from the submission, or the retry, to the first claim of the round, in milliseconds; null for a later claim. */
  waitedMs: number | null;
};

/** Why a row could not be claimed, which decides what to do with its message. */
export type ClaimRefusal =
  | { kind: 'unknown' }
  | { kind: 'ended'; end: End }
  /** It is deferred: its message is of an earlier round, and a new one follows. */
  | { kind: 'deferred' }
  /** Claimable after this many milliseconds: another worker holds it, or it is not due yet. */
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
  result: NewResult;
  promptTokens: number | null;
  completionTokens: number | null;
};
export type Failed = { status: 'failed'; code: FailureCode; lastError: string };
