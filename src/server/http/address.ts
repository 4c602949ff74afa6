import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of the client, for limits. `X-Forwarded-For` counts only as far as trusted proxies wrote it.
 * @param trustedProxies IP addresses or CIDR ranges
 * @param onUntrusted called once if a proxy seems to stand in front, and no proxy is trusted
 */
export function clientAddress(trustedProxies: readonly string[], onUntrusted: () => void = () => {}): ClientAddress {
  let isTold = trustedProxies.length > 0;
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return (request) => {
    if (!isTold && request.headers['x-forwarded-for'] !== undefined) {
      isTold = true;
      onUntrusted();
    }
    const hops = proxyAddr.all(request, (hop, distance) => isTrusted(withoutPort(hop), distance));
    const address = hops.map(withoutPort).findLast((hop) => ipaddr.isValid(hop));
    return address === undefined ? 'unknown' : ipaddr.process(address).toString();
  };
}

/** Some proxies append the port to the address. */
const withoutPort = (hop: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
