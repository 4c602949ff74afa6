import { isIP } from 'node:net';
import { decoded } from './percent-encoding.ts';

export type NatsServers = {
  /** Hosts with their ports, without scheme and credentials. */
  servers: readonly string[];
  /** An address says tls://. */
  tls: boolean;
  /** An address is a number, of which the client can't check a certificate: it would compare with the name localhost. */
  hasNumber: boolean;
  user: string | undefined;
  password: string | undefined;
  token: string | undefined;
};

const ADDRESS =
  /^(?:(?<scheme>nats|tls):\/\/)?(?:(?<credentials>[^\s/@]*)@)?(?<server>\[[\da-fA-F:.]+\](?::\d{1,5})?|[^\s/:@?#[\],]+(?::\d{1,5})?)\/?$/;

/** Takes NATS_URL apart: a list of addresses with commas, and credentials that hold for all of them. */
export function readNatsUrl(text: string): NatsServers | { problem: string } {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const addresses = entries.map((entry) => ADDRESS.exec(entry)?.groups);
  if (entries.length === 0 || addresses.some((address) => address === undefined))
    return { problem: 'must be a list of nats:// or tls:// addresses, with commas' };
  const found = addresses.filter((address) => address !== undefined);
  const encrypted = found.filter(({ scheme }) => scheme === 'tls').length;
  if (encrypted > 0 && encrypted < found.length)
    return { problem: 'has addresses with tls:// and others without: all or none' };
  const given = new Set(found.flatMap(({ credentials }) => credentials ?? []));
  if (given.size > 1) return { problem: 'has different credentials in its addresses: give them once' };
  const parts = [...given].flatMap((credentials) => {
    const at = credentials.indexOf(':');
    return at === -1 ? [credentials] : [credentials.slice(0, at), credentials.slice(at + 1)];
  });
  const [first, second] = parts.map(decoded);
  if (parts.some((part) => part === '' || decoded(part) === undefined))
    return { problem: 'has credentials that are empty or not encoded as in a URL' };
  return {
    servers: found.map(({ server = '' }) => server),
    tls: encrypted > 0,
    hasNumber: found.some(({ server = '' }) => server.startsWith('[') || isIP(server.replace(/:\d+$/, '')) !== 0),
    ...(second === undefined
      ? { user: undefined, password: undefined, token: first }
      : { user: first, password: second, token: undefined }),
  };
}
