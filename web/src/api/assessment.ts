import { graphql } from '../gql/index.ts';
import type { AssessmentStateFragment } from '../gql/graphql.ts';

/** The changing fields of an assessment. Its answers, scores and questionnaire never change, so an update does not repeat them. */
export const AssessmentState = graphql(`
  fragment AssessmentState on Assessment {
    id
    status
    version
    queuePosition
    estimatedResultSeconds
    nextTryAt
    startedAt
    endedAt
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
      promptVersion
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

/** A score as a profile shows it, and the meaning of its area. */
export const Profile = graphql(`
  fragment ProfileScore on Score {
    area
    parent
    title
    value
    raw
    unit
    minimum
    maximum
    band {
      key
      title
    }
    answered
    of
  }
  fragment ProfileArea on QuestionnaireArea {
    key
    parent
    title
    description
    lowPole
    highPole
    reading
    unit
    minimum
    maximum
    decimals
    bands {
      key
      title
      text
      from
      to
      level
    }
  }
`);

export const isWaiting = (assessment: Pick<AssessmentStateFragment, 'status'> | undefined): boolean =>
  assessment?.status === 'SUBMITTED' || assessment?.status === 'PROCESSING';

type Mergeable = Pick<AssessmentStateFragment, 'version' | 'draft'>;

/**
 * The newer of two states. `version` rises with the status, so a state of an older version changes nothing; within one
 * version the later arrival is newer. Only a subscription brings drafts, and after a reconnect not before the model has
 * written more: until then the known draft stays, otherwise it would vanish while it is read.
 */
export const newest = <State extends Mergeable>(known: State | undefined, arrived: State): State => {
  if (!known || arrived.version > known.version) return arrived;
  if (arrived.version < known.version) return known;
  return arrived.draft ? arrived : { ...arrived, draft: known.draft };
};
