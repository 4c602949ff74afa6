import { useCallback, useEffect, useRef, useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from '../gql/index.ts';
import type { SubmitAssessmentInput } from '../gql/graphql.ts';
import { readOutcome, type Outcome } from './submission.ts';

export const SubmitAssessment = graphql(`
  mutation SubmitAssessment($input: SubmitAssessmentInput!) {
    submitAssessment(input: $input) {
      assessment {
        id
        status
        version
      }
      errors {
        kind: __typename
        message
        ... on InvalidAnswersError {
          issues {
            path
            rule
            message
          }
        }
        ... on TooManyAssessmentsError {
          retryAfterSeconds
        }
      }
    }
  }
`);

export interface Submission {
  sending: boolean;
  /** Sends the answers. Does nothing while an earlier call is under way (a double click). */
  submit: (input: SubmitAssessmentInput) => Promise<void>;
}

/**
 * `onOutcome` is called even if the form has been left meanwhile; `isGone` is true then. It is that of the latest render:
 * answers can be changed while they are sent.
 */
export const useSubmission = (onOutcome: (outcome: Outcome, isGone: boolean) => void): Submission => {
  const [, mutate] = useMutation(SubmitAssessment);
  const [sending, setSending] = useState(false);
  const isSending = useRef(false);
  const isGone = useRef(false);
  const latest = useRef(onOutcome);
  useEffect(() => {
    latest.current = onOutcome;
  });
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  const submit = useCallback(
    async (input: SubmitAssessmentInput) => {
      if (isSending.current) return;
      isSending.current = true;
      setSending(true);
      const outcome = readOutcome(await mutate({ input }));
      isSending.current = false;
      setSending(false);
      latest.current(outcome, isGone.current);
    },
    [mutate],
  );
  return { sending, submit };
};
