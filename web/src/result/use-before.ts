import { useMemo } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../gql/index.ts';
import { dayText } from '../moment-text.tsx';
import type { Before } from './profile.ts';

const EarlierAssessments = graphql(`
  query EarlierAssessments($questionnaire: String!) {
    session {
      id
      assessments(first: 20, questionnaire: $questionnaire, status: COMPLETED) {
        nodes {
          id
          submittedAt
          scores {
            area
            raw
            value
          }
        }
      }
    }
  }
`);

/**
 * The scores of the last completed assessment of the same questionnaire before this one; undefined while it is read, and if
 * there is none among the newest twenty. Ids rise with the time of submission.
 */
export const useBefore = (id: string, slug: string): Before | undefined => {
  const [{ data }] = useQuery({
    query: EarlierAssessments,
    variables: { questionnaire: slug },
    requestPolicy: 'cache-and-network',
  });
  const found = data?.session?.assessments?.nodes.find((node) => node.id < id);
  return useMemo(() => found && { date: dayText(found.submittedAt), scores: found.scores }, [found]);
};
