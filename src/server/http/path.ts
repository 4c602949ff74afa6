import type { IncomingMessage } from 'node:http';

export const GRAPHQL_PATH = '/graphql';

/** The path without the query. A proxy may send an absolute URL. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const path = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.split('?', 1)[0] || '/';
}

export const isApi = (path: string): boolean => path === GRAPHQL_PATH || path.startsWith('/api/');

/** Whether a path belongs to programs, even if there is nothing at it: its errors are never a page. */
export const isBelowApi = (path: string): boolean => /^\/(api|graphql|healthz|readyz)(\/|$)/.test(path);

const NAMES: readonly { path: RegExp; name: string }[] = [
  { path: /^\/graphql$/, name: 'graphql' },
  { path: /^\/api\/session$/, name: 'rest_session' },
  { path: /^\/api\/assessment\/submit$/, name: 'rest_submit' },
  { path: /^\/api\/assessment\/[^/]+$/, name: 'rest_assessment' },
  { path: /^\/api\/images\/[^/]+$/, name: 'rest_image' },
];

/** The name of a path in logs and metrics. Unknown paths share one, so that a scan adds no time series. */
export const routeName = (path: string): string => NAMES.find((known) => known.path.test(path))?.name ?? 'other';
