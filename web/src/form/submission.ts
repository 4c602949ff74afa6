import { errorCode, errorText, NETWORK_ERROR, waitText, type ReadableError } from '../api/errors.ts';
import type { SubmitAssessmentMutation } from '../gql/graphql.ts';
import type { Issue } from './issues.ts';

export type Outcome =
  | { kind: 'accepted'; assessmentId: string }
  | { kind: 'invalid'; message: string; issues: readonly Issue[] }
  /** The key was used with other answers: an earlier try did arrive, and the answers were changed since. */
  | { kind: 'conflict'; message: string }
  | { kind: 'refused'; message: string };

interface SubmitResult {
  data?: SubmitAssessmentMutation | undefined;
  error?: ReadableError | undefined;
}

/** What a submit led to, as far as the form has to act on it. */
export const readOutcome = ({ data, error }: SubmitResult): Outcome => {
  if (error) return { kind: 'refused', message: refusalText(error) };
  const answer = data?.submitAssessment;
  switch (answer?.kind) {
    case 'Assessment':
      return { kind: 'accepted', assessmentId: answer.id };
    case 'InvalidAnswersError':
      return { kind: 'invalid', message: answer.message, issues: answer.issues };
    case 'IdempotencyConflictError':
      return {
        kind: 'conflict',
        message: 'An earlier version of these answers has already arrived; you find it under “Your assessments”.',
      };
    case 'TooManyAssessmentsError':
      return { kind: 'refused', message: `${answer.message} ${waitText(answer.retryAfterSeconds)}` };
    default: // every error has a message, one that the server learns later too
      return { kind: 'refused', message: answer?.message ?? 'Something went wrong. Please send your answers again.' };
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
