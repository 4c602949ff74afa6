import { graphql } from '../gql/index.ts';
import type { AssessmentStateFragment } from '../gql/graphql.ts';

/** All of an assessment that changes. Its answers and its questionnaire do not, so they do not travel with each change. */
export const AssessmentState = graphql(`
  fragment AssessmentState on Assessment {
    id
    status
    version
    queuePosition
    estimatedWaitSeconds
    draft {
      summary
      recommendations {
        ...RecommendationParts
      }
    }
    failure {
      code
      message
      retryable
    }
    result {
      summary
      model
      recommendations {
        ...RecommendationParts
      }
      scores {
        area
        parent
        title
        value
        level
      }
    }
  }
  fragment RecommendationParts on Recommendation {
    title
    rationale
    action
    area
    priority
  }
`);

export const isWaiting = (assessment: Pick<AssessmentStateFragment, 'status'> | undefined): boolean =>
  assessment?.status === 'SUBMITTED' || assessment?.status === 'PROCESSING';

type Mergeable = Pick<AssessmentStateFragment, 'version' | 'draft'>;

/**
 * What is known after this has arrived. `version` rises with the status, so what is older changes nothing; within one
 * version the later is the newer. Only a subscription tells drafts, and after a reconnect not before the model has
 * written more: until then the draft stays, otherwise it would vanish from under the reader's eyes.
 */
export const newest = <State extends Mergeable>(known: State | undefined, arrived: State): State => {
  if (!known || arrived.version > known.version) return arrived;
  if (arrived.version < known.version) return known;
  return arrived.draft ? arrived : { ...arrived, draft: known.draft };
};
