import type { IncomingMessage, ServerResponse } from 'node:http';

/** The names in `Access-Control-Request-Headers`. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;
const HEADER_NAMES_CHARACTERS_MAX = 2_000;

/** CORS headers for the origins in ALLOWED_ORIGINS. The page's own origin needs none. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, allowed: ReadonlySet<string>): void {
  const { origin } = request.headers;
  if (origin === undefined || !allowed.has(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after, location');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'GET, POST');
  // An allowed origin may send any header: its requests act with the cookie anyway.
  const requested = request.headers['access-control-request-headers'];
  if (requested !== undefined && requested.length <= HEADER_NAMES_CHARACTERS_MAX && HEADER_NAMES.test(requested))
    response.setHeader('access-control-allow-headers', requested);
  response.appendHeader('vary', 'access-control-request-headers');
  response.setHeader('access-control-max-age', '600');
}
