import type { ListedAssessmentFragment } from '../gql/graphql.ts';

/** Newest first, as far as it was loaded. `next`: the cursor of what follows; null: nothing does. */
export interface AssessmentList {
  nodes: readonly ListedAssessmentFragment[];
  next: string | null;
}

interface Page {
  nodes: readonly ListedAssessmentFragment[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/** The list with the page that follows it. What was told of meanwhile is not older than what the page says. */
export const withPage = (list: AssessmentList | undefined, { nodes, pageInfo }: Page): AssessmentList => {
  const known = list?.nodes ?? [];
  const ids = new Set(known.map(({ id }) => id));
  return {
    nodes: [...known, ...nodes.filter(({ id }) => !ids.has(id))],
    next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
  };
};

/**
 * The list after this one has ended. One that is not in it was sent from another tab: it takes its place, unless that
 * is in a part which is not loaded yet. Ids rise with the time of submission.
 */
export const withEnd = (list: AssessmentList, ended: ListedAssessmentFragment): AssessmentList => {
  const known = list.nodes.find(({ id }) => id === ended.id);
  if (known && known.version >= ended.version) return list;
  if (known) return { ...list, nodes: list.nodes.map((each) => (each === known ? ended : each)) };
  const place = list.nodes.findIndex(({ id }) => id < ended.id);
  if (place === -1 && list.next !== null) return list;
  return { ...list, nodes: list.nodes.toSpliced(place === -1 ? list.nodes.length : place, 0, ended) };
};
