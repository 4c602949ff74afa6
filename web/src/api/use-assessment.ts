import { useEffect, useState } from 'react';
import { useQuery, useSubscription, type CombinedError } from 'urql';
import { graphql } from '../gql/index.ts';
import type { AssessmentPartsFragment } from '../gql/graphql.ts';
import type { Connection } from './socket.ts';

/** How long to rest before another look when the push does not work. */
const RECHECK_MS = 10_000;

export const AssessmentParts = graphql(`
  fragment AssessmentParts on Assessment {
    id
    status
    version
    answers
    submittedAt
    endedAt
    questionnaire {
      id
      slug
      version
      language
      title
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
        title
        rationale
        action
        area
        priority
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
`);

const AssessmentQuery = graphql(`
  query Assessment($id: ID!) {
    assessment(id: $id) {
      ...AssessmentParts
    }
  }
`);

const RecommendationCompleted = graphql(`
  subscription RecommendationCompleted($assessmentId: ID!) {
    recommendationCompleted(assessmentId: $assessmentId) {
      assessment {
        ...AssessmentParts
      }
    }
  }
`);

export interface AssessmentView {
  /** Null: there is no such assessment in this session. Undefined: not known yet. */
  assessment: AssessmentPartsFragment | null | undefined;
  error: CombinedError | undefined;
  reload: () => void;
}

/**
 * An assessment as it is now, to its end. The query shows where it stands, the subscription brings the end; a
 * subscription that is taken up late gets the end at once, so the order of the two does not matter.
 */
export const useAssessment = (id: string, connection: Connection): AssessmentView => {
  const [query, execute] = useQuery({ query: AssessmentQuery, variables: { id }, requestPolicy: 'network-only' });
  const [known, setKnown] = useState<AssessmentPartsFragment>();
  const [resting, setResting] = useState(false);

  const waiting = isWaiting(known);
  const [push] = useSubscription({
    query: RecommendationCompleted,
    variables: { assessmentId: id },
    pause: !waiting || resting,
  });

  const newest = newer(newer(known, query.data?.assessment), push.data?.recommendationCompleted.assessment);
  if (newest !== known) setKnown(newest);
  if (push.error && !resting) setResting(true);

  const lost = connection === 'lost';
  useEffect(() => {
    if (!waiting || !(resting || lost)) return undefined;
    const timer = setInterval(() => {
      execute({ requestPolicy: 'network-only' });
      setResting(false);
    }, RECHECK_MS);
    return () => clearInterval(timer);
  }, [waiting, resting, lost, execute]);

  const missing = query.data?.assessment === null && !query.fetching;
  return {
    assessment: missing ? null : newest,
    error: newest ? undefined : query.error,
    reload: () => execute({ requestPolicy: 'network-only' }),
  };
};

export const isWaiting = (assessment: Pick<AssessmentPartsFragment, 'status'> | null | undefined): boolean =>
  assessment?.status === 'SUBMITTED' || assessment?.status === 'PROCESSING';

/** `version` rises with the status: whatever arrives late and is older changes nothing. */
const newer = <T extends { version: number }>(known: T | undefined, arrived: T | null | undefined): T | undefined =>
  arrived && (!known || arrived.version > known.version) ? arrived : known;
