import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of the client, for limits. `X-Forwarded-For` counts only as far as trusted proxies wrote it. An IPv6 address
 * is cut to its network of 64 bits, because one host has all 2^64 addresses of it.
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

/** Some proxies append the port to the address. */
const withoutPort = (hop: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');

const NETWORK_PARTS = 4;

/** An IPv4 address (also if written as IPv6) as it is, of an IPv6 address the first 64 bits. */
function networkOf(text: string): string {
  const address = ipaddr.process(text);
  if (address.kind() === 'ipv4') return address.toString();
  const { parts } = address as ipaddr.IPv6;
  return `${parts
    .slice(0, NETWORK_PARTS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
