import { errorCode, errorText, NETWORK_ERROR, refusalText, type ReadableError } from '../api/errors.ts';
import type { SubmitAssessmentMutation } from '../gql/graphql.ts';
import type { Words } from '../texts/server-words.ts';
import { texts } from '../texts/index.ts';
import type { Issue } from './issues.ts';

export type Outcome =
  | { kind: 'accepted'; assessmentId: string }
  | { kind: 'invalid'; message: Words; issues: readonly Issue[] }
  /** The idempotency key was used with other answers: an earlier try arrived, and the answers were changed after it. */
  | { kind: 'conflict'; message: Words }
  /** The same answers would be refused again. */
  | { kind: 'refused'; message: Words }
  /** Another try may be accepted. */
  | { kind: 'postponed'; message: Words }
  /** It is not known whether the server has got the answers. */
  | { kind: 'unreachable'; message: Words };

interface SubmitResult {
  data?: SubmitAssessmentMutation | undefined;
  error?: ReadableError | undefined;
}

/** The outcome of a submission, as the form has to act on it. */
export const readOutcome = ({ data, error }: SubmitResult): Outcome => {
  const payload = data?.submitAssessment;
  if (payload?.assessment) return { kind: 'accepted', assessmentId: payload.assessment.id };
  if (error) return readError(error);
  const [refusal] = payload?.errors ?? [];
  if (!refusal) return { kind: 'postponed', message: texts.sending.failed };
  switch (refusal.kind) {
    case 'InvalidAnswersError':
      return { kind: 'invalid', message: refusalText(refusal), issues: refusal.issues };
    case 'IdempotencyConflictError':
      return { kind: 'conflict', message: texts.sending.conflict };
    case 'TooManyAssessmentsError':
      return { kind: 'postponed', message: refusalText(refusal) };
    default: // an error type that a later server adds has a message, too
      return { kind: 'refused', message: refusalText(refusal) };
  }
};

const readError = (error: ReadableError): Outcome => {
  switch (errorCode(error)) {
    case NETWORK_ERROR:
    case 'SERVICE_UNAVAILABLE':
      return { kind: 'unreachable', message: texts.sending.uncertain };
    case 'UNAUTHENTICATED':
      return { kind: 'postponed', message: texts.sending.sessionEnded };
    case 'PAYLOAD_TOO_LARGE':
    case 'BAD_USER_INPUT':
      return { kind: 'refused', message: errorText(error) };
    default:
      return { kind: 'postponed', message: errorText(error) };
  }
};
