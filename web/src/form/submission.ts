import { errorCode, errorText, NETWORK_ERROR, waitText, type ReadableError } from '../api/errors.ts';
import type { SubmitAssessmentMutation } from '../gql/graphql.ts';
import type { Issue } from './issues.ts';

export type Outcome =
  | { kind: 'accepted'; assessmentId: string }
  | { kind: 'invalid'; message: string; issues: readonly Issue[] }
  /** The idempotency key was used with other answers: an earlier try arrived, and the answers were changed after it. */
  | { kind: 'conflict'; message: string }
  | { kind: 'refused'; message: string };

interface SubmitResult {
  data?: SubmitAssessmentMutation | undefined;
  error?: ReadableError | undefined;
}

/** The outcome of a submission, as the form has to act on it. */
export const readOutcome = ({ data, error }: SubmitResult): Outcome => {
  if (error) return { kind: 'refused', message: refusalText(error) };
  const payload = data?.submitAssessment;
  switch (payload?.kind) {
    case 'Assessment':
      return { kind: 'accepted', assessmentId: payload.id };
    case 'InvalidAnswersError':
      return { kind: 'invalid', message: payload.message, issues: payload.issues };
    case 'IdempotencyConflictError':
      return {
        kind: 'conflict',
        message: 'An earlier version of these answers has already arrived; you find it under “Your assessments”.',
      };
    case 'TooManyAssessmentsError':
      return { kind: 'refused', message: `${payload.message} ${waitText(payload.retryAfterSeconds)}` };
    default: // an error type that a later server adds has a message, too
      return { kind: 'refused', message: payload?.message ?? 'Something went wrong. Please send your answers again.' };
  }
};

const refusalText = (error: ReadableError): string => {
  switch (errorCode(error)) {
    case NETWORK_ERROR:
    case 'SERVICE_UNAVAILABLE':
      return 'It is not certain that your answers arrived. They are kept here: please send them again, they will not count twice.';
    case 'UNAUTHENTICATED':
      return 'Your session had ended, and a new one was started. Your answers are kept here: please send them again.';
    default:
      return errorText(error);
  }
};
