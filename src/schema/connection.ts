import { RequestError } from '../errors.ts';

/** The default and the limit of `first`. */
export const PAGE = 20;
export const PAGE_MAX = 100;

/** @throws RequestError (BAD_USER_INPUT) */
export function pageSizeOf(first: number | null | undefined): number {
  const size = first ?? PAGE;
  if (size < 1 || size > PAGE_MAX) throw new RequestError('BAD_USER_INPUT', `"first" must be from 1 to ${PAGE_MAX}.`);
  return size;
}

/** The rows that a page may have, for the complexity of an operation, which is known before `first` is checked. */
export const rowsOfPage = (first: number | null | undefined): number => Math.max(1, Math.min(first ?? PAGE, PAGE_MAX));

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
