import { graphql } from '../gql/index.ts';
import type { AssessmentStateFragment, CancelAssessmentMutation, RetryAssessmentMutation } from '../gql/graphql.ts';
import { errorCode, errorText, NETWORK_ERROR, waitText, type ReadableError } from './errors.ts';

export const CancelAssessment = graphql(`
  mutation CancelAssessment($id: ID!) {
    answer: cancelAssessment(id: $id) {
      kind: __typename
      ...AssessmentState
      ... on UserError {
        message
      }
    }
  }
`);

export const RetryAssessment = graphql(`
  mutation RetryAssessment($id: ID!) {
    answer: retryAssessment(id: $id) {
      kind: __typename
      ...AssessmentState
      ... on TooManyAssessmentsError {
        message
        retryAfterSeconds
      }
      ... on UserError {
        message
      }
    }
  }
`);

export type ChangeOutcome =
  | { kind: 'changed'; assessment: AssessmentStateFragment }
  /** `isStale`: it is not as the page shows it, so it is to be read again. */
  | { kind: 'refused'; message: string; isStale: boolean };

interface ChangeResult {
  data?: CancelAssessmentMutation | RetryAssessmentMutation | undefined;
  error?: ReadableError | undefined;
}

/** What became of a cancellation or a retry, in words for the one who asked for it. */
export const readChange = ({ data, error }: ChangeResult): ChangeOutcome => {
  if (error) return failed(error);
  const answer = data?.answer;
  switch (answer?.kind) {
    case 'Assessment':
      return { kind: 'changed', assessment: answer };
    case 'NotFoundError':
      return stale('This assessment is not among yours any more.');
    case 'NotCancellableError':
      return stale('It came to its end a moment before.');
    case 'NotRetryableError':
      return stale('It was begun again already, or it has its result by now.');
    case 'TooManyAssessmentsError':
      return refused(`${answer.message} ${waitText(answer.retryAfterSeconds)}`);
    default:
      return refused(laterError(answer)?.message ?? 'Something went wrong. Please try again.');
  }
};

/** Every error has a message, one that the server learns later too. */
const laterError = (answer: undefined): { message: string } | undefined => answer;

const failed = (error: ReadableError): ChangeOutcome => {
  const code = errorCode(error);
  return code === NETWORK_ERROR || code === 'SERVICE_UNAVAILABLE'
    ? stale('It is not certain that this has arrived. You can try it again; twice does no harm.')
    : refused(errorText(error));
};

const refused = (message: string): ChangeOutcome => ({ kind: 'refused', message, isStale: false });
const stale = (message: string): ChangeOutcome => ({ kind: 'refused', message, isStale: true });
