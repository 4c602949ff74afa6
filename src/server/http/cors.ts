import type { IncomingMessage, ServerResponse } from 'node:http';

/** Names of headers, as a browser lists them. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;
const HEADER_NAMES_CHARACTERS_MAX = 2_000;

/** CORS for the origins that the operator named. The page's own origin needs none. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, allowed: ReadonlySet<string>): void {
  const { origin } = request.headers;
  if (origin === undefined || !allowed.has(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after, location');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'GET, POST');
  // An allowed origin may send what it likes: its requests act with the cookie anyway.
  const asked = request.headers['access-control-request-headers'];
  if (asked !== undefined && asked.length <= HEADER_NAMES_CHARACTERS_MAX && HEADER_NAMES.test(asked))
    response.setHeader('access-control-allow-headers', asked);
  response.appendHeader('vary', 'access-control-request-headers');
  response.setHeader('access-control-max-age', '600');
}
