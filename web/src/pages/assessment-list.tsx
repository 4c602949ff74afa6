import { useState } from 'react';
import { useQuery } from 'urql';
import { errorText } from '../api/errors.ts';
import type { AssessmentStatus } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { Link } from '../navigation.tsx';
import { Problem } from '../problem.tsx';
import { paths } from '../routes.ts';
import { MomentText } from '../moment-text.tsx';

const YourAssessments = graphql(`
  query YourAssessments($first: Int!, $after: String) {
    session {
      id
      assessments(first: $first, after: $after) {
        nodes {
          id
          status
          submittedAt
          questionnaire {
            id
            language
            title
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const PAGE_SIZE = 10;

const statusTexts: Record<AssessmentStatus, string> = {
  SUBMITTED: 'Being prepared',
  PROCESSING: 'Being prepared',
  COMPLETED: 'Ready',
  FAILED: 'Did not work',
  CANCELLED: 'Cancelled',
};

/** Newest first; each part that is loaded stays and the next one follows it. */
export const AssessmentList = () => {
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  return (
    <section aria-labelledby="your-assessments">
      <h2 id="your-assessments">Your assessments</h2>
      {cursors.map((after, place) => (
        <ListPart
          key={after}
          after={after}
          isLast={place === cursors.length - 1}
          onMore={(cursor) => setCursors((before) => [...before, cursor])}
        />
      ))}
    </section>
  );
};

interface ListPartProps {
  after: string | null;
  isLast: boolean;
  onMore: (cursor: string) => void;
}

const ListPart = ({ after, isLast, onMore }: ListPartProps) => {
  const [{ data, error }, reload] = useQuery({ query: YourAssessments, variables: { first: PAGE_SIZE, after } });
  if (error && !data) return <Problem message={errorText(error)} onRetry={() => reload()} />;
  const assessments = data?.session?.assessments;
  if (!assessments) return <p role="status">Loading …</p>;

  const { nodes, pageInfo } = assessments;
  if (nodes.length === 0) return after === null ? <p>Nothing yet: what you send will be listed here.</p> : null;
  const next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  return (
    <>
      <ul className="assessments">
        {nodes.map(({ id, status, submittedAt, questionnaire }) => (
          <li key={id}>
            <Link href={paths.assessment(id)} lang={questionnaire.language}>
              {questionnaire.title}
            </Link>
            <MomentText at={submittedAt} />
            <span className={`status status-${status.toLowerCase()}`}>{statusTexts[status]}</span>
          </li>
        ))}
      </ul>
      {isLast && next && (
        <button type="button" className="button-quiet" onClick={() => onMore(next)}>
          Load more
        </button>
      )}
    </>
  );
};
