import { useEffect, useMemo } from 'react';
import { useClient } from 'urql';
import { errorText } from '../api/errors.ts';
import { useLive } from '../api/live.ts';
import type { SessionState } from '../api/session.ts';
import type { AssessmentStatus, ListedAssessmentFragment } from '../gql/graphql.ts';
import { MomentText } from '../moment-text.tsx';
import { Link } from '../navigation.tsx';
import { Problem } from '../problem.tsx';
import { paths } from '../routes.ts';
import { useStore } from '../store.ts';
import { ListFeed } from './list-feed.ts';
import type { AssessmentList as List } from './listed.ts';

const statusTexts: Record<AssessmentStatus, string> = {
  SUBMITTED: 'Being prepared',
  PROCESSING: 'Being prepared',
  COMPLETED: 'Ready',
  FAILED: 'Did not work',
  CANCELLED: 'Cancelled',
};

/** The session's assessments, newest first. Loaded parts stay, and the status of each row is kept up to date. */
export const AssessmentList = ({ hidden, session: { phase } }: { hidden: boolean; session: SessionState }) => {
  const client = useClient();
  const live = useLive();
  const feed = useMemo(() => new ListFeed(client, live), [client, live]);
  useEffect(() => {
    if (phase !== 'ready') return undefined;
    feed.reload();
    return feed.stop;
  }, [feed, phase]);
  const { list, error } = useStore(feed.view);
  return (
    <section aria-labelledby="your-assessments" hidden={hidden}>
      <h2 id="your-assessments">Your assessments</h2>
      {list ? <Listed list={list} onMore={feed.loadMore} /> : !error && <p role="status">Loading …</p>}
      {error && <Problem message={errorText(error)} onRetry={feed.reload} />}
    </section>
  );
};

const Listed = ({ list: { nodes, next }, onMore }: { list: List; onMore: (after: string) => Promise<void> }) => {
  if (nodes.length === 0) return <p>Nothing yet: what you send will be listed here.</p>;
  return (
    <>
      <ul className="assessments">
        {nodes.map((assessment) => (
          <ListedAssessment key={assessment.id} {...assessment} />
        ))}
      </ul>
      {next && (
        <button type="button" className="button-quiet" onClick={() => void onMore(next).catch(() => {})}>
          Load more
        </button>
      )}
    </>
  );
};

const ListedAssessment = ({ id, status, submittedAt, questionnaire }: ListedAssessmentFragment) => (
  <li>
    <Link href={paths.assessment(id)} lang={questionnaire.language}>
      {questionnaire.title}
    </Link>
    <MomentText at={submittedAt} />
    {/* The status changes by itself; a screen reader then announces it together with the title. */}
    <span className={`status status-${status.toLowerCase()}`} role="status">
      <span className="visually-hidden">{questionnaire.title}: </span>
      {statusTexts[status]}
    </span>
  </li>
);
