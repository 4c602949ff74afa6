import { graphql } from '../gql/index.ts';
import type { DeleteAssessmentMutation } from '../gql/graphql.ts';
import { trustTexts } from '../texts/index.ts';
import type { Words } from '../texts/server-words.ts';
import { errorCode, errorText, NETWORK_ERROR, refusalText, type ReadableError } from './errors.ts';

const { deleted: texts } = trustTexts;

export const DeleteAssessment = graphql(`
  mutation DeleteAssessment($id: ID!) {
    payload: deleteAssessment(id: $id) {
      assessmentId
      errors {
        kind: __typename
        message
      }
    }
  }
`);

interface DeletionResult {
  data?: DeleteAssessmentMutation | undefined;
  error?: ReadableError | undefined;
}

/** Why an assessment is not deleted, for the person; undefined if it is gone. One that was deleted before is gone, too. */
export const readDeletion = ({ data, error }: DeletionResult): Words | undefined => {
  const payload = data?.payload;
  const [refusal] = payload?.errors ?? [];
  if (typeof payload?.assessmentId === 'string' || refusal?.kind === 'NotFoundError') return undefined;
  return refusal ? refusalText(refusal) : failureText(error);
};

/** For a deletion, which does no harm twice. */
export const failureText = (error: ReadableError | undefined): string => {
  if (!error) return texts.failed;
  const code = errorCode(error);
  return code === NETWORK_ERROR || code === 'SERVICE_UNAVAILABLE' ? texts.uncertain : errorText(error);
};
