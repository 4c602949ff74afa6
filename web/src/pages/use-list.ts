import { useEffect, useMemo } from 'react';
import { useClient } from 'urql';
import { useLive } from '../api/live.ts';
import type { AssessmentStatus } from '../gql/graphql.ts';
import { useStore } from '../store.ts';
import { ListFeed, type ListView } from './list-feed.ts';

interface LiveList extends ListView {
  reload: () => void;
  loadMore: (after: string) => Promise<void>;
  remove: (id: string) => void;
}

/** A part of the session's assessments, newest first. Loaded parts stay, and the status of each row is kept up to date. */
export const useList = (
  first: number,
  {
    questionnaire,
    status,
    paused = false,
  }: { questionnaire?: string | undefined; status?: AssessmentStatus | undefined; paused?: boolean } = {},
): LiveList => {
  const client = useClient();
  const live = useLive();
  const feed = useMemo(
    () => new ListFeed(client, live, { first, questionnaire, status }),
    [client, live, first, questionnaire, status],
  );
  useEffect(() => {
    if (paused) return undefined;
    feed.reload();
    return feed.stop;
  }, [feed, paused]);
  return { ...useStore(feed.view), reload: feed.reload, loadMore: feed.loadMore, remove: feed.remove };
};
