import type { IncomingMessage } from 'node:http';
import { RequestError } from '../../errors.ts';

export type Origins = {
  /** Origins that may act with the cookie, the public one among them. */
  allowed: ReadonlySet<string>;
  /** Without a public address, the port by which this machine's own pages are known. */
  ownPort: (() => number) | undefined;
};

const REFUSED = new RequestError(
  'FORBIDDEN',
  'Requests from this origin are not allowed. The operator can allow it by PUBLIC_URL or ALLOWED_ORIGINS.',
);
const GET_REFUSED = new RequestError('FORBIDDEN', 'GET requests from other sites are not taken. Send a POST.');

export type OriginCheck = (request: IncomingMessage) => void;

/**
 * Refuses what a page of another origin makes a browser send with the cookie, by `Origin`, which browsers always send
 * with a POST, a WebSocket and a script's request. A request without one is no browser's, or an element's (below).
 */
export function createOriginCheck({ allowed, ownPort }: Origins): OriginCheck {
  // `Host` is not asked: it can be another site's name for this address.
  const isOwn = (origin: string): boolean => ownPort !== undefined && isLoopback(origin, ownPort());
  return ({ headers: { origin } }) => {
    if (origin !== undefined && !allowed.has(origin) && !isOwn(origin)) throw REFUSED;
  };
}

/**
 * Refuses a GET that an element of another page (script, img) makes a browser send: with the cookie, without `Origin`.
 * Its page can't read the answer, but a subscription would use up the visitor's connections.
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
