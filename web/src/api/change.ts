import { graphql } from '../gql/index.ts';
import type { AssessmentStateFragment, CancelAssessmentMutation, RetryAssessmentMutation } from '../gql/graphql.ts';
import { errorCode, errorText, NETWORK_ERROR, waitText, type ReadableError } from './errors.ts';

export const CancelAssessment = graphql(`
  mutation CancelAssessment($id: ID!) {
    payload: cancelAssessment(id: $id) {
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
    payload: retryAssessment(id: $id) {
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
  /** `isStale`: the page shows an outdated assessment and has to read it again. */
  | { kind: 'refused'; message: string; isStale: boolean };

interface ChangeResult {
  data?: CancelAssessmentMutation | RetryAssessmentMutation | undefined;
  error?: ReadableError | undefined;
}

/** The outcome of a cancellation or a retry, with a message for the person. */
export const readChange = ({ data, error }: ChangeResult): ChangeOutcome => {
  if (error) return failed(error);
  const payload = data?.payload;
  switch (payload?.kind) {
    case 'Assessment':
      return { kind: 'changed', assessment: payload };
    case 'NotFoundError':
      return stale('This assessment is not among yours any more.');
    case 'NotCancellableError':
      return stale('It came to its end a moment before.');
    case 'NotRetryableError':
      return stale('It was begun again already, or it has its result by now.');
    case 'TooManyAssessmentsError':
      return refused(`${payload.message} ${waitText(payload.retryAfterSeconds)}`);
    default:
      return refused(laterError(payload)?.message ?? 'Something went wrong. Please try again.');
  }
};

/** An error type that a later server adds has a message, too. */
const laterError = (payload: undefined): { message: string } | undefined => payload;

const failed = (error: ReadableError): ChangeOutcome => {
  const code = errorCode(error);
  return code === NETWORK_ERROR || code === 'SERVICE_UNAVAILABLE'
    ? stale('It is not certain that this has arrived. You can try it again; twice does no harm.')
    : refused(errorText(error));
};

const refused = (message: string): ChangeOutcome => ({ kind: 'refused', message, isStale: false });
const stale = (message: string): ChangeOutcome => ({ kind: 'refused', message, isStale: true });
