import { ServerResponse, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http';
import { GRAPHIQL_CSP } from './graphiql.ts';
import { PAGE_CSP } from './web-page.ts';

/** Names and values in turn, which Node writes as they are: to set ten headers one by one costs more than to execute. */
export type HeaderList = readonly string[];

export type HeaderLists = { page: HeaderList; graphiql: HeaderList; api: HeaderList };

/** What counts for a page, and for nothing that a page loads. */
const OF_DOCUMENT = { 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' };
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
  requestId = '';
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
