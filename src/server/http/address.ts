import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of the client, for limits. `X-Forwarded-For` counts only as far as trusted proxies wrote it. Of IPv6 it is
 * the network, since one host has 2^64 addresses to choose from.
 * @param trustedProxies IP addresses or CIDR ranges
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return (request) => {
    const hops = proxyAddr.all(request, (hop, distance) => isTrusted(withoutPort(hop), distance));
    const address = hops.map(withoutPort).findLast((hop) => ipaddr.isValid(hop));
    return address === undefined ? 'unknown' : networkOf(address);
  };
}

/** Some proxies write the port behind the address. */
const withoutPort = (hop: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');

const NETWORK_PARTS = 4;

/** An IPv4 address, also one that is written as IPv6, or the first 64 bits. */
function networkOf(text: string): string {
  const address = ipaddr.process(text);
  if (address.kind() === 'ipv4') return address.toString();
  const { parts } = address as ipaddr.IPv6;
  return `${parts
    .slice(0, NETWORK_PARTS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
