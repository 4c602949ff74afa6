import { RequestError } from '../errors.ts';

/** @throws RequestError (BAD_USER_INPUT) */
export function checkPageSize(first: number, most: number): number {
  if (first < 1 || first > most) throw new RequestError('BAD_USER_INPUT', `"first" must be from 1 to ${most}.`);
  return first;
}

/** @param rows one more than `first` if there is a next page */
export function toConnection<Node>(
  rows: Node[],
  first: number,
  hasPreviousPage: boolean,
  cursorOf: (node: Node) => string,
) {
  const edges = rows.slice(0, first).map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
