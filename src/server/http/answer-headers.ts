/** Headers that all answers of a kind carry. */
export type AnswerHeaders = Record<'page' | 'graphiql' | 'api', Map<string, string>>;

/** Headers of a page, and of nothing that a page loads. */
const OF_DOCUMENT = { 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' };
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** GraphiQL is one file with everything inline; nothing in it comes from elsewhere. */
const GRAPHIQL_CSP =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; worker-src blob:; img-src 'self' data:; " +
  "font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** An answer that is shown as if it were a page may do nothing. */
const API_CSP = "default-src 'none'; frame-ancestors 'none'";

/** @param secure behind TLS, which browsers are then told to insist on */
export function answerHeaders(secure: boolean): AnswerHeaders {
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
    page: list({ ...OF_DOCUMENT, 'content-security-policy': PAGE_CSP }),
    graphiql: list({
      ...OF_DOCUMENT,
      'content-security-policy': GRAPHIQL_CSP,
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
    }),
    // The answer depends on the origin also where there is none, or a cache would mix them up.
    api: list({ 'content-security-policy': API_CSP, 'cache-control': 'no-store', vary: 'origin, accept' }),
  };
}
