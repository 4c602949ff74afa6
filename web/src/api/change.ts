import { graphql } from '../gql/index.ts';
import type { AssessmentStateFragment, CancelAssessmentMutation, RetryAssessmentMutation } from '../gql/graphql.ts';
import type { Words } from '../texts/server-words.ts';
import { texts } from '../texts/index.ts';
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
  | { kind: 'refused'; message: Words; isStale: boolean };

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
      return stale(texts.errors.notYours);
    case 'NotCancellableError':
      return stale(texts.errors.alreadyEnded);
    case 'NotRetryableError':
      return stale(texts.errors.alreadyBegun);
    default: // an error type that a later server adds has a message, too
      return refused(refusal ? refusalText(refusal) : texts.errors.other);
  }
};

const failed = (error: ReadableError): ChangeOutcome => {
  const code = errorCode(error);
  return code === NETWORK_ERROR || code === 'SERVICE_UNAVAILABLE'
    ? stale(texts.errors.uncertain)
    : refused(errorText(error));
};

const refused = (message: Words): ChangeOutcome => ({ kind: 'refused', message, isStale: false });
const stale = (message: Words): ChangeOutcome => ({ kind: 'refused', message, isStale: true });
