import type { ListedAssessmentFragment } from '../gql/graphql.ts';

/** The loaded part of the list, newest first. `next`: the cursor of the next part; null at the end of the list. */
export interface AssessmentList {
  nodes: readonly ListedAssessmentFragment[];
  next: string | null;
}

interface Page {
  nodes: readonly ListedAssessmentFragment[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/** The list with its next part. An assessment in both keeps the state of the list, which is not older. */
export const withPage = (list: AssessmentList | undefined, { nodes, pageInfo }: Page): AssessmentList => {
  const known = list?.nodes ?? [];
  const ids = new Set(known.map(({ id }) => id));
  return {
    nodes: [...known, ...nodes.filter(({ id }) => !ids.has(id))],
    next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
  };
};

/**
 * The list after an assessment has ended. An assessment that was sent from another tab is inserted by its id, because
 * ids rise with the time of submission; it is left out if its place is in a part that is not loaded yet.
 */
export const withEnd = (list: AssessmentList, ended: ListedAssessmentFragment): AssessmentList => {
  const known = list.nodes.find(({ id }) => id === ended.id);
  if (known && known.version >= ended.version) return list;
  if (known) return { ...list, nodes: list.nodes.map((each) => (each === known ? ended : each)) };
  const place = list.nodes.findIndex(({ id }) => id < ended.id);
  if (place === -1 && list.next !== null) return list;
  return { ...list, nodes: list.nodes.toSpliced(place === -1 ? list.nodes.length : place, 0, ended) };
};

/** The list without an assessment: it was deleted, or has ended in a state that was not asked for. */
export const without = (list: AssessmentList, { id: gone }: Pick<ListedAssessmentFragment, 'id'>): AssessmentList => ({
  ...list,
  nodes: list.nodes.filter(({ id }) => id !== gone),
});
