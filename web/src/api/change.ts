import { graphql } from '../gql/index.ts';
import type { AssessmentStateFragment, CancelAssessmentMutation, RetryAssessmentMutation } from '../gql/graphql.ts';
import { errorCode, errorText, NETWORK_ERROR, refusalText, type ReadableError } from './errors.ts';

export const CancelAssessment = graphql(`
  mutation CancelAssessment($id: ID!) {
    payload: cancelAssessment(id: $id) {
      assessment {
        ...AssessmentState
      }
      errors {
        kind: __typename
        message
      }
    }
  }
`);

export const RetryAssessment = graphql(`
  mutation RetryAssessment($id: ID!) {
    payload: retryAssessment(id: $id) {
      assessment {
        ...AssessmentState
      }
      errors {
        kind: __typename
        message
        ... on TooManyAssessmentsError {
          retryAfterSeconds
        }
      }
    }
  }
`);

export type ChangeOutcome =
  | { kind: 'changed'; assessment: AssessmentStateFragment }
  /** `isStale`: the page shows an outdated assessment and has to read it again. */
  | { kind: 'refused'; message: string; isStale: boolean };

interface ChangeResult {
  data?: CancelAssessmentMutation | RetryAssessmentMutation | undefined;
  error?: ReadableError | undefined;
}

/** The outcome of a cancellation or a retry, with a message for the person. */
export const readChange = ({ data, error }: ChangeResult): ChangeOutcome => {
  const payload = data?.payload;
  if (payload?.assessment) return { kind: 'changed', assessment: payload.assessment };
  if (error) return failed(error);
  const [refusal] = payload?.errors ?? [];
  switch (refusal?.kind) {
    case 'NotFoundError':
      return stale('This assessment is not among yours any more.');
    case 'NotCancellableError':
      return stale('It came to its end a moment before.');
    case 'NotRetryableError':
      return stale('It was begun again already, or it has its result by now.');
    default: // an error type that a later server adds has a message, too
      return refused(refusal ? refusalText(refusal) : 'Something went wrong. Please try again.');
  }
};

const failed = (error: ReadableError): ChangeOutcome => {
  const code = errorCode(error);
  return code === NETWORK_ERROR || code === 'SERVICE_UNAVAILABLE'
    ? stale('It is not certain that this has arrived. You can try it again; twice does no harm.')
    : refused(errorText(error));
};

const refused = (message: string): ChangeOutcome => ({ kind: 'refused', message, isStale: false });
const stale = (message: string): ChangeOutcome => ({ kind: 'refused', message, isStale: true });
