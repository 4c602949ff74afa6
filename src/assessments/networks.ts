import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { OpenMax } from '../adapters/database.ts';
import type { Allowance, RateLimit, Rates } from './rates.ts';

/** A network that a client is in. Of its address only a keyed hash is kept, in memory and in the database. */
export type Network = {
  key: string;
  /** How many times the allowance of one address it has. */
  share: number;
};

/** The largest network of a client: its open assessments wait for each other. */
export const largestOf = (networks: readonly Network[]): Network => networks.at(-1) ?? { key: 'none', share: 1 };

/** The caps of open assessments of a network, which counts once for each of its shares. */
export const openMaxOf = ({ share }: Network, { ofNetwork, ofSession }: OpenMax): OpenMax => ({
  ofNetwork: ofNetwork * share,
  ofSession,
});

export type NetworksOf = (address: string) => readonly Network[];

/** The share of a /48: a company or a campus, of which each /56 is a site. */
const LARGE_SHARE = 4;

/**
 * The networks that limits count: an IPv4 address (/32), or the /56 and the /48 of an IPv6 address, since one customer of
 * a provider has up to 2^72 addresses of these. An IPv4 address that is written as IPv6 counts as IPv4.
 */
export function networksBy(secret: string): NetworksOf {
  const keyOf = (network: string): string =>
    createHmac('sha256', secret).update(network).digest('base64url').slice(0, 22);
  return (text) => {
    if (!ipaddr.isValid(text)) return [{ key: keyOf('unknown'), share: 1 }];
    const address = ipaddr.process(text);
    if (address.kind() === 'ipv4') return [{ key: keyOf(address.toString()), share: 1 }];
    return [
      { key: keyOf(prefixOf(address, 56)), share: 1 },
      { key: keyOf(prefixOf(address, 48)), share: LARGE_SHARE },
    ];
  };
}

const prefixOf = (address: ipaddr.IPv4 | ipaddr.IPv6, bits: 48 | 56): string =>
  Buffer.from(address.toByteArray().slice(0, bits / 8)).toString('hex');

/** Limits by address, to be taken from together with others by `takeFromAll`. */
export type NetworkLimit = (networks: readonly Network[]) => (readonly [limit: RateLimit, key: string])[];

export const networkLimit = (rates: Rates, name: string, { burst, perMinute }: Allowance): NetworkLimit =>
  byShare((share) => rates.limit(name, { burst: burst * share, perMinute: perMinute * share }));

/** The same for a UTC day. */
export const dailyNetworkLimit = (rates: Rates, name: string, perDay: number): NetworkLimit =>
  byShare((share) => rates.daily(name, perDay * share));

function byShare(make: (share: number) => RateLimit): NetworkLimit {
  const limits = new Map<number, RateLimit>();
  const limitOf = (share: number): RateLimit => {
    const found = limits.get(share);
    if (found !== undefined) return found;
    const limit = make(share);
    limits.set(share, limit);
    return limit;
  };
  return (networks) => networks.map(({ key, share }) => [limitOf(share), key] as const);
}
