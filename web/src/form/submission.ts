import { errorCode, errorText, NETWORK_ERROR, refusalText, type ReadableError } from '../api/errors.ts';
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
  const payload = data?.submitAssessment;
  if (payload?.assessment) return { kind: 'accepted', assessmentId: payload.assessment.id };
  if (error) return { kind: 'refused', message: failureText(error) };
  const [refusal] = payload?.errors ?? [];
  switch (refusal?.kind) {
    case 'InvalidAnswersError':
      return { kind: 'invalid', message: refusal.message, issues: refusal.issues };
    case 'IdempotencyConflictError':
      return {
        kind: 'conflict',
        message: 'An earlier version of these answers has already arrived; you find it under “Your assessments”.',
      };
    default: // an error type that a later server adds has a message, too
      return {
        kind: 'refused',
        message: refusal ? refusalText(refusal) : 'Something went wrong. Please send your answers again.',
      };
  }
};

const failureText = (error: ReadableError): string => {
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
