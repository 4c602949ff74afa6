/** The headers that all responses of a kind carry. */
export type ResponseHeaders = Record<'page' | 'graphiql' | 'api', Map<string, string>>;

/** Headers that browsers honour on documents only. */
const OF_DOCUMENT = { 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' };
const pageCsp = (styleHashes: readonly string[]): string =>
  `default-src 'none'; script-src 'self'; style-src ${["'self'", ...styleHashes].join(' ')}; ` +
  "img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** GraphiQL is one file with all scripts and styles inline. */
const GRAPHIQL_CSP =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; worker-src blob:; img-src 'self' data:; " +
  "font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Browsers show a response of the API as a page if its address is opened: such a page may do nothing. */
const API_CSP = "default-src 'none'; frame-ancestors 'none'";

/**
 * @param secure whether clients reach the server by TLS: browsers are then told to insist on it
 * @param styleHashes of the page's own style elements
 */
export function responseHeaders(secure: boolean, styleHashes: readonly string[]): ResponseHeaders {
  const list = (own: Record<string, string>): Map<string, string> =>
    new Map(
      Object.entries({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
        ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
        ...own,
      }),
    );
  return {
    page: list({ ...OF_DOCUMENT, 'content-security-policy': pageCsp(styleHashes) }),
    graphiql: list({
      ...OF_DOCUMENT,
      'content-security-policy': GRAPHIQL_CSP,
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
    }),
    // `origin` also for requests without one: a cache would mix their responses up with the others.
    api: list({
      'content-security-policy': API_CSP,
      'cache-control': 'no-store',
      vary: 'origin, accept, accept-encoding',
    }),
  };
}
