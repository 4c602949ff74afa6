import type { IncomingMessage } from 'node:http';
import { HttpError } from '../graphql/http-error.ts';

const MALFORMED = new HttpError(400, 'The "Host" header must be one host name or address, with or without a port.');
const MISSING = new HttpError(400, 'The "Host" header is missing.');
const FOREIGN = new HttpError(
  421,
  'This host name is not answered: without PUBLIC_URL only localhost, 127.0.0.1 and [::1] are. The operator can set PUBLIC_URL.',
  { code: 'FORBIDDEN' },
);

const AUTHORITY = /^[a-z0-9._-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i;
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

/**
 * Sets `request.url` to path and query. @returns the well-formed host of the request, undefined if HTTP/1.0 names none
 * @throws HttpError (400)
 */
export function normalizeTarget(request: IncomingMessage): string | undefined {
  const { url = '/', rawHeaders } = request;
  const absolute = ABSOLUTE.exec(url);
  // RFC 9112, 3.2.2: the host of an absolute target replaces the header.
  const target = absolute === null ? url : url.slice(absolute[0].length) || '/';
  const named = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  const host = absolute?.[1] ?? request.headers.host;
  // RFC 9112, 3.2: only HTTP/1.0 may omit the header.
  if (named === 0 && request.httpVersion !== '1.0') throw MISSING;
  if (named > 1 || (host !== undefined && !isAuthority(host))) throw MALFORMED;
  request.url = target.startsWith('/') ? target : `/${target}`;
  return host;
}

const isAuthority = (host: string): boolean => AUTHORITY.test(host) && URL.canParse(`http://${host}/`);

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Refuses host names other than this machine's own: another site may point its name at this machine (DNS rebinding).
 * `/healthz` responds to any name, because load balancers use addresses of their own.
 * @throws HttpError (421)
 */
export function requireLoopbackHost(host: string | undefined, path: string): void {
  if (host !== undefined && path !== '/healthz' && !LOOPBACK.test(host)) throw FOREIGN;
}

/** Whether a server that listens on this address can be reached from this machine only. */
export const isLoopbackAddress = (host: string): boolean => host === '::1' || LOOPBACK.test(host);
