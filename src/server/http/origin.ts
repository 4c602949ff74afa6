import type { IncomingMessage } from 'node:http';
import { RequestError } from '../../errors.ts';

export type Origins = {
  /** Origins that may act with the cookie: PUBLIC_URL and ALLOWED_ORIGINS. */
  allowed: ReadonlySet<string>;
  /** Without PUBLIC_URL: the port of this machine's own pages. */
  ownPort: (() => number) | undefined;
};

const REFUSED = new RequestError(
  'FORBIDDEN',
  'Requests from this origin are not allowed. The operator can allow it by PUBLIC_URL or ALLOWED_ORIGINS.',
);
const GET_REFUSED = new RequestError('FORBIDDEN', 'GET requests from other sites are not taken. Send a POST.');

export type OriginCheck = (request: IncomingMessage) => void;

/**
 * Refuses requests from pages of other origins, which a browser would send with the cookie. Browsers always send `Origin`
 * with a POST, a WebSocket and a script's request. Requests without it come from other clients, or from an element of a
 * page (`refuseElementOfOtherPage`).
 */
export function createOriginCheck({ allowed, ownPort }: Origins): OriginCheck {
  // Not compared with `Host`: another site may point its name at this address.
  const isOwn = (origin: string): boolean => ownPort !== undefined && isLoopback(origin, ownPort());
  return ({ headers: { origin } }) => {
    if (origin !== undefined && !allowed.has(origin) && !isOwn(origin)) throw REFUSED;
  };
}

/**
 * Refuses a GET of an element (script, img) in a page of another site: browsers send it with the cookie, without `Origin`.
 * The page can't read the response, but a subscription would use up the visitor's connections.
 */
export function refuseElementOfOtherPage({
  method,
  headers: { origin, 'sec-fetch-site': site },
}: IncomingMessage): void {
  if (method === 'GET' && origin === undefined && (site === 'cross-site' || site === 'same-site')) throw GET_REFUSED;
}

function isLoopback(origin: string, port: number): boolean {
  const url = URL.parse(origin);
  return (
    url !== null &&
    url.origin === origin &&
    url.protocol === 'http:' &&
    ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) &&
    Number(url.port === '' ? 80 : url.port) === port
  );
}
