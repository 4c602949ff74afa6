import type { Network } from '../../assessments/networks.ts';
import { RequestError } from '../../errors.ts';

export const TOO_MANY_OF_ADDRESS = new RequestError(
  'RATE_LIMITED',
  'Too many WebSockets and event streams are open from this address. Close some of them, or try again later.',
  { retryAfterSeconds: 5 },
);

/**
 * The open channels of one network, how many of them are WebSockets that are not authenticated yet, and the messages of all
 * of them in the current second.
 */
type Count = { readonly key: string; readonly share: number; open: number; pending: number; messages: number };

/** The counts of a client's networks. Channels of one address share the list: it costs an idle socket one reference. */
export type ChannelCounts = readonly Count[];

/** A fifth of the limit for sockets that are not authenticated: no browser has more than a few of these at a time. */
const PENDING_PART = 5;

/** Counts open WebSockets and event streams by address, in this process. */
export class ChannelsByAddress {
  readonly #perAddressMax: number;
  readonly #counts = new Map<string, Count>();
  readonly #lists = new Map<string, ChannelCounts>();

  /** @param perAddressMax 0: no limit */
  constructor(perAddressMax: number) {
    this.#perAddressMax = perAddressMax;
  }

  /** Whether one more authenticated channel may be opened. */
  hasRoom(networks: readonly Network[]): boolean {
    return this.#everyHas(networks, ({ open }, most) => open < most);
  }

  /** Whether one more socket may be opened that is not authenticated yet. */
  hasRoomForPending(networks: readonly Network[]): boolean {
    return this.#everyHas(
      networks,
      ({ open, pending }, most) => open < most && pending < Math.max(1, most / PENDING_PART),
    );
  }

  /** Counts a channel, which is not authenticated yet. */
  add(networks: readonly Network[]): ChannelCounts {
    const counts = this.#listOf(networks);
    for (const count of counts) {
      count.open++;
      count.pending++;
    }
    return counts;
  }

  authenticated(counts: ChannelCounts): void {
    for (const count of counts) count.pending--;
  }

  remove(counts: ChannelCounts, wasAuthenticated: boolean): void {
    for (const count of counts) {
      count.open--;
      if (!wasAuthenticated) count.pending--;
      if (count.open > 0) continue;
      this.#counts.delete(count.key);
      this.#lists.delete(count.key);
    }
  }

  #everyHas(
    networks: readonly Network[],
    has: (count: Pick<Count, 'open' | 'pending'>, most: number) => boolean,
  ): boolean {
    if (this.#perAddressMax === 0) return true;
    return networks.every(({ key, share }) => has(this.#counts.get(key) ?? NONE, this.#perAddressMax * share));
  }

  #listOf(networks: readonly Network[]): ChannelCounts {
    const [first] = networks;
    if (first === undefined) return [];
    const found = this.#lists.get(first.key);
    if (found !== undefined) return found;
    const counts = networks.map((network) => this.#countOf(network));
    this.#lists.set(first.key, counts);
    return counts;
  }

  #countOf({ key, share }: Network): Count {
    const found = this.#counts.get(key);
    if (found !== undefined) return found;
    const count = { key, share, open: 0, pending: 0, messages: 0 };
    this.#counts.set(key, count);
    return count;
  }
}

const NONE = { open: 0, pending: 0 };
