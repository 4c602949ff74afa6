import type { IncomingMessage } from 'node:http';

export type OriginCheck = (request: IncomingMessage) => boolean;

/**
 * Whether a request may act with the cookie, judged by its `Origin`, which browsers always send with what another site
 * could forge (a cross-site POST, a WebSocket). A missing one is no browser's. Without a public URL only this machine's
 * own pages are allowed, whatever the `Host` header claims: that can be another site's name for this address.
 */
export function originCheck(allowed: ReadonlySet<string>, port: () => number): OriginCheck {
  return ({ headers }) => {
    const { origin } = headers;
    if (origin === undefined) return true;
    if (allowed.has(origin)) return true;
    return allowed.size === 0 && isLoopback(origin, port());
  };
}

function isLoopback(origin: string, port: number): boolean {
  const url = URL.parse(origin);
  return (
    url !== null &&
    url.protocol === 'http:' &&
    ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) &&
    Number(url.port === '' ? 80 : url.port) === port
  );
}

export const ORIGIN_REFUSED =
  'Requests from this origin are not allowed. The operator can allow it by PUBLIC_URL or ALLOWED_ORIGINS.';
