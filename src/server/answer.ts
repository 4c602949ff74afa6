import { randomUUID } from 'node:crypto';
import { ServerResponse, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http';

/** Names and values in turn, which Node writes as they are: to set ten headers one by one costs more than to execute. */
export type HeaderList = readonly string[];

export type HeaderLists = { page: HeaderList; graphiql: HeaderList; api: HeaderList };

/** What counts for a page, and for nothing that a page loads. */
const OF_DOCUMENT = { 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' };
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self' ws: wss:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** GraphiQL is one file with everything inline; nothing in it comes from elsewhere. */
const GRAPHIQL_CSP =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; worker-src blob:; img-src 'self' data:; " +
  "font-src data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** An answer that is shown as if it were a page may do nothing. */
const API_CSP = "default-src 'none'; frame-ancestors 'none'";

/** What every answer says, by its kind. */
export function headerLists(secure: boolean): HeaderLists {
  const list = (own: Record<string, string>): HeaderList =>
    Object.entries({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
      ...own,
    }).flat();
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

type Own = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** An answer that says what all of its kind say, and which request it answers. */
export class Answer extends ServerResponse {
  readonly requestId: string = randomUUID();
  common: HeaderList = [];

  /** Nobody here gives a reason: HTTP/2 has none, and no client reads it. */
  override writeHead(status: number, first?: string | Own, second?: Own): this {
    const own = typeof first === 'object' ? first : (second ?? {});
    const headers: OutgoingHttpHeader[] = [...this.common, 'x-request-id', this.requestId];
    if (Array.isArray(own)) headers.push(...own);
    else for (const name in own) headers.push(name, own[name] ?? '');
    return super.writeHead(status, headers);
  }
}
