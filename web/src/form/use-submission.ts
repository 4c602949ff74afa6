import { useCallback, useEffect, useRef, useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from '../gql/index.ts';
import type { SubmitAssessmentInput } from '../gql/graphql.ts';
import { readOutcome, type Outcome } from './submission.ts';

const SubmitAssessment = graphql(`
  mutation SubmitAssessment($input: SubmitAssessmentInput!) {
    submitAssessment(input: $input) {
      kind: __typename
      ... on Assessment {
        id
        status
        version
      }
      ... on InvalidAnswersError {
        message
        issues {
          path
          rule
          message
        }
      }
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

export interface Submission {
  sending: boolean;
  /** Sends; a call while one is under way is the second half of a double click and does nothing. */
  submit: (input: SubmitAssessmentInput) => Promise<void>;
}

/** `onOutcome` hears of it even after the form has gone; `gone` says so. */
export const useSubmission = (onOutcome: (outcome: Outcome, gone: boolean) => void): Submission => {
  const [, mutate] = useMutation(SubmitAssessment);
  const [sending, setSending] = useState(false);
  const isSending = useRef(false);
  const isGone = useRef(false);
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
      onOutcome(outcome, isGone.current);
    },
    [mutate, onOutcome],
  );
  return { sending, submit };
};
