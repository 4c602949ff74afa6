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
  | { kind: 'refused'; message: Words }
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
  switch (refusal?.kind) {
    case 'InvalidAnswersError':
      return { kind: 'invalid', message: refusalText(refusal), issues: refusal.issues };
    case 'IdempotencyConflictError':
      return { kind: 'conflict', message: texts.sending.conflict };
    default: // an error type that a later server adds has a message, too
      return { kind: 'refused', message: refusal ? refusalText(refusal) : texts.sending.failed };
  }
};

const readError = (error: ReadableError): Outcome => {
  switch (errorCode(error)) {
    case NETWORK_ERROR:
    case 'SERVICE_UNAVAILABLE':
      return { kind: 'unreachable', message: texts.sending.uncertain };
    case 'UNAUTHENTICATED':
      return { kind: 'refused', message: texts.sending.sessionEnded };
    default:
      return { kind: 'refused', message: errorText(error) };
  }
};
